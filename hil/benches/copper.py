# SPDX-License-Identifier: GPL-2.0-or-later
"""The far ends of many line ports, in a process of their own: `python -m hil.benches.copper FD…`.

Sends each descriptor a block every 20 ms: two neighbours speak by turns, 2 s each, and while one listens it returns
what it hears, 12 dB quieter, as the hybrid of a line does.
"""

from __future__ import annotations

import contextlib
import random
import socket
import sys
import time

from hil.g711 import decode, encode

BLOCK = 160
TURN = 100  # blocks
QUIETER = encode([sample // 4 for sample in decode(bytes(range(256)), "ulaw")], "ulaw")


def main() -> None:
    """Until standard input closes, which its parent does."""
    wires = [socket.socket(fileno=int(fd)) for fd in sys.argv[1:]]
    noise = random.Random(1)
    blocks = [bytes(noise.randrange(0x90, 0xFF) for _ in range(BLOCK)) for _ in range(50)]
    echoes = [b"\xff" * BLOCK] * len(wires)
    due = time.monotonic()
    for tick in range(1 << 30):
        for n, wire in enumerate(wires):
            speaks = (tick // TURN + n) % 2 == 0
            with contextlib.suppress(BlockingIOError):
                wire.send(blocks[tick % 50] if speaks else echoes[n], socket.MSG_DONTWAIT)
                while heard := wire.recv(BLOCK, socket.MSG_DONTWAIT):
                    echoes[n] = heard.translate(QUIETER)
        due += 0.02
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    with contextlib.suppress(ConnectionError, KeyboardInterrupt):
        main()
