# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether what was said was heard, on a machine that may be late with a packet now and then."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import Sequence
from typing import Protocol

from hil.box import Box
from hil.g711 import RATE, Pcm
from hil.listen import align, speech_like

WINDOW = RATE * 3 // 10  # samples
CLEAR = 0.99  # correlation: nothing but G.711 in between
SPEECH_S = 1.2
TRIES = 3
MOST = 0.7  # of the windows; a far end that was late costs the jitter buffer the window in which it was


class FarEnd(Protocol):
    """A phone, an exchange, an RTP end."""

    def say(self, audio: Pcm) -> asyncio.Future[None]: ...
    async def listen(self, seconds: float) -> Pcm: ...


def heard_clearly(sent: Sequence[int], heard: Sequence[int], clear: float = CLEAR) -> bool:
    """True when nearly every piece of the sent audio is in the heard one, bit-true up to G.711."""
    pieces = [sent[at : at + WINDOW] for at in range(0, len(sent) - WINDOW + 1, WINDOW)]
    found = [align(piece, heard) for piece in pieces]
    print("pieces:", *(f"{piece.correlation:.4f} at {piece.offset}" for piece in found))  # pytest shows it on failure
    return sum(piece.correlation > clear for piece in found) >= MOST * len(pieces)


async def hears(speaker: FarEnd, listener: FarEnd, clear: float = CLEAR) -> Pcm:
    """One speaks, the other hears it; what was said. Said up to three times, for a machine that stood still."""
    return (await _heard([(speaker, listener)], clear))[0]


async def both_hear(a: FarEnd, b: FarEnd) -> tuple[Pcm, Pcm]:
    """Both speak at once, and each hears the other; what they said."""
    spoken, answered = await _heard([(a, b), (b, a)], CLEAR)
    return spoken, answered


async def _heard(ways: list[tuple[FarEnd, FarEnd]], clear: float) -> list[Pcm]:
    for attempt in range(TRIES):
        said = [speech_like(SPEECH_S, seed=10 * attempt + way) for way in range(len(ways))]
        for (speaker, _), audio in zip(ways, said, strict=True):
            speaker.say(audio)
        listening = asyncio.gather(*(listener.listen(SPEECH_S + 0.6) for _, listener in ways))
        heard = await listening
        if all(heard_clearly(one, other, clear) for one, other in zip(said, heard, strict=True)):
            return said
    raise AssertionError(f"nothing of what was said {TRIES} times was heard clearly")


async def recorded(box: Box, id: str) -> tuple[Sequence[int], Sequence[int]]:
    """The two channels of a recording, once it is ready: caller and called."""
    await box.until(f"/recordings/{id}", lambda r: r["state"] == "ready")
    audio = await box.get(f"/recordings/{id}/audio")
    with wave.open(io.BytesIO(audio)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, RATE)
        samples = memoryview(file.readframes(file.getnframes())).cast("h")
    return samples[0::2].tolist(), samples[1::2].tolist()


async def recorded_on_two_channels(box: Box, id: str, caller: Sequence[int], called: Sequence[int]) -> None:
    """Asserts that the recording has one on the left and the other on the right."""
    left, right = await recorded(box, id)
    assert heard_clearly(caller, left)
    assert heard_clearly(called, right)
