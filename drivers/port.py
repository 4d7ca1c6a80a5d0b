# SPDX-License-Identifier: GPL-2.0-or-later
"""The port protocol: what the box can do with an analog port, whatever card carries it.

A *port* is one RJ11 socket of the box. Behind an FXO port is a **line** of the telephone company;
behind an FXS port is a **station**, somebody's telephone. A port knows electricity (hook, battery,
polarity, ring voltage) and moves audio; it knows no policy.

All methods are called in the asyncio thread, return at once and never block. What the wire does
arrives through `Port.on_event`.
"""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


class PortError(Exception):
    """A port cannot do what was asked; the message names the port, what is wrong and what to do."""


def no_battery(id: str) -> str:
    """What is said of an FXO port on which nothing can be done."""
    return f"{id} has no battery: no line is connected, or it is dead. Check the cable."


class PortKind(enum.StrEnum):
    FXO = "fxo"
    FXS = "fxs"


class Battery(enum.StrEnum):
    """Voltage across tip and ring as the equipment at the far end of the wire sees it."""

    NORMAL = "normal"
    REVERSED = "reversed"
    NONE = "none"


class PortEvent(enum.StrEnum):
    """What happened on the wire, after the driver's debouncing."""

    RING_BEGAN = "ring_began"  # FXO: ring voltage appeared (one event for each burst)
    RING_ENDED = "ring_ended"  # FXO: ring voltage is gone
    OFF_HOOK = "off_hook"  # FXS: the station was lifted, or answered
    ON_HOOK = "on_hook"  # FXS: the station was put down
    HOOK_FLASH = "hook_flash"  # FXS: on-hook for the country's flash time, and off again
    PULSE_DIGIT = "pulse_digit"  # FXS: one rotary digit, `digit` is "0" to "9"
    POLARITY_REVERSED = "polarity_reversed"  # FXO: battery went from normal to reversed or back
    BATTERY_LOST = "battery_lost"  # FXO: no battery
    BATTERY_RESTORED = "battery_restored"  # FXO: battery is back
    PLUGGED = "plugged"  # a far end was connected (simulated card), or an alarm cleared
    UNPLUGGED = "unplugged"  # nothing at the end of the wire any more, or an alarm
    FAULT = "fault"  # `detail` says what the card reported
    # What a modem finds out by itself, where other cards only carry the sound:
    CALLER_ID = "caller_id"  # FXO: `detail` is the number, `name` the name, "" when not known; `private`: withheld
    TONE_DIGIT = "tone_digit"  # FXO: `digit` was heard
    BUSY = "busy"  # FXO: the exchange gives busy tone
    LOOP_BROKEN = "loop_broken"  # FXO: loop current was interrupted: the far end hung up


@dataclass(frozen=True, slots=True)
class PortEventRecord:
    """One event with its monotonic time in seconds (`time.monotonic`)."""

    event: PortEvent
    at: float
    digit: str = ""
    detail: str = ""
    name: str = ""
    private: bool = False


class AudioPath(Protocol):
    """Where a port's G.711 audio goes: the native line port of `drivers.lineaudio`."""

    def attach(self, fd: int) -> None:
        """Moves 160-byte G.711 blocks from and to `fd` from now on. The descriptor stays the caller's."""

    def detach(self) -> None:
        """Lets go of the descriptor; it may be closed when this returns."""

    @property
    def on_bad_audio(self) -> Callable[[str], None] | None:
        """Called in the asyncio thread when the descriptor ended or sent a block of the wrong size.

        Reports at most once for each `attach`, and never about a descriptor that was detached.
        """

    @on_bad_audio.setter
    def on_bad_audio(self, callback: Callable[[str], None] | None) -> None: ...


@dataclass(frozen=True, slots=True)
class HookTiming:
    """How hook changes of a station are read, in milliseconds (country profile).

    A single break of up to `pulse_max_ms` is the digit 1, one from `flash_min_ms` to `flash_max_ms` is a flash,
    a longer one is a hang-up. In a train of several pulses longer breaks are understood too: see `drivers.hook`.
    """

    flash_min_ms: int = 80
    flash_max_ms: int = 1000
    pulse_max_ms: int = 79  # a break no longer than this is one pulse of a rotary digit
    digit_gap_ms: int = 200  # a make longer than this ends a rotary digit
    debounce_ms: int = 5


