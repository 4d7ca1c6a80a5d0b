# SPDX-License-Identifier: GPL-2.0-or-later
"""Sound through the descriptors of channels, block by block, compared bit by bit."""

from __future__ import annotations

import asyncio
import os
import random

from drivers.dahdi.base import DahdiPort
from drivers.dahdi.channel import BLOCK_BYTES
from drivers.dahdi.ioctls import ELAST, Flush

AHEAD = 10  # blocks that a sender keeps in the core's buffers, so that no jump of the guest's time makes a gap
STEP_S = 0.01
AGAIN = (11, ELAST)  # EAGAIN, and "fetch an event first"


def noise(blocks: int, seed: int) -> bytes:
    """Every code of G.711, in an order that occurs once."""
    return random.Random(seed).randbytes(blocks * BLOCK_BYTES)


async def send(port: DahdiPort, sound: bytes) -> None:
    """Writes `sound` as fast as the channel takes it."""
    at = 0
    while at < len(sound):
        try:
            at += os.write(port.channel.fd, sound[at : at + BLOCK_BYTES])
        except OSError as error:
            if error.errno not in AGAIN:
                raise
            await asyncio.sleep(STEP_S)


async def hear(port: DahdiPort, seconds: float) -> bytes:
    """Everything that arrives during `seconds`."""
    port.channel.flush(Flush.READ)
    heard = bytearray()
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while loop.time() < until:
        try:
            heard += os.read(port.channel.fd, BLOCK_BYTES)
        except OSError as error:
            if error.errno not in AGAIN:
                raise
            await asyncio.sleep(STEP_S)
    return bytes(heard)
