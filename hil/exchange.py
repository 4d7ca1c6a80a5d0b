# SPDX-License-Identifier: GPL-2.0-or-later
"""A telephone exchange at the end of a line: rings the box, gives it tones, takes its digits, hangs up."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from drivers.port import Battery
from firmware.countries import CallerIdKind, ToneName
from hil import announcing
from hil.callerid import CallerId
from hil.far_end import FarEnd
from hil.g711 import Law
from hil.loop import Loop
from hil.wire import KEEP_ALL, WireError

log = logging.getLogger(__name__)

HangUp = Literal["battery", "polarity", "busy"]


class LineState(enum.StrEnum):
    IDLE = "idle"
    RINGING = "ringing"  # the exchange rings the box
    ANSWERED = "answered"  # the box answered
    DIALLING = "dialling"  # the box seized the line by itself
    CONNECTED = "connected"  # the called party answered
    CLEARED = "cleared"  # the exchange hung up, the box has not yet


class Exchange(FarEnd):
    """The exchange end of line `port`. It gives dial tone when the box seizes the line, unless `dial_tone` is False."""

    def __init__(
        self,
        sim_dir: Path,
        port: str = "fxo1",
        country: str = "us",
        *,
        law: Law | None = None,
        ahead: int = 0,
        keep: int | None = KEEP_ALL,
        dial_tone: bool = True,
        caller_id: CallerIdKind | str | None = None,
    ) -> None:
        super().__init__(sim_dir, port, country, law=law, ahead=ahead, keep=keep, caller_id=caller_id)
        self.state = LineState.IDLE
        self.dialled = ""  # by tone and by pulse, since the line was seized
        self.battery = Battery.NORMAL
        self.gives_dial_tone = dial_tone
        self.on_state: Callable[[], None] = lambda: None  # state or dialled changed
        self.loop = Loop()
        self.loop.on_seized = self._seized
        self.loop.on_released = self._released
        self.loop.on_digit = self._digit
        self._voltage = False
        self._ringer: asyncio.Task[None] | None = None
        self.asking = False  # the box is to answer for data (Japan), not for a call

    @property
    def hook(self) -> Literal["on", "off"]:
        """The hook of the box now, pulses included."""
        return "off" if self.loop.closed else "on"

    def ring(
        self,
        number: str | None = None,
        name: str | None = None,
        *,
        caller_id: CallerId | None = None,
        cadence_ms: Sequence[int] | None = None,
        send_caller_id: bool = True,
    ) -> None:
        """Begins to ring the box, with caller ID as the country sends it. Returns at once.

        Without `number` and `caller_id` the number is sent as unavailable. Raises WireError when not plugged in, and
        RuntimeError when the line is in use.
        """
        if self.loop.closed or self._ringer:
            raise RuntimeError(f"{self.port} cannot ring: the line is {self.state}, the box is {self.hook} hook.")
        if self.wire.cut:
            raise WireError(f"{self.port} cannot ring: {self.wire.cut}.")
        caller = (caller_id or CallerId(number, name)) if send_caller_id else None
        self._set(LineState.RINGING)
        cadence = tuple(cadence_ms or self.country.ring_cadence_ms)
        self._ringer = asyncio.get_running_loop().create_task(self._ring(cadence, caller))

    def give_up(self) -> None:
        """The caller hangs up before an answer."""
        if self._ringer:
            self._stop_ringing()
            self.wire.player.stop()
            self._set(LineState.IDLE)

    def answer(self, *, reverse: bool = False) -> None:
        """The called party answers; with `reverse` the exchange says so by reversing polarity."""
        self.tone(None)
        if reverse:
            self.reverse_polarity()
        self._set(LineState.CONNECTED)

    async def hang_up(self, by: HangUp = "battery") -> None:
        """The far end hangs up, and the exchange tells the box in one of the ways that there are."""
        self._set(LineState.CLEARED)
        self.wire.player.stop()
        if by == "battery":
            await self.drop_battery()
        elif by == "polarity":
            self.reverse_polarity()
        else:
            self.tone(ToneName.BUSY)

    def set_battery(self, battery: Battery) -> None:
        """Puts battery on the line, or takes it off."""
        if battery is not self.battery:
            self.battery = battery
            self.wire.send(battery=str(battery))

    def reverse_polarity(self) -> None:
        """Turns the battery around."""
        self.set_battery(Battery.NORMAL if self.battery is Battery.REVERSED else Battery.REVERSED)

    async def drop_battery(self, ms: int | None = None) -> None:
        """Takes battery away for `ms` (by default as the country's exchanges do), then gives it back."""
        self.set_battery(Battery.NONE)
        await asyncio.sleep((ms or self.country.disconnect_generate_ms) / 1000)
        self.set_battery(Battery.NORMAL)

    async def off_hook(self, timeout: float = 5) -> None:
        """Waits until the box has answered or seized the line."""
        await self._until(lambda: self.loop.seized, timeout, "the box to go off hook")

    async def on_hook(self, timeout: float = 5) -> None:
        """Waits until the box has released the line (for longer than a dial pulse)."""
        await self._until(lambda: not self.loop.seized and not self.loop.closed, timeout, "the box to go on hook")

    async def digits(self, count: int, timeout: float = 10) -> str:
        """Waits until the box has dialled `count` digits, and returns all so far."""
        await self._until(lambda: len(self.dialled) >= count, timeout, f"{count} digits")
        return self.dialled

    async def flashed(self, timeout: float = 5) -> int:
        """Waits for a flash, and returns its length in ms."""
        await self._until(lambda: bool(self.loop.flashes), timeout, "a flash")
        return self.loop.flashes.pop(0)

    async def call_waiting(self, caller: CallerId, timeout: float = 0.6) -> bool:
        """Tells the box in a call who else calls (type II); True when it acknowledged and was told."""
        return await announcing.in_call(self, caller, timeout)

    async def _ring(self, cadence: tuple[int, ...], caller: CallerId | None) -> None:
        loop = asyncio.get_running_loop()
        if caller:
            await announcing.before_ring(self, caller)
        silences = cadence[1::2]
        gap = silences.index(max(silences)) * 2 + 1
        at, step = loop.time(), 0
        while True:
            self.ring_voltage(step % len(cadence) % 2 == 0)
            if step == gap and caller and self.kind.after_ring:
                self.say(announcing.after_ring(self, caller))
            at += cadence[step % len(cadence)] / 1000
            step += 1
            await asyncio.sleep(at - loop.time())

    def _stop_ringing(self) -> None:
        if self._ringer:
            self._ringer.cancel()
            self._ringer = None
        self.asking = False
        with contextlib.suppress(WireError):
            self.ring_voltage(False)
            self.set_battery(Battery.NORMAL)

    def ring_voltage(self, on: bool) -> None:
        """Puts ring voltage on the line, or takes it off."""
        if on is not self._voltage:
            self._voltage = on
            self.wire.send(ring=on)

    def _set(self, state: LineState) -> None:
        log.debug("%s: %s -> %s", self.port, self.state, state)
        self.state = state
        self.on_state()
        self.watch.changed()

    @property
    def _listening(self) -> bool:
        return self.loop.seized

    def _told(self, message: dict[str, Any]) -> None:
        if message.get("hook") in ("on", "off"):
            self.loop.hook(message["hook"] == "off")

    def _seized(self) -> None:
        if self.asking:
            self.ring_voltage(False)
            return
        ringing = self._ringer is not None
        self._stop_ringing()
        self.wire.player.stop()
        self.dialled = ""
        self._start_listening()
        if not ringing and self.gives_dial_tone:
            self.tone(ToneName.DIAL)
        self._set(LineState.ANSWERED if ringing else LineState.DIALLING)

    def _released(self) -> None:
        if self.asking:
            return
        self.wire.player.stop()
        if self.battery is Battery.REVERSED:
            with contextlib.suppress(WireError):
                self.set_battery(Battery.NORMAL)
        self._set(LineState.IDLE)

    def _key(self, key: str) -> None:
        self._digit(key)

    def _digit(self, digit: str) -> None:
        if self.state is LineState.DIALLING:
            self.tone(None)
        self.dialled += digit
        self.on_state()
        self.watch.changed()

    def _cut(self, reason: str) -> None:
        self._stop_ringing()
        self._voltage = False
        self.battery = Battery.NORMAL
        self.loop.reset()
        self._set(LineState.IDLE)

    def _seen(self) -> str:
        return f"the line is {self.state}, the box is {self.hook} hook, it dialled {self.dialled!r}"
