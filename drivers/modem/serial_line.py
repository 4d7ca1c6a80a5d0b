# SPDX-License-Identifier: GPL-2.0-or-later
"""A serial device: opened for us alone, read as bytes come, noticed when it is pulled out."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import termios
from collections.abc import Awaitable, Callable

import serial

from drivers.modem.why_not_opened import not_opened
from drivers.port import PortError

BAUD = 115200  # 11,520 octets/s, of which G.711 takes 8,000; USB modems (CDC ACM) ignore it
READ = 4096
RETRY_S = 3.0  # between two attempts to open it


class SerialLine:
    """`on_received` and `on_lost` are called in the asyncio thread; after `on_lost` the line is closed."""

    def __init__(self, device: str) -> None:
        self.device = device
        self.on_received: Callable[[bytes], None] = lambda data: None
        self.on_lost: Callable[[str], None] = lambda why: None
        self._serial: serial.Serial | None = None
        self._reading = False

    async def open(self) -> None:
        """PortError: it is not there, or somebody else has it. Harmless when it is open."""
        if self._serial:
            return
        try:
            self._serial = await asyncio.to_thread(
                serial.Serial, self.device, BAUD, timeout=0, write_timeout=0, exclusive=True
            )
        except (OSError, ValueError) as error:  # SerialException is an OSError
            raise PortError(await asyncio.to_thread(not_opened, self.device, error)) from error
        os.set_blocking(self.fd, False)
        self.resume()

    @property
    def is_open(self) -> bool:
        """False before `open`, after `close`, and when it was pulled out."""
        return self._serial is not None

    @property
    def fd(self) -> int:
        """Descriptor of the open line, non-blocking. PortError when it is not open."""
        if not self._serial:
            raise PortError(f"{self.device} is not open.")
        return int(self._serial.fileno())

    def pause(self) -> None:
        """Somebody else reads the descriptor for now."""
        if self._reading:
            self._reading = False
            asyncio.get_running_loop().remove_reader(self.fd)

    def resume(self) -> None:
        """Reading goes on."""
        if self._serial and not self._reading:
            self._reading = True
            asyncio.get_running_loop().add_reader(self.fd, self.look)

    def write(self, data: bytes) -> None:
        """All of it, or PortError: a modem that takes no command is dead."""
        try:
            written = os.write(self.fd, data)
        except OSError as error:
            raise PortError(f"{self.device} takes nothing: {error.strerror}.") from error
        if written != len(data):
            raise PortError(f"{self.device} takes nothing: its buffer is full.")

    async def close(self) -> None:
        """Lets go of the device; what was not sent is dropped. Harmless when it is closed."""
        self.pause()
        closing, self._serial = self._serial, None
        if closing:
            await asyncio.to_thread(_close, closing)

    async def hold(self, use: Callable[[], Awaitable[None]], down: Callable[[str], None]) -> None:
        """Opens it again and again, and has it used until that fails; `down` is told why, before it is closed."""
        while True:
            try:
                await self.open()
                await use()
            except PortError as error:
                down(str(error))
            await self.close()
            await asyncio.sleep(RETRY_S)

    def must_be_there(self) -> None:
        """PortError when it was pulled out."""
        if not self._serial:
            raise PortError(f"{self.device} is gone. Plug the modem in again.")

    def look(self) -> None:
        """Reads what is there, and notices when there is no device any more."""
        if not self._serial:
            return
        try:
            data = os.read(self.fd, READ)
        except BlockingIOError:
            return
        except OSError as error:
            self._lost(error.strerror or "it cannot be read")
            return
        if data:
            self.on_received(data)
        elif _hung_up(self.fd):
            self._lost("it was unplugged")

    def _lost(self, why: str) -> None:
        self.pause()
        gone, self._serial = self._serial, None
        if gone:
            _close(gone)
            self.on_lost(f"{self.device} is gone: {why}. Plug the modem in again.")


def _hung_up(fd: int) -> bool:
    """Nothing to read may also mean that nothing came yet (VMIN 0)."""
    poller = select.poll()
    poller.register(fd, 0)
    return bool(poller.poll(0))


def _close(port: serial.Serial) -> None:
    with contextlib.suppress(OSError, termios.error):  # a close would wait for what a dead modem never takes
        termios.tcflush(port.fileno(), termios.TCIOFLUSH)
    with contextlib.suppress(OSError, termios.error):
        port.close()
