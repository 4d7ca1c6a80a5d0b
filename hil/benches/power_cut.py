# SPDX-License-Identifier: GPL-2.0-or-later
"""The power is cut at seeded operations on files, and what was not synced is lost (power_cut.c).

Core and archive run on one state directory through all of it, so that cuts also hit the recovery from those before.
What a reader has seen in history.db before a cut counts as acknowledged: the cloud might have been told of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli_w

from firmware.archive.archivist import Archivist
from firmware.archive.library import Library
from firmware.archive.verify import Verification
from firmware.records import RecordingState
from firmware.store import migrations, rows
from firmware.store.connect import open_for_reading, open_for_writing
from firmware.store.recovery import BYTES_PER_SECOND, HEADER_BYTES
from hil.rtp import RtpEnd
from hil.sip import SipPeer, sdp

HERE = Path(__file__).parent
POINTS, SEED = 200, 20261122
FURTHEST = 220  # operations after the start; so many are a start and two calls
READY_S, POINT_S = 20.0, 25.0
LOOK_S = 0.02
FINISHED_S = 1.5  # a call without a cut, and its recording
PR_SET_PDEATHSIG = 1


class Shared(ctypes.Structure):
    """`struct shared` of power_cut.c."""

    _fields_ = [
        ("ops", ctypes.c_long), ("cut_at", ctypes.c_long), ("dead", ctypes.c_int), ("seed", ctypes.c_uint),
        ("when_ms", ctypes.c_int64), ("synced", ctypes.c_long * 2 * 1024),
    ]  # fmt: skip


@dataclass
class Seen:
    """What readers saw before cuts, and what became of recordings."""

    calls: dict[str, str] = field(default_factory=dict)  # id and disposition of those that had ended
    archived: dict[str, str] = field(default_factory=dict)  # id and SHA-256
    begun: set[str] = field(default_factory=set)  # recordings
    hung_up_ms: dict[str, int] = field(default_factory=dict)  # by the caller's number


@dataclass
class Result:
    """`lost_s` is sound at the end of recordings under way that a cut took."""

    points: int = 0
    uncut: int = 0  # points that lay behind everything that happened
    operations: list[int] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    orphans: int = 0  # begun in the instant of a cut, before anybody knew of them
    lost_s: list[float] = field(default_factory=list)

    def figures(self, seconds: float, seen: Seen, recordings: int) -> dict[str, Any]:
        """For the bench."""
        return {
            "points": self.points,
            "points_beyond_the_end": self.uncut,
            "operations_before_a_cut": {"p50": statistics.median(self.operations), "max": max(self.operations)},
            "acknowledged_calls": len(seen.calls),
            "acknowledged_recordings": len(seen.archived),
            "acknowledged_and_lost": self.lost,
            "databases_broken": self.broken,
            "files_without_a_record": self.orphans,
            "recordings_playable": recordings,
            "cut_recordings": len(self.lost_s),
            "sound_lost_s": {
                "p50": round(statistics.median(self.lost_s), 2) if self.lost_s else 0,
                "max": round(max(self.lost_s), 2) if self.lost_s else 0,
            },
            "seconds": round(seconds),
        }


def shim(folder: Path) -> Path:
    """The layer, compiled."""
    library = folder / "power_cut.so"
    command = ["cc", "-O2", "-shared", "-fPIC", str(HERE / "power_cut.c"), "-o", str(library), "-ldl"]
    subprocess.run(command, check=True)
    return library


class Bench:
    """A state directory and the two services that write most to it."""

    def __init__(self, folder: Path, agent: SipPeer) -> None:
        self.state = folder / "box"
        self.state.mkdir()
        self._folder, self._shim = folder, shim(folder)
        self._file = folder / "shared"
        self._file.write_bytes(bytes(ctypes.sizeof(Shared)))
        self.seen, self.result = Seen(), Result()
        self._agent, self._number = agent, 7_000_000
        self._configure()
        migrations.ensure(self.state / "history.db")

    def _configure(self) -> None:
        extension = {"number": "301", "sip": {"password": "x", "address": self._agent.address}}
        document = {
            "site": {"country": "us"},
            "extension": [extension],
            "agent": [{"id": "a", "extension": "301", "queues": {"support": 1}}],
            "queue": [{"name": "support", "number": "600", "greeting": "none", "wrap_up_s": 0}],
        }
        file = self._folder / "office.toml"
        file.write_text(tomli_w.dumps(document))
        command = [sys.executable, "-m", "firmware.cli", "config", "apply", str(file), "--state", str(self.state)]
        subprocess.run(command, check=True, capture_output=True, timeout=60)

    # ---- a point ---------------------------------------------------------------------------------

    async def point(self, cut_at: int, seed: int) -> None:
        """Starts everything, calls until the power is cut, and looks at what is left."""
        shared = Shared(cut_at=cut_at, seed=seed)
        self._file.write_bytes(bytes(shared))
        environment = os.environ | {
            "LD_PRELOAD": str(self._shim), "POWER_CUT_UNDER": f"{self.state}/", "TIPRING_LOG": "ERROR",
            "POWER_CUT_SHARED": str(self._file),
        }  # fmt: skip
        async with _services(self.state, environment) as sip:
            deadline = time.monotonic() + POINT_S
            looking = asyncio.create_task(self._look())
            while not self._shared().dead and time.monotonic() < deadline:
                await self._call(sip)
            looking.cancel()
        cut = self._shared()
        self.result.points += 1
        self.result.uncut += not cut.dead
        self.result.operations.append(cut.ops)
        self._check(cut.when_ms if cut.dead else time.time_ns() // 1_000_000)

    def _shared(self) -> Shared:
        return Shared.from_buffer_copy(self._file.read_bytes())

    async def _call(self, sip: Any) -> None:
        address = await sip()
        if not address:
            await asyncio.sleep(LOOK_S)
            return
        self._number += 1
        number = str(self._number)
        async with SipPeer(number) as caller, RtpEnd() as rtp, RtpEnd() as other:
            with contextlib.suppress(Exception):  # the box may die at any moment
                dialog = await caller.call(f"sip:600@{address}", sdp(rtp.port), caller=f"<sip:{number}@x.invalid>")
                taken = await self._agent.invited(1.5)
                taken.answer(200, sdp(other.port))
                rtp.remote = (await dialog.answer_of(200, timeout=1.5)).media
                other.remote = taken.media
                for _ in range(random.randrange(10, 60)):
                    await asyncio.sleep(LOOK_S)
                    if self._shared().dead:
                        return
                self.seen.hung_up_ms[number] = time.time_ns() // 1_000_000
                await asyncio.wait_for(dialog.bye(), 1)

    async def _look(self) -> None:
        while True:
            with contextlib.suppress(Exception):
                calls, archived, begun = await asyncio.to_thread(self._read)
                if not self._shared().dead:
                    self.seen.calls |= calls
                    self.seen.archived |= archived
                    self.seen.begun |= begun
            await asyncio.sleep(LOOK_S)

    def _read(self) -> tuple[dict[str, str], dict[str, str], set[str]]:
        with contextlib.closing(open_for_reading(self.state / "history.db")) as db:
            calls = dict(db.execute("SELECT id, disposition FROM calls WHERE ended_at IS NOT NULL").fetchall())
            archived = dict(db.execute("SELECT id, sha256 FROM recordings WHERE archived_at IS NOT NULL").fetchall())
            return calls, archived, {row["id"] for row in db.execute("SELECT id FROM recordings")}

    # ---- what is left ----------------------------------------------------------------------------

    def _check(self, cut_ms: int) -> None:
        point = self.result.points
        for name in ("history.db", "config.db"):
            try:
                with contextlib.closing(open_for_writing(self.state / name)) as db:
                    said = db.execute("PRAGMA integrity_check").fetchone()[0]
            except Exception as error:
                said = str(error)
            if said != "ok":
                self.result.broken.append(f"point {point}: {name}: {said}")
        calls, archived, begun = self._read()
        lost = [f"call {id}" for id in self.seen.calls if calls.get(id) != self.seen.calls[id]]
        lost += [f"recording {id}" for id in self.seen.archived if archived.get(id) != self.seen.archived[id]]
        lost += [f"begun recording {id}" for id in self.seen.begun - begun]
        self.result.lost += [f"point {point}: {what}" for what in lost]
        self._measure(cut_ms)

    def _measure(self, cut_ms: int) -> None:
        with contextlib.closing(open_for_reading(self.state / "history.db")) as db:
            sql = "SELECT recordings.*, from_number FROM recordings JOIN calls ON calls.id = call"
            found = [
                (rows.recording(row), row["from_number"]) for row in db.execute(f"{sql} WHERE state = 'recording'")
            ]
        for recording, number in found:
            end_ms = min(cut_ms, self.seen.hung_up_ms.get(number, cut_ms))
            path = self.state / "recordings" / recording.path
            size = path.stat().st_size if path.exists() else HEADER_BYTES
            should_s = end_ms / 1000 - recording.started_at.timestamp()
            self.result.lost_s.append(max(0.0, should_s - max(0, size - HEADER_BYTES) / BYTES_PER_SECOND))

    async def conclude(self) -> int:
        """A start without cuts: everything is finished, archived and proven; how many recordings play."""
        async with _services(self.state, dict(os.environ)) as sip:
            async with asyncio.timeout(READY_S):
                while not await sip():  # noqa: ASYNC110 (it comes through a socket)
                    await asyncio.sleep(LOOK_S)
            self._file.write_bytes(bytes(Shared()))
            await self._call(sip)
            await asyncio.sleep(FINISHED_S)
        archivist = Archivist(self.state)
        archivist.follow_configuration()
        archivist.sweep()
        while archivist.work():
            pass
        library, played = Library(self.state / "recordings", lambda: None), 0
        with contextlib.closing(open_for_reading(self.state / "history.db")) as db:
            for row in db.execute("SELECT * FROM recordings"):
                recording = rows.recording(row)
                if recording.state is RecordingState.READY:
                    samples = sum(len(piece) for piece in library.pcm(recording)) // 4
                    assert abs(samples / 8000 - recording.duration_s) < 0.001
                    played += 1
                elif recording.state is RecordingState.RECORDING:
                    self.result.lost.append(f"recording {recording.id} was never finished")
            verification = Verification(db, self.state / "recordings")
            for finding in verification.findings():
                if finding.what == "unknown_file":
                    self.result.orphans += 1
                else:
                    self.result.broken.append(f"{finding.what} {finding.recording} {finding.detail}")
        return played


@contextlib.asynccontextmanager
async def _services(state: Path, environment: dict[str, str]) -> Any:
    """Core and archive; yields what tells where SIP is, "" before the core is ready. They end by SIGKILL."""
    notify = state.parent / "notify"
    notify.unlink(missing_ok=True)
    address = str(notify)
    told: list[str] = []
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as box,
        (state.parent / "services.log").open("a") as log,
    ):
        box.bind(address)
        processes = [
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, "--state", str(state), *more, preexec_fn=_end_with_parent,
                env={**environment, "NOTIFY_SOCKET": address}, stderr=log, stdout=log,
            )
            for module, *more in (["firmware.core", "--card", "none", "--sip", "127.0.0.1:0"], ["firmware.archive"])
        ]  # fmt: skip

        async def sip() -> str:
            with contextlib.suppress(BlockingIOError):
                while True:
                    told.extend(box.recv(4096).decode().splitlines())
            found = (line.partition("=")[2] for line in told if line.startswith("X_TIPRING_SIP="))
            return next(found, "")

        try:
            yield sip
        finally:
            for process in processes:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)  # process.kill() would take the end from asyncio's watcher
                await process.wait()


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


async def cut(count: int, seed: int, folder: Path, furthest: int = FURTHEST) -> dict[str, Any]:
    """Figures of so many points, none of them further from a start than so many operations."""
    chosen, began = random.Random(seed), time.monotonic()
    async with SipPeer("agent") as agent:
        bench = Bench(folder, agent)
        for _ in range(count):
            await bench.point(chosen.randrange(1, furthest), chosen.getrandbits(31))
        played = await bench.conclude()
    return bench.result.figures(time.monotonic() - began, bench.seen, played)


def run() -> dict[str, Any]:
    """200 points."""
    with tempfile.TemporaryDirectory(prefix="tipring-power-") as folder:
        return asyncio.run(cut(POINTS, SEED, Path(folder)))
