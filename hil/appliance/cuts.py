# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine whose power is cut again and again, on one disk: what it acknowledged on its console must be there.

QEMU is killed at a seeded write to the disk, and what was not flushed is lost (cut_disk.py). The machine is the kernel
bench's, with the same kernel and ext4 as the appliance, working on the product's own databases and archive.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from firmware.store import migrations
from hil.appliance.cut_disk import CutDisk
from hil.appliance.image import modules_of
from hil.kernel import cache, guest_run, kernel, machine, root
from hil.kernel.steps import StepFailed, run

GUEST = Path(__file__).resolve().parent / "guest"
MODULES = [*root.TO_BOOT, "virtio_blk", "crc32c_generic", "ext4"]
DISK_MB = 256  # as the image's data partition is made: a copy of the superblock in its second group
FURTHEST = 400  # writes after the mount
BOOT_S = 300.0  # of the host, which may be busy
MEMORY_MB = "512"


@dataclass
class Result:
    """Of all cuts."""

    revision: int = 0
    calls: list[str] = field(default_factory=list)
    recordings: dict[str, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    looked: int = 0
    cuts: int = 0
    writes: list[int] = field(default_factory=list)
    sectors_lost: list[int] = field(default_factory=list)

    def heard(self, line: str) -> None:
        """What the machine said on its console."""
        if "EXT4-fs error" in line or "EXT4-fs warning" in line:
            self.lost.append(f"cut {self.cuts}: {line.strip()}")
        _, mark, said = line.partition("cut: ")
        what, *words = said.split() if mark and line.endswith("\n") else [""]
        if what == "revision":
            self.revision = int(words[0])
        elif what == "call":
            self.calls.append(words[0])
        elif what == "recording" and len(words) == 2:
            self.recordings[words[0]] = words[1]
        elif what == "lost":
            self.lost.append(f"cut {self.cuts}: {' '.join(words)}")
        elif what == "looked":
            self.looked += 1

    def figures(self, seconds: float) -> dict[str, Any]:
        """For the bench."""
        return {
            "cuts": self.cuts,
            "boots_that_found_their_disk": self.looked,
            "acknowledged_revisions": self.revision,
            "acknowledged_calls": len(self.calls),
            "acknowledged_recordings": len(self.recordings),
            "lost_or_damaged": self.lost,
            "writes_before_a_cut_max": max(self.writes, default=0),
            "cuts_that_lost_writes": sum(lost > 0 for lost in self.sectors_lost),
            "sectors_lost": sum(self.sectors_lost),
            "seconds": round(seconds),
        }


class Machine:
    """Its disk, and what it is started from."""

    def __init__(self, folder: Path) -> None:
        self.parts, self.folder = cache.ensure(), folder
        self.disk, self.results = folder / "disk.ext4", folder / "results"
        self.results.mkdir()
        (self.results / "modules").mkdir()
        self._initramfs = self._make_initramfs()
        self._format()

    def _make_initramfs(self) -> Path:
        init, target = self.folder / "init", self.folder / "initramfs.cpio"
        script = root.INIT.read_text()
        assert "/project/hil/kernel/guest/run.sh" in script
        init.write_text(script.replace("/project/hil/kernel/guest/run.sh", "/project/hil/appliance/guest/cuts.sh"))
        modules = kernel.closure(*modules_of(self.parts), MODULES)
        root.make_initramfs(self.parts.root, modules, self.folder / "initramfs", target, init)
        return target

    def _format(self) -> None:
        state = self.folder / "box"
        for database in migrations.VERSIONS:
            migrations.ensure(state / database)
        path = {"PATH": f"{os.environ['PATH']}:/sbin:/usr/sbin"}
        run(["mke2fs", "-q", "-t", "ext4", "-b", "4096", "-d", state, self.disk, f"{DISK_MB}M"], env=path)

    def check_disk(self) -> str:
        """What e2fsck finds wrong with the disk, unmounted."""
        try:
            run(["e2fsck", "-f", "-n", self.disk], env={"PATH": f"{os.environ['PATH']}:/sbin:/usr/sbin"})
        except StepFailed as error:
            return str(error)
        return ""

    def boot(self, result: Result, cut_at: int, seed: int, *, rest: bool = False) -> None:
        """Until the cut. StepFailed when it never looked at its disk. With `rest` until it powers off."""
        known = {name: getattr(result, name) for name in ("revision", "calls", "recordings")}
        (self.results / "acknowledged.json").write_text(json.dumps({**known, "rest": rest}))
        address = self.folder / "disk.sock"
        address.unlink(missing_ok=True)
        said: list[str] = []

        def heard(line: str) -> None:
            said.append(line)
            result.heard(line)

        with CutDisk(self.disk, address, cut_at, seed) as disk:
            over = self._run(address, disk.cut, heard)
        result.writes.append(disk.writes)
        result.sectors_lost.append(disk.lost)
        if rest is not over:
            raise StepFailed(f"boot {len(result.writes)} ended otherwise than it should:\n{''.join(said[-40:])}")

    def _run(self, address: Path, cut: threading.Event, heard: Callable[[str], None]) -> bool:
        """True when the machine powered off by itself."""
        devices = [
            *machine.options(self._initramfs, self.results, None, root=self.parts.root),
            "-drive", f"file=nbd+unix:///?socket={address},if=virtio,format=raw,cache=writeback",
        ]  # fmt: skip
        with subprocess.Popen(
            machine.command(self.parts.kernel, devices, memory=MEMORY_MB),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        ) as qemu:  # fmt: skip
            assert qemu.stdout
            reader = threading.Thread(target=_hear, args=(qemu.stdout, heard))
            reader.start()
            deadline = time.monotonic() + BOOT_S
            while not cut.wait(0.02) and qemu.poll() is None and time.monotonic() < deadline:
                pass
            over = qemu.poll() is not None
            qemu.kill()
            reader.join()
        return over


def _hear(console: Iterable[str], heard: Callable[[str], None]) -> None:
    for line in console:
        heard(line)


def cut(count: int, seed: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Figures of so many cuts. Unavailable where the machine cannot be made, StepFailed where it does not boot."""
    machine.find_qemu()
    chosen, began, result = random.Random(seed), time.monotonic(), Result()
    with tempfile.TemporaryDirectory(prefix="tipring-cuts-") as folder:
        with guest_run.alone():
            bench = Machine(Path(folder))
            guest_run.compile_ahead([])
        for _ in range(count):
            result.cuts += 1
            bench.boot(result, chosen.randrange(1, FURTHEST), chosen.getrandbits(31))
            say(f"cut {result.cuts}: write {result.writes[-1]}, {result.sectors_lost[-1]} sectors lost, "
                f"{len(result.calls)} calls, {len(result.recordings)} recordings, lost: {result.lost}")  # fmt: skip
        bench.boot(result, 1 << 40, 0, rest=True)
        if wrong := bench.check_disk():
            result.lost.append(wrong)
    return result.figures(time.monotonic() - began)
