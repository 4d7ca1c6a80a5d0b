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
LONGEST_NUMBER = 32


async def digits(host: Host, leg: Leg, prompt: str, longest: int = LONGEST) -> str:
    """Plays a prompt, which the first key ends; then keys until #, `longest`, or a pause."""
    while not leg.digits.empty():
        leg.digits.get_nowait()
    keys = ""
    with contextlib.suppress(TimeoutError):
        key = await _first(host, leg, prompt)
        while key != "#":
            keys += key
            if len(keys) == longest:
                break
            async with asyncio.timeout(NEXT_S):
                key = await leg.digits.get()
    return keys


async def _first(host: Host, leg: Leg, prompt: str) -> str:
    """The first key: during the prompt or soon after it. TimeoutError."""
    playing = asyncio.create_task(play(host.events, leg, host.prompt(prompt, leg.language)))
    key = asyncio.create_task(leg.digits.get())
    try:
        await asyncio.wait({playing, key}, return_when=asyncio.FIRST_COMPLETED)
        async with asyncio.timeout(FIRST_S):
            return await key
    finally:
        playing.cancel()
        key.cancel()


async def pin(host: Host, leg: Leg, right: str) -> bool:
    """Asks for a PIN, three times at most. What is keyed in stays out of the call's trail."""
    noted, leg.on_digit = leg.on_digit, lambda digit: None
    try:
        for _ in range(TRIES):
            given = await digits(host, leg, "enter-pin", len(right))
            if secrets.compare_digest(given.encode(), right.encode()):
                return True
            await play(host.events, leg, host.prompt("wrong-pin", leg.language))
    finally:
        leg.on_digit = noted
    return False


async def number(host: Host, leg: Leg) -> str:
    """A number to be called, until # or a pause."""
    return await digits(host, leg, "enter-number", LONGEST_NUMBER)
