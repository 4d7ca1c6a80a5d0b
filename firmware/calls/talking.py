# SPDX-License-Identifier: GPL-2.0-or-later
"""A party who hears a sound."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from drivers import lineaudio
from drivers.lineaudio import NativeEvents, Player, Sound, SoundStep
from firmware.calls.leg import Failed, Leg

if TYPE_CHECKING:
    from firmware.calls.host import Host


async def play(events: NativeEvents, leg: Leg, source: Sound | Sequence[SoundStep] | None) -> None:
    """Plays a prompt or tones to their end."""
    if not source:
        return
    seconds = source.seconds if isinstance(source, Sound) else sum(step.ms for step in source) / 1000
    player = Player(events, source)
    try:
        lineaudio.connect(player.slot, leg.slot)
        async with asyncio.timeout(seconds + 5):
            await player.ended
    finally:
        player.close()


async def answer_or_end(leg: Leg) -> None:
    """Connects a calling party that is part of a conversation already; one that cannot be has hung up."""
    try:
        await leg.answer()
    except Failed as failed:
        leg.left(failed.cause)


async def say(host: Host, leg: Leg, *prompts: str) -> None:
    """Plays prompts by their names, in the language of the party."""
    for prompt in prompts:
        await play(host.events, leg, host.prompt(prompt, leg.language))


@contextlib.contextmanager
def hearing(source: int | None, leg: Leg) -> Iterator[None]:
    """Lets a party hear what plays at slot `source` (music) for the time of the block."""
    if source is None:
        yield
        return

    with _following(leg, lambda slot: lineaudio.connect(source, slot), lambda slot: lineaudio.disconnect(source, slot)):
        yield


@contextlib.contextmanager
def heard_by(sink: int, leg: Leg) -> Iterator[None]:
    """Lets slot `sink` (a recorder) hear a party for the time of the block."""
    with _following(leg, lambda slot: lineaudio.connect(slot, sink), lambda slot: lineaudio.disconnect(slot, sink)):
        yield


@contextlib.contextmanager
def _following(leg: Leg, connect: Callable[[int], None], disconnect: Callable[[int], None]) -> Iterator[None]:
    """Connects the slot of a party, and each that it moves to."""

    def moved() -> None:
        if leg.slot >= 0:
            connect(leg.slot)

    moved()
    leg.on_moved.append(moved)
    try:
        yield
    finally:
        leg.on_moved.remove(moved)
        if leg.slot >= 0:
            disconnect(leg.slot)
