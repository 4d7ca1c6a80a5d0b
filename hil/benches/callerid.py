# SPDX-License-Identifier: GPL-2.0-or-later
"""Caller ID of every kind, thousands of bursts in memory: heard by the box, and what it sends by the far ends."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from drivers.lineaudio import (
    JAPAN,
    OFF_HOOK,
    ON_HOOK,
    CallerId,
    Framing,
    Hear,
    HeardKind,
    MessageWaiting,
    Modem,
    compose_japanese,
    compose_mdmf,
    data_memory,
    framed,
    hear_memory,
    parse_message,
)
from firmware.calls.dtmf_caller_id import DtmfCallerId
from firmware.countries import DtmfCodes
from hil import alerting, callerid, japan
from hil.fsk import BELL202, V23, Demodulator, Standard, bits_of, modulate, summed
from hil.g711 import BLOCK, Pcm, decode, encode, pcm
from hil.levels import peak
from hil.listen import speech_like
from hil.signals import dtmf, quiet

BURSTS = 250
SNR_DB = 20.0
LEVELS_DBM0 = (-36.0, -10.0)
TONE_LEVELS_DBM0 = (-26.0, -6.0)  # each of two
SKEW = 0.01
BOTH = Hear.BELL202 | Hear.V23  # as an idle line listens
SPEECH_S = 600
NAMES = ("ANNA SMITH", "BOB", "ZO\xcb M\xdcLLER", "PHARMACY 24H")
CODES = {"dtmf A C": DtmfCodes(), "dtmf A #": DtmfCodes("A", "#", "D1#", "D3#"), "dtmf D C": DtmfCodes("D", "C")}


@dataclass(frozen=True, slots=True)
class Sent:
    """A burst: what it says, its sound, its level."""

    caller: CallerId | MessageWaiting
    sound: Pcm
    dbm0: float


Maker = Callable[[random.Random, float, float], Sent]  # level in dBm0, clock skew


def _caller(chance: random.Random) -> callerid.CallerId:
    number = "".join(chance.choice("0123456789") for _ in range(chance.randint(3, 18)))
    if chance.random() < 0.1:
        return callerid.CallerId(number_absent=chance.choice("PO"))
    return callerid.CallerId(number, chance.choice(NAMES), "11221314")


def _known(caller: callerid.CallerId, *, name: bool) -> CallerId:
    return CallerId(caller.number or "", (caller.name or "") if name else "", caller.number_absent == "P")


def _call(standard: Standard, *, single: bool = False, in_call: bool = False) -> Maker:
    def make(chance: random.Random, dbm0: float, skew: float) -> Sent:
        caller = _caller(chance)
        if in_call:
            sound = callerid.as_fsk_in_call(caller, standard, dbm0, skew)
        else:
            sound = callerid.as_fsk(caller, standard, single=single, dbm0=dbm0, skew=skew)
        return Sent(_known(caller, name=not single), sound, dbm0)

    return make


def _lamp(standard: Standard) -> Maker:
    def make(chance: random.Random, dbm0: float, skew: float) -> Sent:
        on = chance.random() < 0.5
        return Sent(MessageWaiting(on), modulate(bits_of(callerid.lamp(on)), standard, dbm0, skew), dbm0)

    return make


def _japan(chance: random.Random, dbm0: float, skew: float) -> Sent:
    caller = _caller(chance)
    return Sent(_known(caller, name=False), callerid.as_japanese(caller, dbm0, skew), dbm0)


def _dtmf(codes: DtmfCodes) -> Maker:
    def make(chance: random.Random, _dbm0: float, _skew: float) -> Sent:
        caller, dbm0 = _caller(chance), chance.uniform(*TONE_LEVELS_DBM0)
        sound = dtmf(callerid.dtmf_digits(caller, codes), 65, 65, dbm0, dbm0 + chance.uniform(-2, 2))
        return Sent(_known(caller, name=False), sound, dbm0 + 3)

    return make


MAKERS: dict[str, Maker] = {
    "bell202 mdmf": _call(BELL202),
    "bell202 sdmf": _call(BELL202, single=True),
    "bell202 in a call": _call(BELL202, in_call=True),
    "bell202 lamp": _lamp(BELL202),
    "v23 mdmf": _call(V23),
    "v23 in a call": _call(V23, in_call=True),
    "v23 lamp": _lamp(V23),
    "ntt": _japan,
    **{name: _dtmf(codes) for name, codes in CODES.items()},
}


def _on_the_line(sent: Sent, chance: random.Random, snr_db: float | None) -> bytes:
    """The burst with silence around it, white noise in all of it, and G.711 (mu-law)."""
    sound = quiet(200 + chance.uniform(0, 20)) + sent.sound + quiet(200)
    if snr_db is not None:
        sigma = peak(sent.dbm0 - snr_db) / math.sqrt(2)
        sound = pcm(max(-32768, min(32767, round(sample + chance.gauss(0, sigma)))) for sample in sound)
    return decode(encode(sound, "ulaw"), "ulaw").tobytes()


def _heard(name: str, samples: bytes) -> list[CallerId | MessageWaiting]:
    if not name.startswith("dtmf"):
        found = hear_memory(BOTH, samples)
        values = [it.value for _, it in found if it.kind == HeardKind.FSK_MESSAGE]
        return [said for value in values if isinstance(value, bytes) and (said := parse_message(value)) is not None]
    reader = DtmfCallerId()
    digits = [str(it.value) for _, it in hear_memory(Hear.DTMF, samples) if it.kind == HeardKind.DIGIT]
    return [caller for digit in digits if (caller := reader.feed(digit))]


def heard_by_the_box(name: str, bursts: int, snr_db: float | None, seed: int = 1) -> dict[str, float]:
    """Share of bursts that were read right, and how many were read as something else."""
    chance, right, wrong = random.Random(f"{name} {seed}"), 0, 0
    for _ in range(bursts):
        sent = MAKERS[name](chance, chance.uniform(*LEVELS_DBM0), chance.uniform(-SKEW, SKEW))
        said = _heard(name, _on_the_line(sent, chance, snr_db))
        wrong += any(it != sent.caller for it in said)
        right += bool(said) and all(it == sent.caller for it in said)
    return {"right_percent": round(100 * right / bursts, 2), "wrong": wrong}


SENDERS: dict[str, tuple[Modem, Standard, Framing]] = {
    "bell202": (Modem.BELL202, BELL202, ON_HOOK),
    "bell202 in a call": (Modem.BELL202, BELL202, OFF_HOOK),
    "v23": (Modem.V23, V23, ON_HOOK),
    "v23 in a call": (Modem.V23, V23, OFF_HOOK),
    "ntt": (Modem.V23, V23, JAPAN),
}


def heard_from_the_box(name: str, bursts: int, snr_db: float | None) -> float:
    """Percent of what the box sends that a far end reads right."""
    modem, standard, framing = SENDERS[name]
    chance, right = random.Random(name), 0
    for _ in range(bursts):
        caller = _known(_caller(chance), name=name != "ntt")
        message = compose_japanese(caller) if name == "ntt" else compose_mdmf(caller, datetime(2026, 11, 22, 13, 14))
        sound = pcm()
        sound.frombytes(data_memory(framed(message), modem, framing))
        samples = pcm()
        samples.frombytes(_on_the_line(Sent(caller, sound, -13.5), chance, snr_db))
        ear = Demodulator(standard, japan.complete if name == "ntt" else summed)
        right += [m for at in range(0, len(samples), BLOCK) for m in ear.feed(samples[at : at + BLOCK])] == [message]
    return round(100 * right / bursts, 2)


def _alerting(bursts: int) -> dict[str, float]:
    """Alerting signals of 75 to 110 ms at 20 dB, and false ones in speech-like sound."""
    chance, heard = random.Random(1), 0
    for _ in range(bursts):
        dbm0 = chance.uniform(-32, -10)
        sent = Sent(CallerId(), alerting.signal(chance.uniform(75, 110), 200, dbm0), dbm0 + 3)
        heard += len(hear_memory(Hear.ALERTING, _on_the_line(sent, chance, SNR_DB))) == 1
    false = sum(len(hear_memory(Hear.ALERTING, speech_like(20, seed=n).tobytes())) for n in range(SPEECH_S // 20))
    return {"heard_percent": round(100 * heard / bursts, 2), "false_in_speech": false, "speech_s": SPEECH_S}


def _all(bursts: int) -> Iterator[tuple[str, Any]]:
    for name, snr in itertools.product(MAKERS, (None, SNR_DB)):
        yield f"to the box: {name}, {'clean' if snr is None else f'{snr:g} dB'}", heard_by_the_box(name, bursts, snr)
    for name, snr in itertools.product(SENDERS, (None, SNR_DB)):
        what = f"from the box: {name}, {'clean' if snr is None else f'{snr:g} dB'}"
        yield what, {"right_percent": heard_from_the_box(name, bursts // 5, snr)}
    yield "alerting signal, 20 dB", _alerting(bursts)


def run(bursts: int = BURSTS) -> dict[str, Any]:
    """The figures."""
    return {"bursts_each": bursts, **dict(_all(bursts))}
