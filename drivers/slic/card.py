# SPDX-License-Identifier: GPL-2.0-or-later
"""The SLICs of a board, as one card."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence

from drivers.port import Card
from drivers.slic.fxs import SlicFxs
from drivers.slic.sound import CodecLike, OpenCodec, SharedCodec
from drivers.slic.wiring import Wiring


def open_alsa(device: str, channels: int, law: str, clock_fd: int) -> CodecLike:
    """A sound card of the kernel. OSError."""
    from drivers.lineaudio.codec import Codec

    return Codec(device, channels, law, clock_fd)


class SlicCard(Card):
    """Ports fxs1, fxs2, … in the order of their wirings. The first one's codec is the clock of the bridge."""

    def __init__(self, name: str, wirings: Sequence[Wiring], open_codec: OpenCodec = open_alsa) -> None:
        self.name = name
        self.ports: Sequence[SlicFxs] = [SlicFxs(f"fxs{n}", wiring) for n, wiring in enumerate(wirings, 1)]
        self.clock_fd = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._codecs = [
            SharedCodec(device, self._at(device), open_codec, -1 if number else self.clock_fd)
            for number, device in enumerate(dict.fromkeys(wiring.codec for wiring in wirings))
        ]

    def _at(self, device: str) -> list[SlicFxs]:
        return [port for port in self.ports if port.wiring.codec == device]

    def apply_law(self, law: str) -> None:
        """The codecs' samples are linear."""
        for codec in self._codecs:
            codec.set_law(law)

    async def start(self) -> None:
        """Opens lines and codecs. What cannot be opened says why in its ports' `fault`, and goes on trying."""
        for port in self.ports:
            port.open()
        await asyncio.gather(*(codec.start() for codec in self._codecs))

    async def stop(self) -> None:
        """Puts every port at rest, and closes lines and codecs."""
        for codec in self._codecs:
            await codec.stop()
        for port in self.ports:
            port.close()
        if self.clock_fd >= 0:
            os.close(self.clock_fd)
            self.clock_fd = -1
