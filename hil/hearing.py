# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether what was said was heard: whole, and bit-true up to G.711.

The box owes that to far ends that are on time. Ours are Python: a machine that stands still makes them late, and once
their cushion is used up there is a gap that the box did not make. Only then a measurement is made again.
"""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from hil.box import Box
from hil.clock import clock
from hil.g711 import RATE, Pcm
from hil.listen import align, faults, speech_like

CLEAR = 0.99  # correlation: nothing but G.711 in between
SPEECH_S = 1.2
TRIES = 5
REMEMBERED_S = 1.0  # a jitter buffer that had to grow shrinks again for so long

T = TypeVar("T")


class Speaker(Protocol):
    """Who may be late by `cushion_s` before somebody hears it."""

    @property
    def cushion_s(self) -> float: ...


class FarEnd(Speaker, Protocol):
    """A phone, an exchange, an RTP end. It is clear from `settles_s` after the beginning on."""

    settles_s: float

    def say(self, audio: Pcm) -> asyncio.Future[None]: ...
    async def listen(self, seconds: float) -> Pcm: ...


async def when_on_time(measure: Callable[[int], Awaitable[T]], *speakers: Speaker) -> T:
    """What `measure(attempt)` gives. An AssertionError counts at once when the speakers were on time meanwhile; when
    they were late, it is measured again, five times at most."""
    cushion_s = min(speaker.cushion_s for speaker in speakers)
    for attempt in range(TRIES):
        began = asyncio.get_running_loop().time()
        try:
            return await measure(attempt)
        except AssertionError as unheard:
            late_s = clock().late_since(began - REMEMBERED_S)
            unheard.add_note(f"the far ends were late by {1000 * late_s:.0f} ms, {1000 * cushion_s:.0f} are allowed")
            if late_s <= cushion_s or attempt == TRIES - 1:
                raise
    raise AssertionError("never reached")


async def on_time(say: Callable[[int], Awaitable[T]], *speakers: Speaker) -> T:
    """What `say(attempt)` gives, for sound that can be judged later only: said again, five times at most, until the
    speakers were on time."""
    cushion_s = min(speaker.cushion_s for speaker in speakers)
    for attempt in range(TRIES - 1):
        began = asyncio.get_running_loop().time()
        said = await say(attempt)
        if clock().late_since(began - REMEMBERED_S) <= cushion_s:
            return said
    return await say(TRIES - 1)


def assert_heard(sent: Sequence[int], heard: Sequence[int], clear: float = CLEAR) -> None:
    """The sent audio is in the heard one from beginning to end; without gap, slip or damage when it should be clear."""
    found = align(sent, heard)
    wrong = [str(fault) for fault in faults(sent, heard)]
    said = f"correlation {found.correlation:.4f} at {found.offset} of {len(heard)}: {wrong}"
    assert 0 <= found.offset <= len(heard) - len(sent), said
    assert found.correlation > clear, said
    assert clear < CLEAR or not wrong, said


async def hears(speaker: FarEnd, listener: FarEnd) -> Pcm:
    """One speaks, the other hears it; what was said."""
    return (await _heard((speaker, listener)))[0]


async def both_hear(a: FarEnd, b: FarEnd) -> tuple[Pcm, Pcm]:
    """Both speak at once, and each hears the other; what they said."""
    spoken, answered = await _heard((a, b), (b, a))
    return spoken, answered


async def _heard(*ways: tuple[FarEnd, FarEnd]) -> list[Pcm]:
    await asyncio.sleep(max(speaker.settles_s for speaker, _ in ways))

    async def said_and_heard(attempt: int) -> list[Pcm]:
        said = [speech_like(SPEECH_S, seed=10 * attempt + way) for way in range(len(ways))]
        for (speaker, _), audio in zip(ways, said, strict=True):
            speaker.say(audio)
        heard = await asyncio.gather(*(listener.listen(SPEECH_S + 0.6) for _, listener in ways))
        for one, other in zip(said, heard, strict=True):
            assert_heard(one, other)
        return said

    return await when_on_time(said_and_heard, *(speaker for speaker, _ in ways))


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
    assert_heard(caller, left)
    assert_heard(called, right)
