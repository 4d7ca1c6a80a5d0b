# SPDX-License-Identifier: GPL-2.0-or-later
"""One end of an RTP stream (RFC 3550): speaks and hears G.711, and digits by RFC 4733."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import time
from dataclasses import dataclass
from typing import Any, Self

from hil.clock import clock
from hil.g711 import BLOCK, BLOCK_S, Law, Pcm, decode, encode, pcm
from hil.player import Player
from hil.waiting import Watch

PAYLOAD: dict[Law, int] = {"ulaw": 0, "alaw": 8}
EVENT_PT = 101
CUSHION_S = 0.0  # a jitter buffer answers a millisecond of jitter by another length, and that is heard
SETTLES_S = 1.0  # until the jitter buffer has found its length: docs/benchmarks.md
KEYS = "0123456789*#ABCD"
HEADER = struct.Struct("!BBHII")


@dataclass(frozen=True, slots=True)
class Packet:
    """One that came: its time (monotonic seconds), header fields and payload."""

    at: float
    pt: int
    seq: int
    timestamp: int
    ssrc: int
    payload: bytes


class RtpEnd:
    """Use it as `async with`. Sends a packet each 20 ms to `remote` from the moment that is set.

    With `learn` that is where the first packet came from (symmetric RTP, RFC 4961).
    """

    def __init__(self, law: Law = "ulaw", *, learn: bool = False) -> None:
        self.learn = learn
        self.cushion_s, self.settles_s = CUSHION_S, SETTLES_S
        self.law: Law = law
        self.player = Player(law)
        self.event_pt = EVENT_PT  # of keys that are sent: as the other end's SDP says
        self.heard: list[Packet] = []
        self.sent = 0
        self.watch = Watch()
        self.remote: tuple[str, int] | None = None
        self.port = 0
        self._seq, self._timestamp = random.randrange(30000), random.randrange(1 << 30)
        self._ssrc = random.getrandbits(32)
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: _Receiver(self), sock=_even_port())
        self.port = self._transport.get_extra_info("sockname")[1]
        clock().add(self._tick)
        return self

    async def __aexit__(self, *exception: object) -> None:
        clock().remove(self._tick)
        if self._transport:
            self._transport.close()
            self._transport = None
        await asyncio.sleep(0)

    # ---- speaking ------------------------------------------------------------------------------

    def say(self, audio: Pcm) -> asyncio.Future[None]:
        """Says PCM; await the result to know when it was all said."""
        return self.player.say(encode(audio, self.law))

    async def press(self, key: str, ms: int = 100) -> None:
        """A key as RFC 4733 events; the last packet three times, as section 2.5.1.4 asks."""
        begin, steps = self._timestamp, max(2, ms // 20)
        for step in range(1, steps + 3):
            end = step >= steps
            body = struct.pack("!BBH", KEYS.index(key), (0x80 if end else 0) | 10, min(step, steps) * BLOCK)
            self._send(self.event_pt, begin, body, mark=step == 1)
            await asyncio.sleep(BLOCK_S)

    def _tick(self) -> None:
        block = self.player.next_block()
        self._timestamp = (self._timestamp + BLOCK) & 0xFFFFFFFF
        self._send(PAYLOAD[self.law], self._timestamp, block)

    def _send(self, pt: int, timestamp: int, body: bytes, mark: bool = False) -> None:
        if self.remote is None or self._transport is None:
            return
        self._seq = (self._seq + 1) & 0xFFFF
        header = HEADER.pack(0x80, pt | (0x80 if mark else 0), self._seq, timestamp & 0xFFFFFFFF, self._ssrc)
        self._transport.sendto(header + body, self.remote)
        self.sent += 1

    # ---- hearing -------------------------------------------------------------------------------

    def received(self, data: bytes, source: tuple[str, int]) -> None:
        """A datagram came."""
        if self.learn and self.remote is None:
            self.remote = source
        if len(data) > HEADER.size and data[0] >> 6 == 2:
            _, pt, seq, timestamp, ssrc = HEADER.unpack_from(data)
            self.heard.append(Packet(time.monotonic(), pt & 0x7F, seq, timestamp, ssrc, data[HEADER.size :]))
            self.watch.changed()

    def heard_pcm(self, since: int = 0) -> Pcm:
        """What was heard from packet `since` on, each packet where its timestamp says."""
        audio = [p for p in self.heard[since:] if p.pt == PAYLOAD[self.law]]
        if not audio:
            return pcm()
        first = audio[0].timestamp
        whole = pcm([0]) * (_behind(audio[-1].timestamp, first) + BLOCK)
        for packet in audio:
            at = _behind(packet.timestamp, first)
            if 0 <= at <= len(whole) - len(packet.payload):
                whole[at : at + len(packet.payload)] = decode(packet.payload, self.law)
        return whole

    def keys(self) -> str:
        """Keys that were heard as RFC 4733 events: each has one timestamp."""
        events = {packet.timestamp: KEYS[packet.payload[0]] for packet in self.heard if packet.pt == EVENT_PT}
        return "".join(events.values())

    def missing(self, since: int = 0) -> int:
        """Packets that never came, by the sequence numbers."""
        numbers = [p.seq for p in self.heard[since:]]
        return ((numbers[-1] - numbers[0]) & 0xFFFF) + 1 - len(set(numbers)) if numbers else 0

    async def listen(self, seconds: float) -> Pcm:
        """Listens from now on for so many seconds. NotSeen when audio stops coming."""
        begin, wanted = len(self.heard), round(seconds / BLOCK_S)
        await self.until(lambda: len(self.heard) >= begin + wanted, seconds + 2, f"{seconds:g} s of RTP")
        return self.heard_pcm(begin)

    async def until(self, condition: Any, timeout: float, awaited: str) -> None:
        """Waits for a condition on what came. NotSeen."""
        awaited = f"port {self.port}: {awaited}"
        await self.watch.until(condition, timeout, awaited, lambda: f"{len(self.heard)} packets came")


class _Receiver(asyncio.DatagramProtocol):
    def __init__(self, end: RtpEnd) -> None:
        self._end = end

    def datagram_received(self, data: bytes, address: tuple[Any, ...]) -> None:
        self._end.received(data, (address[0], address[1]))


def _behind(timestamp: int, first: int) -> int:
    return ((timestamp - first + (1 << 31)) & 0xFFFFFFFF) - (1 << 31)


def _even_port() -> socket.socket:
    """RFC 3550, section 11: RTP has an even port, and the odd one above is RTCP's."""
    while True:
        probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        probe.bind(("127.0.0.1", 0))
        if probe.getsockname()[1] % 2 == 0:
            with contextlib.suppress(OSError):
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            probe.setblocking(False)
            return probe
        probe.close()
