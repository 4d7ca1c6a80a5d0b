# SPDX-License-Identifier: GPL-2.0-or-later
"""Digits that a caller is asked for while connected: a PIN, a choice."""

from __future__ import annotations

import asyncio
import contextlib
import secrets

from firmware.calls.host import Host
from firmware.calls.leg import Leg
from firmware.calls.talking import play

TRIES = 3
FIRST_S, NEXT_S = 10.0, 4.0
LONGEST = 16


async def digits(host: Host, leg: Leg, prompt: str, longest: int = LONGEST) -> str:
    """Plays a prompt, which the first key ends; then keys until #, `longest`, or a pause."""
    while not leg.digits.empty():
        leg.digits.get_nowait()
    playing = asyncio.create_task(play(host.events, leg, host.prompt(prompt)))
    keys = ""
    try:
        with contextlib.suppress(TimeoutError):
            while len(keys) < longest:
                async with asyncio.timeout(NEXT_S if keys else None if not playing.done() else FIRST_S):
                    key = await _key(leg, playing, first=not keys)
                if key == "#":
                    break
                keys += key
        return keys
    finally:
        playing.cancel()


async def _key(leg: Leg, playing: asyncio.Task[None], *, first: bool) -> str:
    """The next key; while the prompt plays there is no hurry."""
    if first and not playing.done():
        key = asyncio.ensure_future(leg.digits.get())
        try:
            await asyncio.wait({key, playing}, return_when=asyncio.FIRST_COMPLETED)
            if not key.done():
                async with asyncio.timeout(FIRST_S):
                    return await key
            playing.cancel()
            return key.result()
        finally:
            key.cancel()
    return await leg.digits.get()


async def pin(host: Host, leg: Leg, right: str) -> bool:
    """Asks for a PIN, three times at most."""
    for _ in range(TRIES):
        given = await digits(host, leg, "enter-pin", len(right))
        if secrets.compare_digest(given.encode(), right.encode()):
            return True
        await play(host.events, leg, host.prompt("wrong-pin"))
    return False
