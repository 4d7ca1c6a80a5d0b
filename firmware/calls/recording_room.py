# SPDX-License-Identifier: GPL-2.0-or-later
"""Where recordings are made: under STATE/recordings, a folder a day."""

from __future__ import annotations

import asyncio
import logging
import os
from dataclasses import replace
from errno import EIO
from pathlib import Path

from drivers.lineaudio import NativeEvents, Recorder
from firmware import times
from firmware.calls.call import Call
from firmware.calls.journal import RECORDING, Journal
from firmware.calls.live_recording import LiveRecording
from firmware.ids import uuid7
from firmware.records import Recording, Severity
from firmware.store.recovery import finish

log = logging.getLogger(__name__)


class RecordingRoom:
    """Makes recordings, and finishes them in the background. What goes wrong with the disk is an alarm."""

    def __init__(self, folder: Path, events: NativeEvents, journal: Journal) -> None:
        self._folder, self._events, self._journal = folder, events, journal
        self._finishing: set[asyncio.Task[None]] = set()

    def begin(self, call: Call, rule: str) -> LiveRecording:
        """Records a call from now on, by `rule`. End it with `end`, always."""
        at = times.now()
        id = str(uuid7())
        recording = Recording(id, call.id, f"{at:%Y-%m-%d}/{id}.wav", at, rule=rule)
        recorder = Recorder(self._events, self._folder / recording.path)
        recorder.on_failed = lambda errno: self._failed(errno)
        call.cdr = replace(call.cdr, recordings=(*call.cdr.recordings, id))
        self._journal.recording_began(recording)
        call.note("recording_began", recording=id, rule=rule)
        return LiveRecording(recording, recorder, self._journal.recording_masked)

    def end(self, live: LiveRecording) -> None:
        """The file is finished and hashed in the background."""
        task = asyncio.create_task(self._finish(live.close(), live.recorder))
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
            self._journal.recording_whole(done)
        else:
            self._journal.recording_failed(recording)
