# SPDX-License-Identifier: GPL-2.0-or-later
"""What an exchange plays to a line is recognised, in every country there is a profile for."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from copper_wire import Wire, Wires

from drivers.lineaudio import Hear, HeardKind, Law, set_tones
from firmware import countries
from firmware.countries import Country, ToneName
from firmware.media.tone_table import RECOGNISED, tone_table
from hil.g711 import Pcm, pcm
from hil.listen import speech_like
from hil.signals import quiet, sines, tone_audio

pytestmark = pytest.mark.asyncio(loop_scope="session")


def plug(wires: Wires, country: Country) -> Wire:
    """A wire of the country that listens for tones."""
    wire = wires(Law[country.law.upper()])
    wire.port.hear(Hear.TONES)
    return wire


def names(wire: Wire, country: Country) -> list[ToneName]:
    """The tones that were recognised, in order."""
    known = tone_table(country).names
    return [known[int(number)] for number in wire.of(HeardKind.TONE)]


async def test_busy_congestion_and_ringing_of_every_country_are_recognised(wires: Wires) -> None:
    await are_recognised(wires, [ToneName.BUSY, ToneName.CONGESTION, ToneName.RINGBACK], seconds=10)


async def test_dial_tones_of_every_country_are_recognised(wires: Wires) -> None:
    await are_recognised(wires, [ToneName.DIAL, ToneName.STUTTER], seconds=9)


async def are_recognised(wires: Wires, wanted: list[ToneName], seconds: float) -> None:
    """All countries at once, each on wires of its own."""
    listening: list[tuple[Country, ToneName, Wire]] = []
    for code in countries.codes():
        country = countries.load(code)
        set_tones(tone_table(country).steps)
        listening += [(country, name, plug(wires, country)) for name in wanted]
        await asyncio.sleep(0)  # the clock of the wires is this thread's too
    for country, name, wire in listening:
        wire.player.repeat(tone_audio(country.tones[name], country.law.value))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            for _, _, wire in listening:
                await wire.until(lambda wire=wire: wire.of(HeardKind.TONE), seconds)
            await asyncio.sleep(0.5)
    wrong = {
        f"{country.code} {name}": [str(found) for found in names(wire, country)]
        for country, name, wire in listening
        if not names(wire, country) or not set(names(wire, country)) <= same_sound(country, name)
    }
    assert not wrong


def same_sound(country: Country, name: ToneName) -> set[ToneName]:
    """Where a country's tones are alike, any of their names is right."""
    alike = {other for other in RECOGNISED if country.tones[other].repeated == country.tones[name].repeated}
    return alike | ({ToneName.DIAL, ToneName.STUTTER} if name in (ToneName.DIAL, ToneName.STUTTER) else set())


async def test_speech_and_music_end_no_call_in_any_country(wires: Wires) -> None:
    listening = []
    for number, code in enumerate(countries.codes()):
        country = countries.load(code)
        set_tones(tone_table(country).steps)
        listening.append((country, plug(wires, country), speech_like(2.5, seed=number) + music(number)))
    await asyncio.gather(*(wire.say(audio) for _, wire, audio in listening))
    ends = {ToneName.BUSY, ToneName.CONGESTION}
    assert [country.code for country, wire, _ in listening if ends & set(names(wire, country))] == []


def music(seed: int, seconds: float = 4.0) -> Pcm:
    """Notes of two sines with pauses, as regular as a tune and close to what exchanges play."""
    audio = pcm()
    notes = [330, 350, 392, 425, 440, 480, 523, 587, 620, 659]
    step = 0
    while len(audio) < seconds * 8000:
        note = notes[(seed + step * 3) % len(notes)]
        audio += sines([(note, -14), (note * 1.25, -17)], 180 + 10 * (seed % 8)) + quiet(60 + 20 * (step % 3))
        step += 1
    return audio


async def test_a_tone_that_ends_is_told(wires: Wires) -> None:
    us = countries.load("us")
    set_tones(tone_table(us).steps)
    wire = plug(wires, us)
    wire.player.repeat(tone_audio(us.dial, "ulaw"))
    await wire.until(lambda: wire.heard)
    wire.player.repeat(None)
    await wire.until(lambda: len(wire.heard) > 1)
    assert [heard.kind for heard in wire.heard] == [HeardKind.TONE, HeardKind.TONE_ENDED]
