# SPDX-License-Identifier: GPL-2.0-or-later
"""The watchdog of systemd is fed as often as it asks for, and not at all where there is none."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.service import Heartbeat


@pytest.fixture
def listening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """What systemd hears."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as box:
        box.bind(str(tmp_path / "notify"))
        box.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield box


def test_without_a_watchdog_nothing_is_said(listening: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    Heartbeat().beat()
    listening.setblocking(False)
    with pytest.raises(BlockingIOError):
        listening.recv(100)


def test_one_beat_for_many_turns_of_a_loop(listening: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "60000000")
    heart = Heartbeat()
    for _ in range(1000):
        heart.beat()
    assert listening.recv(100) == b"WATCHDOG=1"
    listening.setblocking(False)
    with pytest.raises(BlockingIOError):
        listening.recv(100)


async def test_a_loop_that_lives_beats_on(listening: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "30000")
    beating = asyncio.create_task(Heartbeat().keep())
    for _ in range(3):
        assert await asyncio.to_thread(listening.recv, 100) == b"WATCHDOG=1"
    beating.cancel()
