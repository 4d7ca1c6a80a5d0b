# SPDX-License-Identifier: GPL-2.0-or-later
"""A phone that is off the hook with nobody on it: a tone that says why, the howler, silence until it is put down."""

from __future__ import annotations

import asyncio
import enum
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from firmware.countries import Tone
from firmware.media import howler

if TYPE_CHECKING:
    from firmware.calls.station import Station

log = logging.getLogger(__name__)


class OffHookState(enum.StrEnum):
    ATTENDED = "attended"  # on hook, or in somebody's hand
    TONE = "tone"  # busy, congestion, …: whoever hung up or dialled nothing hears why
    HOWLER = "howler"
    LOCKED_OUT = "locked_out"  # no tone, no dialling: the line rests until the phone is put down


SENTENCES = {
    OffHookState.HOWLER: "phone was left off the hook",
    OffHookState.LOCKED_OUT: "phone was left off the hook; it rests until it is put down",
}


class OffHook:
    """Of one station. `on_locked_out` is told True when the line is locked out, and False when that is over."""

    def __init__(self, station: Station, on_locked_out: Callable[[bool], None]) -> None:
        self._station, self._on_locked_out = station, on_locked_out
        self._task: asyncio.Task[None] | None = None
        self.state = OffHookState.ATTENDED

    @property
    def resting(self) -> bool:
        """True while the line is locked out."""
        return self.state is OffHookState.LOCKED_OUT

    @property
    def sentence(self) -> str:
        """What a supervisor reads, "" when nothing is wrong."""
        return SENTENCES.get(self.state, "")

    def begin(self, tone: Tone) -> None:
        """Nobody is there any more."""
        self.end()
        self._task = asyncio.create_task(self._run(tone))

    def end(self) -> None:
        """It was put down, or somebody is there again. Harmless when it has not begun."""
        if self._task:
            self._task.cancel()
            self._task = None
        if self.state is not OffHookState.ATTENDED:
            resting = self.resting
            self._set(OffHookState.ATTENDED, "attended")
            if resting:
                self._on_locked_out(False)

    async def _run(self, tone: Tone) -> None:
        station, phones = self._station, self._station.host.config.phones
        self._set(OffHookState.TONE, str(tone.name))
        station.play(tone)
        await asyncio.sleep(phones.off_hook_tone_s)
        self._set(OffHookState.HOWLER, f"{phones.off_hook_tone_s:g} s")
        station.quiet()
        howling = asyncio.create_task(self._howl())
        try:
            await asyncio.sleep(phones.howler_s)
        finally:
            howling.cancel()
        station.quiet()
        self._set(OffHookState.LOCKED_OUT, f"{phones.howler_s:g} s")
        self._on_locked_out(True)

    async def _howl(self) -> None:
        country = self._station.host.country
        await self._station.audio.tone(howler.rising(country.howler), repeat=False)
        self._station.audio.tone(howler.loudest(country.howler))

    def _set(self, state: OffHookState, why: str) -> None:
        log.info("%s off hook: %s -[%s]> %s", self._station.id, self.state, why, state)
        self.state = state
        self._station.host.port_changed(self._station.id)
