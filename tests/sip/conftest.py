# SPDX-License-Identifier: GPL-2.0-or-later
"""A box with one line, two analog phones and SIP, whose greeting is short, and SIP far ends.

Tests that leave it as they found it share one `box` in a file, whose mark is `IN_ONE_LOOP`; others have an `own_box`.
"""

from __future__ import annotations

import wave
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from hil.box import Box
from hil.rtp import RtpEnd
from hil.signals import sines
from hil.sip import Dialog, SipPeer, sdp

IN_ONE_LOOP = pytest.mark.asyncio(loop_scope="module")

LAW = {"ulaw": 0, "alaw": 8}


def office(**changes: Any) -> dict[str, Any]:
    """Phone 201 belongs to the agent of queue 600; 202 is just a phone. Numbers with 9 go out over the line.

    `changes` replace whole tables.
    """
    document: dict[str, Any] = {
        "site": {"country": "us", "timezone": "UTC"},
        "recordings": {"format": "wav"},  # what is heard is compared with what was said
        "extension": [
            {"number": "201", "name": "Alice", "port": "fxs1"},
            {"number": "202", "name": "Bob", "port": "fxs2"},
        ],
        "line": [{"port": "fxo1", "number": "5550100"}],
        "trunk": [{"name": "lines", "ports": ["fxo1"]}],
        "agent": [{"id": "alice", "extension": "201", "queues": {"support": 1}}],
        "queue": [{"name": "support", "number": "600", "greeting": "short", "wrap_up_s": 0}],
        "route": [{"line": "fxo1", "to": "extension:202"}],
        "outbound": [{"pattern": "9.", "strip": 1, "trunks": ["lines"]}],
    }
    return document | changes


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A greeting of 0.4 s, and a tone of 440 Hz as music."""
    folder = tmp_path_factory.mktemp("sounds")
    (folder / "en").mkdir()
    for path, seconds, hertz in ((folder / "en" / "short.wav", 0.4, 600), (folder / "music.wav", 2.0, 440)):
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(sines([(hertz, -16)], seconds * 1000).tobytes())
    return folder


MakeBox = Callable[..., Box]


@pytest.fixture
def make_box(tmp_path: Path, sounds: Path) -> MakeBox:
    """Makes the office with changes of tables: `async with make_box(agent=[…])`."""

    def make(card: str = "sim:fxo=1,fxs=2", environment: dict[str, str] | None = None, **changes: Any) -> Box:
        return Box(tmp_path / "box", office(**changes), card, {"TIPRING_SOUNDS": str(sounds), **(environment or {})})

    return make


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_box(tmp_path_factory: pytest.TempPathFactory, sounds: Path) -> AsyncIterator[Box]:
    """The office above, for a whole file."""
    folder = tmp_path_factory.mktemp("sip")
    async with Box(folder / "box", office(), "sim:fxo=1,fxs=2", {"TIPRING_SOUNDS": str(sounds)}) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def box(shared_box: Box) -> AsyncIterator[Box]:
    """As it was at first: no call, whatever a test before it left when it failed."""
    await shared_box.hang_up_all()
    shared_box.begin()
    yield shared_box
    await shared_box.until("/calls/active", lambda calls: not calls)


@pytest_asyncio.fixture(loop_scope="module")
async def own_box(make_box: MakeBox) -> AsyncIterator[Box]:
    """One that a test may break or change."""
    async with make_box() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def peer() -> AsyncIterator[SipPeer]:
    """A SIP far end, in the loop of its file."""
    async with SipPeer("5551234") as peer:
        yield peer


async def dial(peer: SipPeer, box: Box, number: str, rtp: RtpEnd, **options: Any) -> Dialog:
    """Calls a number of the box and waits for the answer; RTP flows."""
    options.setdefault("caller", f'"Anna Smith" <sip:{peer.user}@{peer.address}>')
    dialog = await peer.call(f"sip:{number}@{box.sip}", sdp(rtp.port, (LAW[rtp.law],)), **options)
    rtp.remote = (await dialog.answer_of(200)).media
    return dialog
