# SPDX-License-Identifier: GPL-2.0-or-later
"""The audio of one analog port: its place on the bridge, what is heard on it, what is played to it."""

from __future__ import annotations

import asyncio
import enum
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from drivers.lineaudio._lineaudio import ffi, lib
from drivers.lineaudio.data_link import DATA_DBM0, DATA_MAX, Framing
from drivers.lineaudio.events import NativeEvents
from drivers.lineaudio.tones import SoundStep, ToneStep, sound_steps, tone_steps

BLOCK_BYTES = 160
MEMORY_BLOCKS = 590  # of the 600 that a line remembers: the clock goes on while they are copied
DTMF_ON_MS, DTMF_OFF_MS = 80, 80  # ITU-T Q.24 asks for at least 40 and 40 at the receiver
DTMF_LEVEL_DBM0 = -9  # each of the two tones; ETSI ES 201 235-2: -9 dBV +- at the sender


class Law(enum.IntEnum):
    """ITU-T G.711 companding."""

    ULAW = lib.LA_ULAW
    ALAW = lib.LA_ALAW


class Hear(enum.IntFlag):
    """Which detectors listen to the line. They run in the clock and cost only while they are on."""

    NOTHING = 0
    DTMF = lib.LA_HEAR_DTMF
    TONES = lib.LA_HEAR_TONES
    BELL202 = lib.LA_HEAR_BELL202
    V23 = lib.LA_HEAR_V23
    ALERTING = lib.LA_HEAR_ALERTING  # CAS or DT-AS, which announce data in a call
    FAX = lib.LA_HEAR_FAX


class FaxTone(enum.StrEnum):
    """What a fax machine says first (ITU-T T.30, 4.3.3.2 and 4.3.3.3)."""

    CNG = "cng"  # it calls: one burst of 1100 Hz was heard
    CED = "ced"  # it answers: 2100 Hz
    CED_REVERSED = "ced_reversed"  # the same with phase reversals: echo cancellers off (ITU-T V.25); also V.8's ANSam


_FAX_TONES = {
    lib.LA_FAX_CNG: FaxTone.CNG,
    lib.LA_FAX_CED: FaxTone.CED,
    lib.LA_FAX_CED_REVERSED: FaxTone.CED_REVERSED,
}


class HeardKind(enum.Enum):
    DIGIT = "digit"  # value: the character, when it begins
    TONE = "tone"  # value: number of the tone in the table
    TONE_ENDED = "tone_ended"
    FSK_MESSAGE = "fsk_message"  # value: message type, length and parameters; the checksum was right
    FSK_DAMAGED = "fsk_damaged"  # value: why, a `Damage`; `detail`: what was received of it
    ALERTING = "alerting"  # value: how long the alerting signal was, in ms; it has just ended
    FAX = "fax"  # value: a FaxTone


class Damage(enum.StrEnum):
    """What was wrong with a data link message that was not read."""

    CHECKSUM = "checksum"
    OCTET = "octet"  # a stop bit, parity or the frame
    CUT = "cut"  # it ended too early


class Mute(enum.IntFlag):
    """What is kept apart while data cross the line; detectors and generators go on."""

    NOTHING = 0
    IN = lib.LA_MUTE_IN  # the bridge hears nothing of the line
    OUT = lib.LA_MUTE_OUT  # the line hears nothing of the bridge


class Modem(enum.IntEnum):
    """FSK at 1200 bit/s."""

    BELL202 = lib.LA_HEAR_BELL202  # 1200 and 2200 Hz
    V23 = lib.LA_HEAR_V23  # 1300 and 2100 Hz, ITU-T V.23


@dataclass(frozen=True, slots=True)
class Heard:
    kind: HeardKind
    value: str | int | bytes
    detail: bytes = b""


_DAMAGES = {
    lib.LA_DAMAGED_CHECKSUM: Damage.CHECKSUM,
    lib.LA_DAMAGED_OCTET: Damage.OCTET,
    lib.LA_DAMAGED_CUT: Damage.CUT,
}


