# SPDX-License-Identifier: GPL-2.0-or-later
"""The codec that some ports share: opened, lost, and opened again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from drivers.port import CodecHealth
from drivers.slic.fxs import SlicFxs

log = logging.getLogger(__name__)

RETRY_S = 2.0


class CodecLike(Protocol):
    """`drivers.lineaudio.codec.Codec`, or a simulated one."""

    @property
    def error(self) -> str:
        """Why the device is gone; "" while it works."""

    def fd(self, channel: int) -> int:
        """What a line port attaches."""

    def set_law(self, law: str) -> None:
        """ "ulaw" or "alaw" from now on."""

    def health(self) -> CodecHealth:
        """How it did so far."""

    def close(self) -> None:
        """Lets go of the device."""


OpenCodec = Callable[[str, int, str, int], CodecLike]
"""Device, channels, law, and the eventfd of the clock or -1. OSError says why not."""


class SharedCodec:
    """`clock_fd` is told each 10 ms of it where the bridge goes by it, else it is -1."""

    def __init__(self, device: str, ports: Sequence[SlicFxs], open_codec: OpenCodec, clock_fd: int) -> None:
        self._device, self._ports, self._open_codec, self._clock_fd = device, ports, open_codec, clock_fd
        self._codec: CodecLike | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._gone = asyncio.Event()  # the device, or the card is stopped
        self._stopping = False
        self._law = "ulaw"
        for port in ports:
            port.codec_lost = lambda why: self._gone.set()
            port.codec_health = self._health

    def set_law(self, law: str) -> None:
        """Companding on the ports, from now on."""
        self._law = law
        if self._codec:
            self._codec.set_law(law)

    async def start(self) -> None:
        """Tries once, and goes on by itself."""
        await self._open()
        self._keeping = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Lets go of the device."""
        self._stopping = True
        self._gone.set()
        if self._keeping:  # not cancelled: a thread may be opening the device
            await self._keeping
        await self._close()

    def _health(self) -> CodecHealth | None:
        return self._codec.health() if self._codec else None

    async def _keep(self) -> None:
        while not self._stopping:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._gone.wait(), None if self._codec else RETRY_S)
            if self._stopping:
                return
            if not self._codec:
                await self._open()
                continue
            self._tell(self._codec.error or "it gives no sound any more")
            await self._close()
            self._gone.clear()

    async def _open(self) -> None:
        """Reading ALSA's configuration takes a moment: in a thread."""
        channels = 1 + max(port.wiring.channel for port in self._ports)
        try:
            self._codec = await asyncio.to_thread(self._open_codec, self._device, channels, self._law, self._clock_fd)
        except OSError as error:
            self._tell(str(error))
            return
        for port in self._ports:
            port.attach_sound(self._codec.fd(port.wiring.channel))
            port.set_fault("codec", "")

    async def _close(self) -> None:
        for port in self._ports:
            port.detach_sound()
        codec, self._codec = self._codec, None
        if codec:
            await asyncio.to_thread(codec.close)

    def _tell(self, why: str) -> None:
        said = f"The codec {self._device} cannot be used: {why}. `aplay -l` and `arecord -l` list the sound cards."
        for port in self._ports:
            port.set_fault("codec", said)