@dataclass(frozen=True, slots=True)
class CodecHealth:
    """`drift_ppm`: by how much its clock is faster than the bridge's, which resampling makes up for. Since it was
    opened: `slips` (blocks of 20 ms lost or missing) and `restarts` (the kernel was not served in time)."""

    drift_ppm: float
    slips: int
    restarts: int


class Port(ABC):
    """What FXO and FXS ports have in common.

    `id` is "fxo1", "fxs2", …; `on_event` is set by the owner before `start`.
    """

    kind: PortKind

    def __init__(self, id: str) -> None:
        self.id = id
        self.on_event: Callable[[PortEventRecord], None] = lambda event: None

    @abstractmethod
    def connect_audio(self, audio: AudioPath) -> None:
        """Gives the port its audio path. The port attaches and detaches descriptors as they come and go."""

    @property
    @abstractmethod
    def plugged(self) -> bool:
        """False while the driver knows that nothing usable is at the end of the wire."""

    @property
    @abstractmethod
    def fault(self) -> str:
        """Why the port cannot be used at all ("" when it can), as a sentence for the installer."""

    @property
    def note(self) -> str:
        """What the installer should know of a port that works, as a sentence; "" when there is nothing."""
        return ""

    @property
    def codec(self) -> CodecHealth | None:
        """How its codec keeps time; None where the card's own clock is the bridge's, or nothing is known now."""
        return None

    @property
    def has_echo_canceller(self) -> bool:
        """True when the card cancels the port's echo, else `drivers.lineaudio` should. Known once it is started."""
        return False

    def cancel_echo(self, on: bool) -> None:  # noqa: B027
        """Switches the card's echo canceller for the rest of the call; each call begins with it switched on.

        For fax and modems (ITU-T V.8, G.168: off at an answer tone with phase reversals), and for lines that are
        better without. Harmless where the card has none.
        """

    @property
    def has_gains(self) -> bool:
        """True when the card makes the port's sound louder and softer, else `drivers.lineaudio` should."""
        return False

    def set_gains(self, received_db: float, sent_db: float) -> None:  # noqa: B027
        """Gains in dB of what comes from the wire and of what goes to it. Harmless where the card has none."""


class FxoPort(Port):
    """A port that plays the telephone towards a line of the telephone company."""

    kind = PortKind.FXO

    @property
    @abstractmethod
    def battery(self) -> Battery:
        """Battery on the line now."""

    @property
    @abstractmethod
    def off_hook(self) -> bool:
        """True while the line is seized."""

    @abstractmethod
    def seize(self) -> None:
        """Goes off hook: answers a ringing line, or asks for dial tone. PortError without battery."""

    @abstractmethod
    def release(self) -> None:
        """Goes on hook. Harmless when already there."""

    @abstractmethod
    async def flash(self, ms: int) -> None:
        """Opens the loop for `ms` milliseconds while seized."""

    @abstractmethod
    async def dial_pulse(self, digits: str, break_ms: int, make_ms: int, gap_ms: int) -> None:
        """Dials by loop-disconnect pulses ("0" is ten). Tone digits are audio: `LineAudio.dial`."""

    # What a modem does by itself.

    tells_caller = False  # caller ID comes as an event, and no sound of it

    async def settled(self) -> None:
        """Returns once sound flows after `seize`. PortError."""

    @property
    def by_turns(self) -> bool:
        """Sound goes one way at a time: digits are sent by `dial_tones`, and come as events."""
        return False

    async def dial_tones(self, digits: str) -> None:
        """Sends DTMF; only where `by_turns`. PortError."""
        raise PortError(f"{self.id}: tones are sound on this port.")


class MessageLamp(enum.StrEnum):
    """What lights the message lamp of a station: nothing, reversed polarity, or 90 V on the loop, DC or AC (neon)."""

    NONE = "none"
    REVERSED = "reversed"
    DC = "dc"
    NEON = "neon"


