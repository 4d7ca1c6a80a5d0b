# SPDX-License-Identifier: GPL-2.0-or-later
"""One box for all stories that leave it as they found it, and one for each that does not."""

from __future__ import annotations

import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from story_ends import Ends

from hil.box import Box
from hil.listen import speech_like

MUSIC = speech_like(20, seed=99)


def office(**queue: Any) -> dict[str, Any]:
    """Five lines, six phones, two agents. Lines 3 and 4 lead to queues without agents."""
    agents = {"alice": "201", "bob": "202"}
    hurried = {"wrap_up_s": 0, "max_wait_s": 2, "record": False}
    return {
        "site": {"name": "Test office", "country": "us", "language": "en", "timezone": "UTC"},
        "extension": [{"number": f"20{n}", "name": f"Phone {n}", "port": f"fxs{n}"} for n in range(1, 7)],
        "line": [{"port": f"fxo{n}", "name": f"Line {n}", "number": f"555010{n}"} for n in range(1, 6)],
        "trunk": [{"name": "lines", "ports": ["fxo2", "fxo1"]}],
        "agent": [
            {"id": id, "name": id.title(), "extension": number, "queues": {"support": 1, "brisk": 1}}
            for id, number in agents.items()
        ],
        "queue": [
            {"name": "support", "number": "600", "wrap_up_s": 1, "ring_timeout_s": 8, **queue},
            {"name": "brisk", "wrap_up_s": 0, "ring_timeout_s": 1.5},
            {"name": "patient", "overflow": "extension:203", **hurried},
            {"name": "hopeless", **hurried},
        ],
        "route": [
            {"line": "fxo1", "to": "queue:support"},
            {"line": "fxo2", "to": "extension:203"},
            {"line": "fxo3", "to": "queue:patient"},
            {"line": "fxo4", "to": "queue:hopeless"},
            {"line": "fxo5", "to": "queue:brisk"},
        ],
        "outbound": [{"pattern": "9.", "strip": 1, "trunks": ["lines"]}],
    }


CARD = "sim:fxo=5,fxs=6"


def environment(sounds: Path) -> dict[str, str]:
    """Memory that nobody has written is full of nonsense here, not of zeros by luck (mallopt(3))."""
    return {"TIPRING_SOUNDS": str(sounds), "MALLOC_PERTURB_": "128"}


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A greeting of half a second, and music that can be recognised."""
    folder = tmp_path_factory.mktemp("sounds")
    (folder / "en").mkdir()
    for file, audio in (("en/greeting.wav", speech_like(0.5, seed=98)), ("music.wav", MUSIC)):
        with wave.open(str(folder / file), "wb") as wav:
            wav.setnchannels(1)
            wav.setsampwidth(2)
            wav.setframerate(8000)
            wav.writeframes(audio.tobytes())
    return folder


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def box(tmp_path_factory: pytest.TempPathFactory, sounds: Path) -> AsyncIterator[Box]:
    """The office above."""
    state = tmp_path_factory.mktemp("story") / "box"
    async with Box(state, office(), CARD, environment(sounds)) as running:
        yield running
        print(running.last_words(200))


@pytest_asyncio.fixture(loop_scope="session")
async def ends(box: Box) -> AsyncIterator[Ends]:
    """Far ends of that box. Afterwards nothing is plugged in, no call is left, and the agents are free."""
    ends = Ends(box)
    await ends.begin()
    yield ends
    await ends.finish()


@pytest_asyncio.fixture(loop_scope="session")
async def own_box(tmp_path: Path, sounds: Path) -> AsyncIterator[Box]:
    """A box that a story may break."""
    async with Box(tmp_path / "box", office(), CARD, environment(sounds)) as running:
        yield running
