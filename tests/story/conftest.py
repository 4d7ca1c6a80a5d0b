# SPDX-License-Identifier: GPL-2.0-or-later
"""One box for all stories that leave it as they found it, and one for each that does not."""

from __future__ import annotations

import wave
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from story_ends import Ends, ends_of
from story_office import (
    CLOSED,
    CONSENT,
    LEAVE_MESSAGE,
    MUSIC,
    NEXT,
    SATISFIED,
    WELCOME,
    WELCOME_ZH,
    WHISPER,
    box_of,
)

from hil.box import Box
from hil.listen import speech_like


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A greeting of half a second, and music that can be recognised."""
    folder = tmp_path_factory.mktemp("sounds")
    (folder / "en").mkdir()
    (folder / "zh").mkdir()
    spoken = {
        "en/greeting.wav": speech_like(0.5, seed=98),
        "en/closed.wav": CLOSED,
        "en/leave-message.wav": LEAVE_MESSAGE,
        "en/consent.wav": CONSENT,
        "en/wait-next.wav": NEXT,
        "en/queue-polite.wav": WHISPER,
        "en/survey-satisfied.wav": SATISFIED,
        "en/vm-menu.wav": speech_like(0.5, seed=95),
        "en/welcome.wav": WELCOME,
        "zh/welcome.wav": WELCOME_ZH,
        "music.wav": MUSIC,
    }
    for file, audio in spoken.items():
        with wave.open(str(folder / file), "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(8000)
            wav.writeframes(audio.tobytes())
    return folder


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def box(tmp_path_factory: pytest.TempPathFactory, sounds: Path) -> AsyncIterator[Box]:
    """The office above."""
    async with box_of(tmp_path_factory.mktemp("story"), sounds) as running:
        yield running
        print(running.last_words(200))


@pytest_asyncio.fixture(loop_scope="session")
async def ends(box: Box) -> AsyncIterator[Ends]:
    """Far ends of that box."""
    async with ends_of(box) as ends:
        yield ends


@pytest_asyncio.fixture(loop_scope="session")
async def own_box(tmp_path: Path, sounds: Path) -> AsyncIterator[Box]:
    """A box that a story may break."""
    async with box_of(tmp_path, sounds) as running:
        yield running