@dataclass(frozen=True, slots=True)
class LineStats:
    """Blocks of 20 ms since the start; peaks since the last reading, 0 to 32768.

    Levels are the mean power of the last whole second on the wire, in dBm0, -90 for silence, before the canceller and
    the gain of `in`; `noise_in` is that of its quietest 100 ms. `echo_loss` is the line's echo return loss in dB, and
    `echo_cancelled` what the canceller's filter adds to it (ERLE); both are 0 while it has found no echo. `clipped`
    counts blocks that came with samples at the end of the scale.
    """

    received: int
    sent: int
    underruns: int
    overruns: int
    depth: int
    peak_in: int
    peak_out: int
    bad: int
    clipped: int
    level_in: float
    level_out: float
    noise_in: float
    echo_loss: float
    echo_cancelled: float


@dataclass(frozen=True, slots=True)
class EchoReport:
    """What a canceller learnt, in dB: echo return loss of the line, and the loss by its filter beyond that (ERLE)."""

    loss_db: float
    cancelled_db: float


_TOO_MANY_TONES = "the tones of the table must be numbered 0, 1, 2, … in order, and not be too many"


def hear_memory(what: Hear, samples: bytes, tones: Sequence[ToneStep] = ()) -> list[tuple[float, Heard]]:
    """What the detectors find in 16-bit samples at 8 kHz, with its time in seconds. At most 1000 finds.

    `tones` are for `Hear.TONES`; ValueError when they are not numbered 0, 1, …, or too many.
    """
    events = ffi.new("struct la_event[]", 1000)
    pcm = ffi.from_buffer("int16_t[]", samples)
    count = lib.la_hear_memory(what, tone_steps(tones), len(tones), pcm, len(samples) // 2, events, len(events))
    if count < 0:
        raise ValueError(_TOO_MANY_TONES)
    found = (
        (event.source * 0.02, _heard(event.kind, event.value, bytes(ffi.buffer(event.data, event.length))))
        for event in events[0:count]
    )
    return [(at, heard) for at, heard in found if heard]


def cancel_memory(sent: bytes, received: bytes, *, suppress: bool = True) -> tuple[bytes, EchoReport | None]:
    """What the echo canceller makes of `received`, which came back from `sent`; both are 16-bit samples at 8 kHz.

    Returns the sound without echo, and what was learnt: None when no echo was found. Without `suppress` only the
    adaptive filter works. ValueError when the two are not equally long.
    """
    if len(sent) != len(received):
        raise ValueError(f"{len(sent)} bytes were sent and {len(received)} received: they must be equally many")
    left, report = bytearray(received), ffi.new("struct la_echo_report *")
    samples = ffi.from_buffer("int16_t[]", left)
    if lib.la_echo_memory(ffi.from_buffer("int16_t[]", sent), samples, len(samples), suppress, report):
        raise MemoryError("no memory for an echo canceller")
    return bytes(left), EchoReport(report.loss_db, report.cancelled_db) if report.found else None


def tone_memory(steps: Sequence[SoundStep], seconds: float, *, repeat: bool = True) -> bytes:
    """What `LineAudio.tone` plays, as 16-bit samples at 8 kHz."""
    samples = ffi.new("int16_t[]", round(seconds * 8000))
    made = lib.la_tone_memory(sound_steps(steps), len(steps), repeat, samples, len(samples))
    return bytes(ffi.buffer(samples, 2 * made))


def _heard(kind: int, value: int, data: bytes) -> Heard | None:
    if kind == lib.LA_DTMF:
        return Heard(HeardKind.DIGIT, chr(value))
    if kind == lib.LA_TONE:
        return Heard(HeardKind.TONE if value >= 0 else HeardKind.TONE_ENDED, value)
    if kind == lib.LA_FAX:
        return Heard(HeardKind.FAX, _FAX_TONES[value])
    if kind == lib.LA_CALLER_ID:
        return Heard(HeardKind.FSK_MESSAGE, data)
    if kind == lib.LA_CALLER_ID_DAMAGED:
        return Heard(HeardKind.FSK_DAMAGED, _DAMAGES[value], data)
    if kind == lib.LA_ALERTING:
        return Heard(HeardKind.ALERTING, value)
    return None


def data_memory(octets: bytes, modem: Modem, framing: Framing, dbm0: float = DATA_DBM0) -> bytes:
    """What `LineAudio.send_data` plays, as 16-bit samples at 8 kHz."""
    sound = _data_sound(octets, modem, framing, dbm0)
    room = 8000 + len(octets) * 100
    samples = ffi.new("int16_t[]", room)
    made = lib.la_data_memory(sound, octets, len(octets), samples, room)
    return bytes(ffi.buffer(samples, 2 * made))


def _data_sound(octets: bytes, modem: Modem, framing: Framing, dbm0: float) -> Any:
    if len(octets) > DATA_MAX:
        raise ValueError(f"{len(octets)} octets are too many to send, {DATA_MAX} are allowed")
    return ffi.new("struct la_data_sound *", (modem, framing.seizure, framing.mark, framing.stop_bits, dbm0))


class LineAudio:
    """A native line port; it lives as long as the process. Implements `drivers.port.AudioPath`.

    `on_heard` is called in the asyncio thread with what the detectors found.
    """

    def __init__(self, events: NativeEvents, law: Law) -> None:
        self.on_heard: Callable[[Heard], None] = lambda heard: None
        self.on_bad_audio: Callable[[str], None] | None = None
        self._attachment = 0
        self._tones: Sequence[ToneStep] = ()
        self._ended: dict[int, asyncio.Future[None]] = {}
        self._line = lib.la_line_open(events.register(self._on_event), law)
        if not self._line:
            raise RuntimeError("The conference bridge takes no more line ports")
        self.slot = int(lib.la_line_slot(self._line))

    def attach(self, fd: int) -> None:
        """Moves 160-byte G.711 blocks from and to `fd` from the next tick on; `fd` stays the caller's."""
        self._attachment = int(lib.la_line_attach(self._line, fd))
        if self._attachment < 0:
            raise OSError(ffi.errno, "cannot attach the descriptor to the line port")

    def detach(self) -> None:
        """Moves nothing any more; the native duplicate is closed at the next tick."""
        self._attachment = int(lib.la_line_attach(self._line, -1))

    def set_law(self, law: Law) -> None:
        """Another companding law from the next tick on."""
        lib.la_line_law(self._line, law)

    def cancel_echo(self, on: bool) -> None:
        """Switches the echo canceller (ITU-T G.168). What it has learnt of the wire is kept while it is off.

        A canceller that finds no echo changes nothing. Fax and modems want it off (ITU-T V.8).
        """
        if lib.la_line_cancel_echo(self._line, on):
            raise MemoryError("no memory for an echo canceller")

    def set_gains(self, received_db: float, sent_db: float) -> None:
        """Gains in dB of what comes from the wire, after the canceller, and of what goes to it; 0 changes nothing."""
        lib.la_line_gains(self._line, received_db, sent_db)

    def set_tones(self, tones: Sequence[ToneStep]) -> None:
        """What `Hear.TONES` recognises on this line from the next `hear` on."""
        self._tones = tones

    def hear(self, what: Hear) -> None:
        """Switches the detectors, which begin afresh. ValueError: tones not numbered 0, 1, …, or too many."""
        if lib.la_line_hear(self._line, what, tone_steps(self._tones), len(self._tones)):
            raise ValueError(_TOO_MANY_TONES)

    @property
    def quiet_s(self) -> float:
        """For how long nothing louder than -44 dBm0 has come from the line."""
        return float(lib.la_line_quiet_ticks(self._line)) * 0.02

    def stats(self) -> LineStats:
        """Counters; reading them resets the peaks."""
        raw = ffi.new("struct la_line_stats *")
        lib.la_line_stats(self._line, raw)
        return LineStats(**{name: getattr(raw, name) for name in LineStats.__slots__})

    def remember(self) -> None:
        """Keeps the sound of the last 12 s from now on, for `recall`. MemoryError."""
        if lib.la_line_remember(self._line):
            raise MemoryError("no memory for the sound of a line")

    @property
    def blocks(self) -> int:
        """How many blocks of 20 ms came in since the start: the time of this line's memory."""
        return int(lib.la_line_blocks(self._line))

    def recall(self, first: int, blocks: int) -> tuple[int, bytes]:
        """Sound of the last 12 s from the wire: its first block and 16-bit samples at 8 kHz.

        From block `first` on, or the oldest that is still remembered; as many as asked for and already there.
        """
        out = ffi.new("int16_t[]", BLOCK_BYTES * max(blocks, 1))
        first = max(first, 0, self.blocks - MEMORY_BLOCKS)
        count = lib.la_line_recall(self._line, first, blocks, out)
        return first, bytes(ffi.buffer(out, 2 * BLOCK_BYTES * max(count, 0)))

    def tone(self, steps: Sequence[SoundStep], *, repeat: bool = True) -> asyncio.Future[None]:
        """Plays a tone to the line in place of what was playing; done when it has ended (never, if it repeats)."""
        return self._playing(lib.la_line_tone(self._line, sound_steps(steps), len(steps), repeat))

    def dial(self, digits: str, on_ms: int = DTMF_ON_MS, off_ms: int = DTMF_OFF_MS) -> asyncio.Future[None]:
        """Sends DTMF (0-9 A-D * #). ValueError when there are other characters or more than 100."""
        if not digits or len(digits) > 100 or digits.strip("0123456789ABCD*#"):
            raise ValueError(f'"{digits}" cannot be sent as DTMF')
        return self._playing(lib.la_line_dtmf(self._line, digits.encode(), on_ms, off_ms, DTMF_LEVEL_DBM0))

    def send_data(self, octets: bytes, modem: Modem, framing: Framing, dbm0: float = DATA_DBM0) -> asyncio.Future[None]:
        """Sends octets as FSK; `data_link` frames messages. ValueError when they are more than 600."""
        sound = _data_sound(octets, modem, framing, dbm0)
        return self._playing(lib.la_line_data(self._line, sound, octets, len(octets)))

    def mute(self, what: Mute) -> None:
        """From the next tick on."""
        lib.la_line_mute(self._line, what)

    def quiet(self) -> None:
        """Stops the generator; what was playing is cancelled."""
        lib.la_line_quiet(self._line)
        self._replaced()

    def _replaced(self) -> None:
        for replaced in self._ended.values():
            replaced.cancel()
        self._ended = {}

    def _playing(self, token: int) -> asyncio.Future[None]:
        if token < 0:
            raise RuntimeError("the line port could not make that sound")
        self._replaced()
        self._ended = {token: (ended := asyncio.get_running_loop().create_future())}
        return ended

    def _on_event(self, kind: int, value: int, data: bytes) -> None:
        heard = _heard(kind, value, data)
        if heard:
            self.on_heard(heard)
        elif kind == lib.LA_VOICE_ENDED:
            ended = self._ended.pop(value, None)
            if ended and not ended.done():
                ended.set_result(None)
        elif kind in (lib.LA_LINE_ENDED, lib.LA_LINE_BAD):
            self._audio_ended(kind, value, int.from_bytes(data, sys.byteorder))

    def _audio_ended(self, kind: int, value: int, attachment: int) -> None:
        if attachment != self._attachment or not self.on_bad_audio:
            return  # of a descriptor that was detached meanwhile
        if kind == lib.LA_LINE_ENDED:
            self.on_bad_audio("the far end closed its audio")
            return
        size = f"{value} bytes" if value <= BLOCK_BYTES else f"more than {BLOCK_BYTES} bytes"
        self.on_bad_audio(f"an audio packet of {size} came, {BLOCK_BYTES} are right")
