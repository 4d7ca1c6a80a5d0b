# SPDX-License-Identifier: GPL-2.0-or-later
"""A modem's serial side (ITU-T V.250): a pty behind a name that stays, commands, echo, and all that goes wrong."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import random
import tty
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Self

PATIENCE_S = 20.0


async def until(seen: Callable[[], object]) -> None:
    """Looks until it is so. TimeoutError."""
    async with asyncio.timeout(PATIENCE_S):
        while not seen():  # noqa: ASYNC110 (whatever it is, it has no event)
            await asyncio.sleep(0.01)


class PtyModem:
    """`device` is a symbolic link, as udev makes below /dev/serial/by-id: it comes and goes with the plug.

    Faults that may be set at any time: `pieces` (octets are given out so many at a time), `garbage` (noise before each
    line), `late` (seconds that a command's answer takes, by how the command begins), `dead` (no answer at all).
    """

    def __init__(self, device: Path, seed: int = 1) -> None:
        self.device = device
        self.echo, self.dead = True, False
        self.pieces = 0
        self.garbage = False
        self.late: dict[str, float] = {}
        self.heard: list[str] = []
        self.writing = asyncio.Lock()
        self._random = random.Random(seed)
        self._master = -1
        self._slave = -1
        self._received = b""
        self._tasks: set[asyncio.Task[None]] = set()
        self._commands: asyncio.Queue[str] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        self.plug()
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.unplug()

    # ---- the plug --------------------------------------------------------------------------------

    def plug(self) -> None:
        """Powered up: as a modem that has just been switched on."""
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        temporary = self.device.with_name(self.device.name + ".new")
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(os.ttyname(self._slave))
        temporary.rename(self.device)
        self.reset()
        asyncio.get_running_loop().add_reader(self._master, self._readable)
        self.spawn(self._work())

    def unplug(self) -> None:
        """Pulled out in the midst of whatever it did."""
        self.device.unlink(missing_ok=True)
        for task in self._tasks:
            task.cancel()
        if self._master >= 0:
            asyncio.get_running_loop().remove_reader(self._master)
            os.close(self._master)
            os.close(self._slave)
            self._master = self._slave = -1

    def reset(self) -> None:
        """What is lost without power."""
        self.echo, self._received = True, b""
        self._commands = asyncio.Queue()

    def spawn(self, work: object) -> None:
        """Runs until it is done, or the plug is pulled."""
        task = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ---- what it is told -------------------------------------------------------------------------

    def _readable(self) -> None:
        try:
            data = os.read(self._master, 4096)
        except (BlockingIOError, OSError):
            return
        self.received(data)

    def received(self, data: bytes) -> None:
        """Octets from the box, in command state."""
        if self.echo and not self.dead:
            self.give(data)
        self._received += data
        while b"\r" in self._received:
            line, _, self._received = self._received.partition(b"\r")
            text = line.decode("ascii", errors="replace").strip()
            if text[:2].upper() == "AT":
                self.heard.append(text)
                self._commands.put_nowait(text)

    async def _work(self) -> None:
        """One command after the other."""
        while True:
            command = await self._commands.get()
            if self.dead:
                continue
            delay = next((late for start, late in self.late.items() if command.upper().startswith(start)), 0.0)
            await asyncio.sleep(delay)
            answer = await self.carry_out(command)
            if answer is not None:
                await self.tell(*answer)

    async def carry_out(self, command: str) -> Iterable[str] | None:
        """The lines of the answer; None when it was given already."""
        raise NotImplementedError

    # ---- what it says ----------------------------------------------------------------------------

    async def tell(self, *lines: str) -> None:
        """Each between CR LF (V.250, 5.7.1)."""
        async with self.writing:
            for line in lines:
                if self.garbage:
                    noise = bytes(self._random.choice(b"\x00\x7f\xfe\xff~}x") for _ in range(7))
                    await self.put(noise + b"\r\n")
                await self.put(f"\r\n{line}\r\n".encode("latin-1"))

    async def put(self, data: bytes) -> None:
        """Octets, all at once or in pieces."""
        step = self.pieces or len(data)
        for at in range(0, len(data), step):
            self.give(data[at : at + step])
            if self.pieces:
                await asyncio.sleep(0.002)

    def give(self, data: bytes) -> None:
        """Octets to the box; none go anywhere while it is unplugged, or nobody reads."""
        with contextlib.suppress(OSError):
            os.write(self._master, data)
