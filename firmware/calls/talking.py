# SPDX-License-Identifier: GPL-2.0-or-later
"""Two parties who hear each other, recorded or not; and one party who hears a sound."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from errno import EIO
from pathlib import Path

from drivers import lineaudio
from drivers.lineaudio import FaxTone, NativeEvents, Player, Recorder, Sound
from firmware import times
from firmware.calls.call import Call
from firmware.calls.journal import RECORDING, Journal
from firmware.calls.leg import Leg
from firmware.calls.scope import while_present
from firmware.calls.sip_leg import SipLeg
from firmware.ids import uuid7
from firmware.records import Recording, Severity
from firmware.store.recovery import finish

log = logging.getLogger(__name__)


async def play(events: NativeEvents, leg: Leg, sound: Sound | None) -> None:
    """Plays a prompt to its end."""
    if not sound:
        return
    player = Player(events, sound)
    try:
        lineaudio.connect(player.slot, leg.slot)
        async with asyncio.timeout(sound.seconds + 5):
            await player.ended
    finally:
        player.close()


@contextlib.contextmanager
def hearing(source: int | None, leg: Leg) -> Iterator[None]:
    """Lets a party hear what plays at slot `source` (music) for the time of the block."""
    if source is None:
        yield
        return

    def connect() -> None:
        if leg.slot >= 0:
            lineaudio.connect(source, leg.slot)

    connect()
    leg.on_moved.append(connect)
    try:
        yield
    finally:
        leg.on_moved.remove(connect)
        if leg.slot >= 0:
            lineaudio.disconnect(source, leg.slot)


@contextlib.contextmanager
def joined(a: Leg, b: Leg, recorder: Recorder | None) -> Iterator[None]:
    """Lets two parties hear each other, also after one of them held the call and came back."""
    path = _Path(a, b, recorder)
    path.open()
    told = a.on_digit, b.on_digit
    for leg in (a, b):
        leg.on_moved.append(path.open)
        leg.on_digit = functools.partial(path.digit, leg, leg.on_digit)
        leg.on_fax.append(path.fax)
    try:
        yield
    finally:
        a.on_digit, b.on_digit = told
        for leg in (a, b):
            leg.on_moved.remove(path.open)
            leg.on_fax.remove(path.fax)
        path.close()


class _Path:
    """Straight across when both are plain SIP, else through the bridge."""

    def __init__(self, a: Leg, b: Leg, recorder: Recorder | None) -> None:
        self._a, self._b, self._recorder = a, b, recorder
        self._bridged: list[tuple[int, int]] = []

    def open(self) -> None:
        self.close()
        a, b = self._a, self._b
        if isinstance(a, SipLeg) and isinstance(b, SipLeg) and lineaudio.direct(a.pj_id, b.pj_id, self._recorder):
            return
        wanted = [(a.slot, b.slot), (b.slot, a.slot)]
        if self._recorder:
            left, right = self._recorder.slots()
            wanted += [(a.slot, left), (b.slot, right)]
        self._bridged = [pair for pair in wanted if min(pair) >= 0]  # a leg on hold may have no place on the bridge
        for source, sink in self._bridged:
            lineaudio.connect(source, sink)

    def digit(self, leg: Leg, told: Callable[[str], None], digit: str) -> None:
        """Signalled digits do not cross the bridge as sound does; straight across they do."""
        told(digit)
        if self._bridged and isinstance(leg, SipLeg):
            (self._b if leg is self._a else self._a).send_digit(digit)

    def fax(self, tone: FaxTone) -> None:
        """An answer tone with phase reversals wants no echo canceller on its way (ITU-T V.25, G.168)."""
        if tone is FaxTone.CED_REVERSED:
            self._a.cancel_echo(False)
            self._b.cancel_echo(False)

    def close(self) -> None:
        if isinstance(self._a, SipLeg):
            lineaudio.part(self._a.pj_id)
        if isinstance(self._b, SipLeg):
            lineaudio.part(self._b.pj_id)
        for source, sink in self._bridged:
            lineaudio.disconnect(source, sink)
        self._bridged = []


class RecordingRoom:
    """Makes recordings under STATE/recordings and finishes them in the background."""

    def __init__(self, folder: Path, events: NativeEvents, journal: Journal) -> None:
        self._folder, self._events, self._journal = folder, events, journal
        self._finishing: set[asyncio.Task[None]] = set()

    @contextlib.contextmanager
    def record(self, call: Call) -> Iterator[Recorder]:
        """Records the block. The disk is never waited for; what goes wrong with it is an alarm."""
        at = times.now()
        id = str(uuid7())
        recording = Recording(id, call.id, f"{at:%Y-%m-%d}/{id}.wav", at)
        recorder = Recorder(self._events, self._folder / recording.path)
        recorder.on_failed = lambda errno: self._failed(errno)
        call.cdr = replace(call.cdr, recordings=(*call.cdr.recordings, id))
        call.recording = True
        self._journal.recording_began(recording)
        call.note("recording_began", recording=id)
        try:
            yield recorder
        finally:
            call.recording = False
            recorder.close()
            task = asyncio.create_task(self._finish(recording, recorder))
            self._finishing.add(task)
            task.add_done_callback(self._finishing.discard)

    async def finish_all(self, limit_s: float) -> None:
        """Waits until every recording is finished; what is not by then, the next start finishes."""
        if self._finishing:
            _, late = await asyncio.wait(self._finishing, timeout=limit_s)
            if late:
                log.warning("%d recordings are finished at the next start", len(late))

    def _failed(self, errno: int) -> None:
        text = f"Recordings cannot be written ({os.strerror(errno)}). Calls go on unrecorded; make room on the disk."
        self._journal.raise_alarm(RECORDING, Severity.CRITICAL, text)

    async def _finish(self, recording: Recording, recorder: Recorder) -> None:
        result = await recorder.done
        if result.lost_ms:
            log.warning("recording %s: %d ms are silence, the disk was away for too long", recording.id, result.lost_ms)
        try:
            done = await asyncio.to_thread(finish, recording, self._folder)
        except OSError as error:
            self._failed(error.errno or EIO)
            return  # it stays as unfinished; the next start of the core finishes it
        if not result.error:
            self._journal.clear_alarm(RECORDING)
        if done:
            self._journal.recording_ready(done)
        else:
            self._journal.recording_failed(recording)


async def talk(room: RecordingRoom, call: Call, caller: Leg, callee: Leg, *, record: bool) -> None:
    """Connects the two until one hangs up, which raises Gone."""
    async with contextlib.AsyncExitStack() as stack:
        recorder = stack.enter_context(room.record(call)) if record else None
        stack.enter_context(joined(caller, callee, recorder))
        await stack.enter_async_context(while_present(caller, callee))
        await asyncio.get_running_loop().create_future()
