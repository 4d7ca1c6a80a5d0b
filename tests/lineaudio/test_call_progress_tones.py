# SPDX-License-Identifier: GPL-2.0-or-later
"""What an exchange plays to a line is recognised, in every country there is a profile for."""

from __future__ import annotations

import asyncio

import pytest
from copper_wire import Wire, Wires

from drivers.lineaudio import Hear, HeardKind, Law, set_tones
from firmware import countries
from firmware.countries import Country, ToneName
from firmware.media.tone_table import RECOGNISED, tone_table
from hil.g711 import Pcm, pcm
from hil.listen import speech_like
from hil.signals import quiet, step_of_tone

pytestmark = pytest.mark.asyncio(loop_scope="session")

HEARD_S = 9.0  # the slowest: two cycles of a ringback of 1 s in 5 s, or of a slow congestion


def played(country: Country, name: ToneName, seconds: float = HEARD_S) -> Pcm:
    """A country's tone as its exchanges send it, opening first, after half a second of silence."""
    tone = country.tones[name]
    audio = quiet(500)
    for step in tone.opening:
        audio += step_of_tone(step, tone.level_dbm0)
    while len(audio) < seconds * 8000:
        for step in tone.repeated:
            audio += step_of_tone(step, tone.level_dbm0, step.ms or 1000)
    return audio[: int(seconds * 8000)]


def plug(wires: Wires, country: Country) -> Wire:
    """A wire of the country that listens for tones."""
    wire = wires(Law[country.law.upper()])
    wire.port.hear(Hear.TONES)
    return wire


def names(wire: Wire, country: Country) -> list[ToneName]:
    """The tones that were recognised, in order."""
    known = tone_table(country).names
    return [known[int(number)] for number in wire.of(HeardKind.TONE)]


async def test_dial_tone_busy_and_ringback_of_the_united_states_are_recognised(wires: Wires) -> None:
    us = countries.load("us")
    set_tones(tone_table(us).steps)
    said = {name: plug(wires, us) for name in RECOGNISED}
    await asyncio.gather(*(wire.say(played(us, name, 4.5)) for name, wire in said.items()))
    assert {name: names(wire, us)[:1] for name, wire in said.items()} == {name: [name] for name in RECOGNISED}
