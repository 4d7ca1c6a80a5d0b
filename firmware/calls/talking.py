# SPDX-License-Identifier: GPL-2.0-or-later
"""A party who hears a sound, and recordings of those who talk."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from errno import EIO
from pathlib import Path
from typing import TYPE_CHECKING

from drivers import lineaudio
from drivers.lineaudio import NativeEvents, Player, Recorder, Sound, SoundStep
from firmware import times
from firmware.calls.call import Call
from firmware.calls.journal import RECORDING, Journal
from firmware.calls.leg import Failed, Leg
from firmware.ids import uuid7
from firmware.records import Recording, Severity
from firmware.store.recovery import finish

if TYPE_CHECKING:
    from firmware.calls.host import Host

log = logging.getLogger(__name__)


async def play(events: NativeEvents, leg: Leg, source: Sound | Sequence[SoundStep] | None) -> None:
    """Plays a prompt or tones to their end."""
    if not source:
        return
    seconds = source.seconds if isinstance(source, Sound) else sum(step.ms for step in source) / 1000
    player = Player(events, source)
    try:
        lineaudio.connect(player.slot, leg.slot)
        async with asyncio.timeout(seconds + 5):
            await player.ended
    finally:
        player.close()


async def answer_or_end(leg: Leg) -> None:
    """Connects a calling party that is part of a conversation already; one that cannot be has hung up."""
    try:
        await leg.answer()
    except Failed as failed:
        leg.left(failed.cause)


async def say(host: Host, leg: Leg, *prompts: str) -> None:
    """Plays prompts by their names, in the language of the party."""
    for prompt in prompts:
        await play(host.events, leg, host.prompt(prompt, leg.language))


@contextlib.contextmanager
def hearing(source: int | None, leg: Leg) -> Iterator[None]:
    """Lets a party hear what plays at slot `source` (music) for the time of the block."""
    if source is None:
        yield
        return

    with _following(leg, lambda slot: lineaudio.connect(source, slot), lambda slot: lineaudio.disconnect(source, slot)):
        yield


@contextlib.contextmanager
def heard_by(sink: int, leg: Leg) -> Iterator[None]:
    """Lets slot `sink` (a recorder) hear a party for the time of the block."""
    with _following(leg, lambda slot: lineaudio.connect(slot, sink), lambda slot: lineaudio.disconnect(slot, sink)):
        yield


@contextlib.contextmanager
def _following(leg: Leg, connect: Callable[[int], None], disconnect: Callable[[int], None]) -> Iterator[None]:
    """Connects the slot of a party, and each that it moves to."""

    def moved() -> None:
        if leg.slot >= 0:
            connect(leg.slot)

    moved()
    leg.on_moved.append(moved)
    try:
        yield
    finally:
        leg.on_moved.remove(moved)
        if leg.slot >= 0:
            disconnect(leg.slot)


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
