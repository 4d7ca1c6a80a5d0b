# SPDX-License-Identifier: GPL-2.0-or-later
"""Sound that people upload: every usual WAV file becomes a prompt, everything else is refused with a reason."""

from __future__ import annotations

import math
import random
import struct
from array import array
from pathlib import Path

import pytest

from firmware.errors import Conflict, Invalid, NotFound
from firmware.prompts import store, wav
from firmware.prompts.convert import convert
from firmware.prompts.store import PromptStore
from hil.levels import goertzel


def riff(body: bytes, code: int = 1, channels: int = 1, rate: int = 8000, bits: int = 16, extra: bytes = b"") -> bytes:
    """A WAV file."""
    block = channels * bits // 8
    head = struct.pack("<HHIIHH", code, channels, rate, rate * block, block, bits) + extra
    chunks = b"fmt " + struct.pack("<I", len(head)) + head + b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def tone(hz: float, rate: int, seconds: float = 0.5) -> list[float]:
    return [0.5 * math.sin(2 * math.pi * hz * n / rate) for n in range(int(rate * seconds))]


def as_pcm(samples: list[float], bits: int) -> bytes:
    if bits == 8:
        return bytes(round(128 + 127 * x) for x in samples)
    full = 1 << bits - 1
    return b"".join(round(x * (full - 1)).to_bytes(bits // 8, "little", signed=True) for x in samples)


def heard(made: bytes) -> list[int]:
    samples, rate = wav.decoded(made)
    assert rate == 8000
    return [round(x) for x in samples]


@pytest.mark.parametrize("bits", [8, 16, 24, 32])
@pytest.mark.parametrize("rate", [8000, 16000, 44100, 11025])
def test_pcm_of_any_width_and_rate_becomes_telephone_sound(bits: int, rate: int) -> None:
    sound = heard(wav.telephone(riff(as_pcm(tone(1000, rate), bits), rate=rate, bits=bits)))
    assert len(sound) == pytest.approx(4000, abs=3)
    assert wav.level(sound) == pytest.approx(-16, abs=0.3)
    assert goertzel(sound[400:3600], 1000) > 500 * goertzel(sound[400:3600], 2000)


def test_what_is_above_the_telephones_band_does_not_come_back_as_something_else() -> None:
    sound = heard(wav.telephone(riff(as_pcm(tone(1000, 48000), 16), rate=48000)))
    both = [a + b for a, b in zip(tone(1000, 48000), tone(6000, 48000), strict=True)]
    folded = heard(wav.telephone(riff(as_pcm([x / 2 for x in both], 16), rate=48000)))
    assert goertzel(folded[400:3600], 2000) < goertzel(sound[400:3600], 1000) / 10_000


def test_stereo_floats_and_g711_are_read() -> None:
    one = tone(1000, 8000)
    floats = array("f", [x for sample in one for x in (sample, sample)]).tobytes()
    assert wav.level(heard(wav.telephone(riff(floats, code=3, channels=2, bits=32)))) == pytest.approx(-16, abs=0.3)
    for code in (6, 7):
        assert heard(wav.telephone(riff(bytes(range(256)) * 10, code=code, bits=8)))
    extensible = struct.pack("<HHIH", 22, 16, 4, 1) + bytes(14)
    assert heard(wav.telephone(riff(as_pcm(one, 16), code=0xFFFE, extra=extensible)))


def test_g711_is_decoded_as_the_standard_says() -> None:
    assert [wav._ulaw(octet) for octet in (0x00, 0x80, 0xFF, 0x7F)] == [-32124, 32124, 0, 0]
    assert [wav._alaw(octet) for octet in (0xD5, 0x55, 0xAA, 0x2A)] == [8, -8, 32256, -32256]


SOUND = riff(as_pcm(tone(500, 8000), 16))
HOSTILE = {
    "nothing": b"",
    "an mp3": b"ID3\x04" + bytes(500),
    "only a header": SOUND[:44],
    "a cut header": SOUND[:30],
    "no channels": riff(b"\0" * 3200, channels=0),
    "a rate of nothing": riff(b"\0" * 3200, rate=0),
    "a rate of everything": riff(b"\0" * 3200, rate=2_000_000_000),
    "a width that contradicts": riff(b"\0" * 3200)[:32] + b"\7\0" + riff(b"\0" * 3200)[34:],
    "an unknown code": riff(b"\0" * 3200, code=0x55),
    "an hour": riff(bytes(8000 * 3600), bits=8),
    "chunks without end": b"RIFF\xff\xff\xff\xffWAVE" + b"junk\0\0\0\0" * 10_000,
}


@pytest.mark.parametrize("what", list(HOSTILE))
def test_a_file_that_cannot_be_used_is_refused_with_a_reason(what: str) -> None:
    with pytest.raises(wav.BadSound, match=r"\w+ \w+"):
        wav.telephone(HOSTILE[what])


def test_a_data_size_beyond_the_file_ends_with_the_file() -> None:
    at = SOUND.index(b"data") + 4
    assert heard(wav.telephone(SOUND[:at] + b"\xff\xff\xff\x7f" + SOUND[at + 4 :]))


def test_no_damage_to_a_file_is_a_fault_of_ours() -> None:
    chance = random.Random(8)
    for _ in range(300):
        damaged = bytearray(SOUND[:2000])
        for _ in range(chance.randint(1, 8)):
            damaged[chance.randrange(60)] = chance.randrange(256)
        try:
            wav.telephone(bytes(damaged))
        except wav.BadSound:
            continue


def test_uploads_are_read_in_a_process_of_their_own_whose_reasons_reach_the_user() -> None:
    assert heard(convert(SOUND))
    with pytest.raises(Invalid, match="this is no WAV file") as refused:
        convert(b"GIF89a" + bytes(100))
    assert refused.value.code == "bad_sound"


def test_prompts_are_kept_by_name_and_language(tmp_path: Path) -> None:
    prompts = PromptStore(tmp_path)
    made = convert(SOUND)
    prompts.put("welcome", "any", made)
    assert prompts.find("welcome", "zh") == tmp_path / "prompts/any/welcome.wav"
    prompts.put("welcome", "zh", made)
    assert prompts.find("welcome", "zh") == tmp_path / "prompts/zh/welcome.wav"
    assert [(p.name, p.language, p.duration_s) for p in prompts.all()] == [
        ("welcome", "any", 0.5),
        ("welcome", "zh", 0.5),
    ]
    prompts.delete("welcome", "zh")
    with pytest.raises(NotFound):
        prompts.delete("welcome", "zh")
    assert prompts.find("nothing", "en") is None


@pytest.mark.parametrize("name", ["", "../config", "a/b", ".hidden", "a" * 64, "a.b", "x\0y"])
def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path, name: str) -> None:
    prompts = PromptStore(tmp_path)
    with pytest.raises(Invalid):
        prompts.put(name, "any", b"")
    assert prompts.find(name, "en") is None


def test_the_disk_is_not_filled_with_prompts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "MOST", 1)
    prompts = PromptStore(tmp_path)
    prompts.put("one", "any", b"1")
    prompts.put("one", "any", b"2")
    with pytest.raises(Conflict):
        prompts.put("two", "any", b"1")
