# SPDX-License-Identifier: GPL-2.0-or-later
"""The far ends of many line ports, in a process of their own: `python -m hil.benches.copper FD…`.

Sends each descriptor a block of speech-like sound every 20 ms and reads what comes.
"""

from __future__ import annotations

import contextlib
import random
import socket
import sys
import time

BLOCK = 160


def main() -> None:
    """Until standard input closes, which its parent does."""
    wires = [socket.socket(fileno=int(fd)) for fd in sys.argv[1:]]
    noise = random.Random(1)
    blocks = [bytes(noise.randrange(0x90, 0xFF) for _ in range(BLOCK)) for _ in range(50)]
    due = time.monotonic()
    for tick in range(1 << 30):
        for wire in wires:
            with contextlib.suppress(BlockingIOError):
                wire.send(blocks[tick % 50], socket.MSG_DONTWAIT)
                while wire.recv(BLOCK, socket.MSG_DONTWAIT):
                    pass
        due += 0.02
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    with contextlib.suppress(ConnectionError, KeyboardInterrupt):
        main()
