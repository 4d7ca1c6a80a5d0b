# SPDX-License-Identifier: GPL-2.0-or-later
"""A telephone on an FXS port: rings, shows who calls, is picked up, dials, listens and speaks."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from drivers.port import Battery
from firmware.countries import CallerIdKind
from hil import japan
from hil.alerting import AlertingReceiver
from hil.announcing import standard
from hil.callerid import CallerId, lamp_of, of_digits, parse
from hil.dtmf_receiver import DtmfReceiver
from hil.far_end import FarEnd
from hil.fsk import Demodulator, summed
from hil.g711 import Law, decode
from hil.signals import DTMF, dtmf
from hil.wire import KEEP_ALL

DIGIT_MS = 70
PULSES = "0123456789"
ACKNOWLEDGE_MS = 60  # 55 to 65 ms (GR-30-CORE 2.5; EN 300 659-2)
DATA_S = 4.0
CAR_LONGEST_S = 0.75  # a ring that is longer is the usual one


class Phone(FarEnd):
    """The telephone in port `port`, on hook when it is plugged in."""

    def __init__(
        self,
        sim_dir: Path,
        port: str = "fxs1",
        country: str = "us",
        *,
        law: Law | None = None,
        ahead: int = 0,
        keep: int | None = KEEP_ALL,
        caller_id: CallerIdKind | str | None = None,
    ) -> None:
        super().__init__(sim_dir, port, country, law=law, ahead=ahead, keep=keep, caller_id=caller_id)
        self.hook = "on"
        self.battery = Battery.NORMAL
        self.dialled = ""  # since it was picked up
        self.ring_log: deque[tuple[float, bool]] = deque(maxlen=1000)  # ring voltage on and off, monotonic seconds
        self.battery_log: deque[tuple[float, Battery]] = deque(maxlen=1000)
        self.caller: CallerId | None = None  # what the display shows
        self.waiting: bool | None = None  # its message lamp as FSK told it, None when never told
        self.lamp = False  # lit by voltage
        self.metering_log: list[tuple[float, int]] = []  # charging pulses: when each began, and its frequency in Hz
        self.acknowledges = True  # an alerting signal in a call
        self.alerted: list[int] = []  # alerting signals in calls, in ms
        self._answering_for_data = False  # Japan
        self._callers: deque[CallerId] = deque(maxlen=100)
        self._reset_caller_id()

    def _reset_caller_id(self) -> None:
        complete = japan.complete if self.kind is CallerIdKind.NTT else summed
        self._demodulator = Demodulator(standard(self.kind), complete)
        self._keys = DtmfReceiver()
        self._alerting = AlertingReceiver()
        self._data_until = 0.0  # in a call: when data may still come

    @property
    def ring_voltage(self) -> bool:
        """True during a burst of ringing."""
        return bool(self.ring_log) and self.ring_log[-1][1]

    @property
    def ringing(self) -> bool:
        """True from the first burst until it was lifted, or silent for longer than the country's cadence has it."""
        if self.hook == "off" or not self.ring_log:
            return False
        at, on = self.ring_log[-1]
        return on or time.monotonic() - at < max(self.country.ring_cadence_ms[1::2]) / 1000 + 0.5

    def pick_up(self) -> None:
        """Lifts the handset. Harmless when lifted."""
        if self.hook == "on":
            self._start_listening()
            self.dialled = ""
            self._set_hook("off")

    def hang_up(self) -> None:
        """Puts the handset down. Harmless when down."""
        if self.hook == "off":
            self.wire.player.stop()
            self._set_hook("on")
            self.caller = None
            self.ring_log.clear()
            self._reset_caller_id()

    async def flash(self, ms: int | None = None) -> None:
        """Opens the loop for `ms` (by default as phones of the country do)."""
        await self._break((ms or self.country.flash.generate_ms) / 1000, asyncio.get_running_loop().time())
        self.tones.reset()

    async def dial(self, digits: str, on_ms: float = DIGIT_MS, off_ms: float = DIGIT_MS) -> None:
        """Dials by tone; returns when the last digit is on the line. ValueError at what is not a key."""
        audio = dtmf(digits, on_ms, off_ms)
        self.dialled += "".join(digit for digit in digits.upper() if digit in DTMF)
        self.tones.reset()
        await self.say(audio)

    async def dial_pulse(self, digits: str, pps: float = 10, break_share: float | None = None) -> None:
        """Dials by pulses with the country's ratio; returns after the pause that ends the last digit."""
        if set(digits) - set(PULSES):
            raise ValueError(f'"{digits}" cannot be dialled by pulses: only 0 to 9.')
        pulse = self.country.pulse
        share = break_share or pulse.break_ms / (pulse.break_ms + pulse.make_ms)
        at = asyncio.get_running_loop().time()
        for digit in digits:
            for _ in range(int(digit) or 10):
                await self._break(share / pps, at)
                at += 1 / pps
                await _until(at)
            self.dialled += digit
            at += pulse.gap_ms / 1000
            await _until(at)
        self.tones.reset()

    async def rung(self, timeout: float = 10, steps: int = 0) -> list[int]:
        """Waits until it rings, and until `steps` on and off times are complete; returns these in ms."""
        await self._until(
            lambda: len(self.ring_log) > steps, timeout, "ringing" if not steps else f"{steps} ring steps"
        )
        times = [at for at, _ in self.ring_log]
        return [round((end - begin) * 1000) for begin, end in itertools.pairwise(times)][:steps]

    async def caller_id(self, timeout: float = 8) -> CallerId:
        """Waits for the next caller ID that came as sound, on hook or in a call."""
        await self._until(lambda: bool(self._callers), timeout, f"caller ID ({self.kind})")
        return self._callers.popleft()

    async def battery_is(self, battery: Battery | str, timeout: float = 5) -> None:
        """Waits until the box feeds the line so."""
        await self._until(lambda: self.battery == battery, timeout, f"{battery} battery")

    @property
    def _listening(self) -> bool:
        return self.hook == "off" and not self._answering_for_data

    def _block(self, block: bytes) -> None:
        super()._block(block)
        if not self._listening:
            return
        samples = decode(block, self.law)
        if (ms := self._alerting.feed(samples)) is not None:
            self._alert(ms)
        elif time.monotonic() < self._data_until:
            self._data(samples)

    def _alert(self, ms: int) -> None:
        self.alerted.append(ms)
        if self.acknowledges and not self.kind.dtmf:
            self.say(dtmf("D", ACKNOWLEDGE_MS, 0))
            self._data_until = time.monotonic() + DATA_S

    def _data(self, samples: Sequence[int]) -> None:
        for message in self._demodulator.feed(samples):
            if (waiting := lamp_of(message)) is not None:
                self.waiting = waiting
                self.watch.changed()
            elif (caller := parse(message)) is not None:
                self._shown(caller)

    def _block_on_hook(self, block: bytes) -> None:
        if block == self.silence:
            self._demodulator.silence()
            return
        samples = decode(block, self.law)
        if self.kind.dtmf:
            self._dtmf_caller_id(self._keys.feed(samples))
        else:
            self._data(samples)

    def _dtmf_caller_id(self, key: str | None) -> None:
        if not key or not self._keys.dialled.endswith(("C", "#")):
            return
        caller = of_digits(self._keys.dialled, self.country.caller_id_dtmf)
        self._keys = DtmfReceiver()
        if caller:
            self._shown(caller)

    def _shown(self, caller: CallerId) -> None:
        self.caller = caller
        self._callers.append(caller)
        if self._answering_for_data:
            self._done_with_data()
        self.watch.changed()

    async def _break(self, seconds: float, since: float) -> None:
        if self.hook == "on":
            raise RuntimeError(f"The phone on {self.port} is on hook: pick it up first.")
        self.wire.send(hook="on")
        await _until(since + seconds)
        self.wire.send(hook="off")

    def _set_hook(self, hook: str) -> None:
        self.wire.send(hook=hook)
        self.hook = hook
        self.watch.changed()

    def _told(self, message: dict[str, Any]) -> None:
        now = time.monotonic()
        if "ring" in message:
            self.ring_log.append((now, message["ring"]))
            if self.kind is CallerIdKind.NTT and not message["ring"] and self.hook == "on":
                self._perhaps_answer_for_data()
        if "battery" in message:
            self.battery = Battery(message["battery"])
            self.battery_log.append((now, self.battery))
        self.lamp = message.get("lamp", self.lamp)
        if message.get("metering_hz"):
            self.metering_log.append((now, message["metering_hz"]))

    def _perhaps_answer_for_data(self) -> None:
        """A terminal of Japan takes a short ring, with the polarity reversed, for a call for itself."""
        (began, _), (ended, _) = list(self.ring_log)[-2:]
        if self.battery is Battery.REVERSED and ended - began < CAR_LONGEST_S:
            self._answering_for_data = True
            self._reset_caller_id()
            self._set_hook("off")
            asyncio.get_running_loop().call_later(DATA_S, self._done_with_data)

    def _done_with_data(self) -> None:
        if self._answering_for_data:
            self._answering_for_data = False
            self._set_hook("on")

    def _cut(self, reason: str) -> None:
        self.hook = "on"
        self._answering_for_data = False
        self.battery = Battery.NORMAL
        self.ring_log.clear()
        self.caller = None
        self._reset_caller_id()

    def _seen(self) -> str:
        rings = len([on for _, on in self.ring_log if on])
        faults = f", broken caller ID: {'; '.join(self._demodulator.faults)}" if self._demodulator.faults else ""
        return f"the phone is {self.hook} hook, it rang {rings} times, battery is {self.battery}{faults}"


async def _until(at: float) -> None:
    await asyncio.sleep(at - asyncio.get_running_loop().time())
