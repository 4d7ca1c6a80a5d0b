# SPDX-License-Identifier: GPL-2.0-or-later
"""What an exchange plays to a line is recognised, in every country there is a profile for."""

from __future__ import annotations

import pytest
from copper_wire import Wires

from drivers.lineaudio import Hear, HeardKind, Law, hear_memory
from firmware import countries
from firmware.countries import Country, Tone, ToneName
from firmware.media.tone_table import LIKE_DIAL, RECOGNISED, tone_table
from hil.g711 import Pcm, pcm
from hil.listen import speech_like
from hil.signals import played, quiet, sines, tone_audio


def found(country: Country, audio: Pcm) -> list[ToneName]:
    """The tones that a line of the country recognises in the audio, in order."""
    table = tone_table(country)
    heard = [heard for _, heard in hear_memory(Hear.TONES, audio.tobytes(), table.steps)]
    return [table.names[int(tone.value)] for tone in heard if tone.kind == HeardKind.TONE]


@pytest.mark.parametrize("code", countries.codes())
def test_every_tone_of_the_country_is_recognised_and_taken_for_no_other(code: str) -> None:
    country = countries.load(code)
    for name in set(RECOGNISED) - too_short(country):
        names = found(country, played(country, name, 12))
        assert names, f"{name} was not recognised"
        assert set(names) <= same_sound(country, name), f"{name} was taken for {names}"


def too_short(country: Country) -> set[ToneName]:
    """A single blip of 40 or 50 ms in some seconds cannot be told from a click."""
    return {ToneName.CALL_WAITING} if country.call_waiting.repeated[0].ms < 60 else set()


def same_sound(country: Country, name: ToneName) -> set[ToneName]:
    """Where a country's tones are alike, any of their names is right; where they only begin alike, also the first."""
    tone = country.tones[name]
    tones = {other: country.tones[other] for other in RECOGNISED}
    alike = {n for n, t in tones.items() if begins(t) == begins(tone) or t.repeated == tone.repeated}
    like_dial = name in LIKE_DIAL and country.dial.frequencies == tone.frequencies
    return alike | {name} | ({ToneName.DIAL, ToneName.STUTTER} if like_dial or name == ToneName.STUTTER else set())


def begins(tone: Tone) -> list[tuple[tuple[float, ...], int]]:
    """The frequencies and rounded times of what a tone begins with: three steps."""
    steps = [*tone.opening, *tone.repeated, *tone.repeated][:3]
    return [(step.frequencies, round(step.ms / 10)) for step in steps]


@pytest.mark.parametrize("code", countries.codes())
def test_speech_and_music_end_no_call(code: str) -> None:
    country, number = countries.load(code), countries.codes().index(code)
    names = found(country, speech_like(10, seed=number) + music(number, 20))
    assert not {ToneName.BUSY, ToneName.CONGESTION} & set(names)


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


@pytest.mark.asyncio(loop_scope="session")
async def test_a_tone_on_a_wire_is_told_when_it_begins_and_when_it_ends(wires: Wires) -> None:
    us = countries.load("us")
    wire = wires(Law.ULAW)
    wire.port.set_tones(tone_table(us).steps)
    wire.port.hear(Hear.TONES)
    wire.player.repeat(tone_audio(us.dial, "ulaw"))
    await wire.until(lambda: wire.heard)
    wire.player.repeat(None)
    await wire.until(lambda: len(wire.heard) > 1)
    assert [heard.kind for heard in wire.heard] == [HeardKind.TONE, HeardKind.TONE_ENDED]
