# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether what was said was heard, on a machine that may be late with a packet now and then."""

from __future__ import annotations

import io
import wave
from collections.abc import Sequence

from hil.box import Box
from hil.g711 import RATE
from hil.listen import align

WINDOW = RATE * 3 // 10  # samples
CLEAR = 0.99  # correlation: nothing but G.711 in between
MOST = 0.7  # of the windows; a far end that was late costs the jitter buffer the window in which it was


def heard_clearly(sent: Sequence[int], heard: Sequence[int], clear: float = CLEAR) -> bool:
    """True when nearly every piece of the sent audio is in the heard one, bit-true up to G.711."""
    pieces = [sent[at : at + WINDOW] for at in range(0, len(sent) - WINDOW + 1, WINDOW)]
    return sum(align(piece, heard).correlation > clear for piece in pieces) >= MOST * len(pieces)


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
