# SPDX-License-Identifier: GPL-2.0-or-later
"""Sound from memory into the bridge."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from drivers.lineaudio._lineaudio import ffi, lib
from drivers.lineaudio.events import NativeEvents
from drivers.lineaudio.tones import SoundStep, sound_steps


class Sound:
    """16-bit mono samples at 8 kHz in native memory, shared by any number of players."""

    def __init__(self, samples: bytes) -> None:
        self.count = len(samples) // 2
        self._sound = lib.la_sound_new(ffi.from_buffer("int16_t[]", samples), self.count)
        if not self._sound:
            raise MemoryError(f"no memory for a sound of {self.count} samples")

    @property
    def native(self) -> Any:
        """The native object, for `Player`."""
        return self._sound

    @property
    def seconds(self) -> float:
        """Length."""
        return self.count / 8000

    def close(self) -> None:
        """Frees the samples once the last player is done. The sound is not used again."""
        lib.la_sound_free(self._sound)
        self._sound = ffi.NULL


class Player:
    """Plays one sound, or a tone with cadence, into the bridge. `ended` is done when all was played.

    Close it: it is never left to the garbage collector.
    """

    def __init__(self, events: NativeEvents, source: Sound | Sequence[SoundStep], *, loop: bool = False) -> None:
        self._events = events
        self._number = events.register(self._on_event)
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if isinstance(source, Sound):
            self._player = lib.la_player_open(source.native, self._number, loop)
        else:
            self._player = lib.la_player_tone(sound_steps(source), len(source), loop, self._number)
        if not self._player:
            events.forget(self._number)
            raise RuntimeError("The conference bridge takes no more players")
        self.slot = int(lib.la_player_slot(self._player))

    def close(self) -> None:
        """Leaves the bridge. Harmless the second time."""
        if self._player:
            self._events.forget(self._number)
            lib.la_player_close(self._player)
            self._player = ffi.NULL
        if not self.ended.done():
            self.ended.cancel()

    def _on_event(self, kind: int, value: int, data: bytes) -> None:
        if kind == lib.LA_PLAYER_ENDED and not self.ended.done():
            self.ended.set_result(None)