class FxsPort(Port):
    """A port that plays the exchange towards a station. `lamp` may be set at any time while no lamp is lit."""

    kind = PortKind.FXS
    lamp = MessageLamp.NONE

    @property
    @abstractmethod
    def off_hook(self) -> bool:
        """True while the station draws loop current."""

    hook_timing: HookTiming = HookTiming()  # of this station; may be set at any time

    @abstractmethod
    def ring(self, cadence_ms: Sequence[int], on_gap: Callable[[], None] | None = None) -> None:
        """Rings with alternating on and off times until answered or stopped.

        `cadence_ms` is repeated as a whole: [2000, 4000], [400, 200, 400, 2000], … `on_gap` is called once, at the
        beginning of the first longest silence: the moment for caller ID as sound (Bell 202 goes between the first
        and the second ring, GR-30-CORE section 2.3). The driver takes ring voltage off by itself when the station
        is lifted. Calling it again replaces the cadence. PortError when the station is off hook or the cadence is
        not pairs of positive times.
        """

    @abstractmethod
    def stop_ringing(self) -> None:
        """Takes ring voltage off. Harmless when not ringing."""

    @abstractmethod
    def set_battery(self, battery: Battery) -> None:
        """Normal, reversed, or none."""

    @abstractmethod
    async def drop_battery(self, ms: int) -> None:
        """Takes battery away for `ms` milliseconds: the open-loop disconnect that answering machines expect."""

    # What not every card has.

    def transmit_on_hook(self, ms: int) -> None:
        """Lets a station on hook hear the box for the next `ms` milliseconds; nothing to do where it always can."""

    def message_waiting(self, on: bool) -> bool:
        """Lights the station's lamp as `lamp` says, or puts it out; False where the card cannot."""
        return False

    async def metering_pulse(self, hz: int, ms: int) -> None:
        """Sends one charging pulse of 12000 or 16000 Hz (ETSI ES 201 970, section 15) of `ms` milliseconds.

        It is above what audio at 8 kHz can carry, so the line interface makes it. PortError where it cannot.
        """
        raise PortError(f"{self.id}: this card makes no metering pulses. Leave out extension.metering for this port.")


class Card(ABC):
    """A telephony card: its ports, and its life.

    Where `grows`, boards may be plugged in while it runs, or be missing at the start: `on_new_ports` is called with
    ports that were found later (and are in `ports` by then), before they are opened.
    """

    name: str
    ports: Sequence[Port]
    fault: str = ""  # why there is no port at all, as a sentence for the installer; "" when there is one
    grows: bool = False
    on_new_ports: Callable[[Sequence[Port]], None] | None = None
    clock_fd: int = -1  # tells each 10 ms of the card's clock (`drivers.lineaudio.follow_clock`); -1: it has none
    _hook_timing: HookTiming = HookTiming()
    _law: str = "ulaw"

    @property
    def hook_timing(self) -> HookTiming:
        """How the hooks of the stations are read; may be set at any time."""
        return self._hook_timing

    @hook_timing.setter
    def hook_timing(self, timing: HookTiming) -> None:
        self._hook_timing = timing
        self.apply_hook_timing(timing)

    @property
    def law(self) -> str:
        """ITU-T G.711 of the sound on the ports' descriptors, "ulaw" or "alaw"; may be set at any time."""
        return self._law

    @law.setter
    def law(self, law: str) -> None:
        self._law = law
        self.apply_law(law)

    def apply_hook_timing(self, timing: HookTiming) -> None:
        """Brings it to the stations."""
        for port in self.ports:
            if isinstance(port, FxsPort):
                port.hook_timing = timing

    def apply_law(self, law: str) -> None:  # noqa: B027
        """Brings it to whatever makes the sound. Harmless where sound only passes through."""

    @abstractmethod
    async def start(self) -> None:
        """Opens the hardware. Port events flow from here on. PortError says what is missing."""

    @abstractmethod
    async def stop(self) -> None:
        """Puts every port on hook and closes the hardware."""
