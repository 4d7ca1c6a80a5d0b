# SPDX-License-Identifier: GPL-2.0-or-later
"""A party who hears a sound."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from drivers import lineaudio
from drivers.lineaudio import NativeEvents, Player, Sound
from firmware.calls.leg import Leg

if TYPE_CHECKING:
    from firmware.calls.host import Host


async def play(events: NativeEvents, leg: Leg, sound: Sound | None) -> None:
    """Plays a prompt to its end."""
    if not sound:
        return
    player = Player(events, sound)
    try:
        lineaudio.connect(player.slot, leg.slot)
        async with asyncio.timeout(sound.seconds + 5):
            await player.ended
    finally:
        player.close()


async def say_digits(host: Host, leg: Leg, digits: str) -> None:
    """Reads digits to a party, one by one."""
    for digit in digits:
        await play(host.events, leg, host.prompt(f"digit-{digit}", leg.language))


@contextlib.contextmanager
def hearing(source: int | None, leg: Leg) -> Iterator[None]:
    """Lets a party hear what plays at slot `source` (music) for the time of the block."""
    if source is None:
        yield
        return

    def connect() -> None:
        if leg.slot >= 0:
            lineaudio.connect(source, leg.slot)

    connect()
    leg.on_moved.append(connect)
    try:
        yield
    finally:
        leg.on_moved.remove(connect)
        if leg.slot >= 0:
            lineaudio.disconnect(source, leg.slot)
