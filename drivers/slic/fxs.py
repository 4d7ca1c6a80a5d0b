# SPDX-License-Identifier: GPL-2.0-or-later
"""An FXS port of a SLIC: rings by turning the battery around, and reads the hook from loop current."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from drivers.port import AudioPath, Battery, CodecHealth, HookTiming, MessageLamp, PortError, PortEvent
from drivers.slic.wiring import SlicLines, Wiring
from drivers.timed_fxs import TimedFxs

log = logging.getLogger(__name__)

Found = TypeVar("Found")

RETRY_S = 2.0  # between attempts to open lines that are missing or busy
SETTLE_S = 0.1  # until loop current says something again, after ring mode and after power
LOOK_S = 0.05  # after an edge the level is looked at: edges that the kernel had no room for are not missed


class SlicFxs(TimedFxs):
    """What is wrong with its lines or its codec is `fault`; both come back by themselves."""

    def __init__(self, id: str, wiring: Wiring) -> None:
        super().__init__(id)
        self.wiring = wiring
        self.codec_lost: Callable[[str], None] = lambda why: None
        self.codec_health: Callable[[], CodecHealth | None] = lambda: None
        self._lines: SlicLines | None = None
        self._faults = {"lines": "it was not started", "codec": ""}
        self._timing = HookTiming()
        self._half_s = 1 / wiring.ring_hz / 2
        self._cycle: asyncio.TimerHandle | None = None
        self._calm: asyncio.TimerHandle | None = None
        self._look: asyncio.TimerHandle | None = None
        self._retry: asyncio.TimerHandle | None = None
        self._deaf = False
        self._audio: AudioPath | None = None
        self._sound = -1

    @property
    def codec(self) -> CodecHealth | None:
        """Of the codec that it shares."""
        return self.codec_health()

    # ---- life --------------------------------------------------------------------------------------

    def open(self) -> None:
        """Opens the lines, or says in `fault` why not and tries again later."""
        self._retry = None
        try:
            self._lines = lines = self.wiring.open()
            lines.hook.watch_edges(self._edge)
        except PortError as error:
            self._lost(str(error))
            return
        self.set_fault("lines", "")
        self._look_at_hook()

    def close(self) -> None:
        """Stops ringing, and lets go of lines and sound."""
        self.stop_ringing()
        self.detach_sound()
        for timer in (self._cycle, self._calm, self._look, self._retry):
            if timer:
                timer.cancel()
        self._let_go()

    def _let_go(self) -> None:
        lines, self._lines = self._lines, None
        self.stop_ringing()
        if lines:
            with contextlib.suppress(PortError):  # a chip that is gone
                lines.ring_mode.set(False)
                lines.close()
        if self.forget_hook():
            self.tell(PortEvent.ON_HOOK)

    def _lost(self, why: str) -> None:
        self._let_go()
        self.set_fault("lines", why)
        if not self._retry:
            self._retry = asyncio.get_running_loop().call_later(RETRY_S, self.open)

    # ---- state -------------------------------------------------------------------------------------

    @property
    def plugged(self) -> bool:
        """True while the port works: a SLIC does not know whether a telephone is there."""
        return not self.fault

    @property
    def fault(self) -> str:
        """What is wrong with its lines, else with its codec."""
        return self._faults["lines"] or self._faults["codec"]

    def set_fault(self, part: str, why: str) -> None:
        """Of "lines" or "codec"; "" when it is over."""
        before, self._faults[part] = self.fault, why
        if self.fault and self.fault != before:
            log.warning("%s: %s", self.id, self.fault)
            self.tell(PortEvent.FAULT, self.fault)
        elif before and not self.fault:
            self.tell(PortEvent.PLUGGED)

    @property
    def lines(self) -> SlicLines:
        """Opened. PortError, with the reason, when they are not."""
        if not self._lines:
            raise PortError(f"{self.id} cannot be used: {self.fault}")
        return self._lines

    @property
    def hook_timing(self) -> HookTiming:
        """How the hook of the station is read."""
        return self._timing

    @hook_timing.setter
    def hook_timing(self, timing: HookTiming) -> None:
        self._timing = timing
        self._read_hook(calm=not self._calm and not self._cycle)

    # ---- sound -------------------------------------------------------------------------------------

    def connect_audio(self, audio: AudioPath) -> None:
        """Sound of the codec's channel goes through `audio` while there is any."""
        if self._audio and self._sound >= 0:
            self._audio.detach()
        self._audio = audio
        if self._sound >= 0:
            self.attach_sound(self._sound)

    def attach_sound(self, fd: int) -> None:
        """The codec works: its channel is at `fd`."""
        self._sound = fd
        if self._audio:
            self._audio.on_bad_audio = lambda why: self.codec_lost(why)
            self._audio.attach(fd)

    def detach_sound(self) -> None:
        """The codec is gone. Harmless when it was not there."""
        if self._audio and self._sound >= 0:
            self._audio.detach()
            self._audio.on_bad_audio = None
        self._sound = -1

    # ---- ringing -----------------------------------------------------------------------------------

    def put_ring_voltage(self, on: bool) -> None:
        """Ring mode, and the battery turned around twice in each cycle. PortError without lines."""
        if self._cycle:
            self._cycle.cancel()
            self._cycle = None
        if on:
            lines = self.lines
            self._read_hook(calm=False)
            self._try(lambda: lines.ring_mode.set(True))
            self._turn(asyncio.get_running_loop().time(), 1)
        elif self._lines:
            self._try(self._rest)
            self._calm_later()

    def _turn(self, began: float, half: int) -> None:
        """Half cycle number `half`, by the time that it is: who comes late leaves some out and keeps the frequency."""
        loop = asyncio.get_running_loop()
        half = max(half, int((loop.time() - began) / self._half_s) + 1)
        self._cycle = loop.call_at(began + half * self._half_s, self._turn, began, half + 1)
        forward = (half % 2 == 1) is not self._reversed
        self._try(lambda: self.lines.forward.set(forward))

    def _rest(self) -> None:
        self.lines.forward.set(not self._reversed)
        self.lines.ring_mode.set(False)

    @property
    def _reversed(self) -> bool:
        return self._battery is Battery.REVERSED

    def _read_hook(self, *, calm: bool) -> None:
        """In ring mode the current of the bell looks like loop current for a part of each cycle."""
        whole_ms = round(2000 * self._half_s)
        slow = replace(self._timing, debounce_ms=max(self._timing.debounce_ms, whole_ms))
        self._hook.timing = self._timing if calm else slow

    def _calm_later(self) -> None:
        if self._calm:
            self._calm.cancel()
        self._calm = asyncio.get_running_loop().call_later(SETTLE_S, self._calmed)

    def _calmed(self) -> None:
        self._calm = None
        self._read_hook(calm=not self._cycle)

    # ---- battery -----------------------------------------------------------------------------------

    def put_battery(self, battery: Battery) -> None:
        """Forward or reverse; none by powering down. PortError where there is no line for that."""
        lines = self.lines
        if battery is Battery.NONE:
            if not lines.power_down:
                raise PortError(f"{self.id} cannot take battery away: no power_down is wired to its SLIC.")
            self._deaf = True
            lines.power_down.set(True)
            return
        lines.forward.set(battery is Battery.NORMAL)
        if lines.power_down and self._deaf:
            lines.power_down.set(False)
            asyncio.get_running_loop().call_later(SETTLE_S, self._powered)

    async def drop_battery(self, ms: int) -> None:
        """As `FxsPort` says; nothing happens where no power-down line is wired."""
        if self.lines.power_down:
            await super().drop_battery(ms)

    def _powered(self) -> None:
        if self._battery is not Battery.NONE:
            self._deaf = False
            self._look_at_hook()

    def message_waiting(self, on: bool) -> bool:
        """By reversed battery; a SLIC has no lamp voltage."""
        if self.lamp is not MessageLamp.REVERSED:
            return False
        self.set_battery(Battery.REVERSED if on else Battery.NORMAL)
        return True

    # ---- the hook ----------------------------------------------------------------------------------

    def hook_level(self) -> bool | None:
        """What the line says now; None while it says nothing of the station."""
        return None if self._deaf or not self._lines else self._try(self._lines.hook.read)

    def _edge(self, off: bool, at: float) -> None:
        if self._deaf:
            return
        self.hook_moved(off, at)
        if self._look:
            self._look.cancel()
        self._look = asyncio.get_running_loop().call_later(LOOK_S, self._look_at_hook)

    def _look_at_hook(self) -> None:
        self._look = None
        if (off := self.hook_level()) is not None:
            self.hook_moved(off, asyncio.get_running_loop().time())

    def _try(self, act: Callable[[], Found]) -> Found | None:
        """Where nobody waits for the result: lines that fail are lost."""
        try:
            return act()
        except PortError as error:
            asyncio.get_running_loop().call_soon(self._lost, str(error))
            return None
