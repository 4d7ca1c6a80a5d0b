# SPDX-License-Identifier: GPL-2.0-or-later
"""An exchange at one of the core's lines and a phone at one of its stations, and what they say and hear."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cache

import pytest

from drivers.dahdi.base import Settings
from drivers.dahdi.fxo import DahdiFxo
from drivers.dahdi.fxs import DahdiFxs
from drivers.dahdi.ioctls import Law
from drivers.lineaudio import Hear, Heard, hear_memory
from drivers.port import PortEvent
from firmware.records import Cdr
from hil.callerid import CallerId, as_fsk
from hil.fsk import BELL202
from hil.g711 import Law as G711
from hil.g711 import decode, encode
from hil.kernel.guest import bench
from hil.kernel.guest.box import GuestCore
from hil.kernel.guest.sound import hear, send
from hil.levels import dbm0_of_power, goertzel
from hil.line_pair import Ear
from hil.signals import quiet, sines

CALLER_HZ, AGENT_HZ, LEVEL_DBM0 = 1004, 620, -10.0
TALK_S = 2.5


@cache
def tone(*hz: float, seconds: float = TALK_S, law: G711 = "ulaw") -> bytes:
    """Made once: Python is slow in the guest."""
    return encode(sines([(one, LEVEL_DBM0) for one in hz], seconds * 1000), law)


@cache
def caller_id(caller: CallerId) -> bytes:
    """As it sounds between the first two rings."""
    return encode(quiet(500) + as_fsk(caller, BELL202) + quiet(100), "ulaw")


def detected(what: Hear, heard: bytes) -> list[Heard]:
    """What lineaudio's detectors find in mu-law."""
    return [one for _, one in hear_memory(what, decode(heard, "ulaw").tobytes())]


@dataclass(slots=True)
class Office:
    """The core, and the far ends of two of its wires."""

    core: GuestCore
    exchange: DahdiFxs
    phone: DahdiFxo
    exchange_ear: Ear
    phone_ear: Ear
    settings: Settings

    def law(self, law: Law) -> None:
        """Companding of the far ends."""
        self.settings.law = law
        self.exchange.apply_settings()
        self.phone.apply_settings()

    async def ring(self, sound: bytes) -> asyncio.Task[None]:
        """Rings like a North American exchange, with the sound of caller ID after the first burst."""
        sent: asyncio.Future[asyncio.Task[None]] = asyncio.get_running_loop().create_future()
        self.exchange.ring([2000, 4000], lambda: sent.set_result(asyncio.create_task(send(self.exchange, sound))))
        return await asyncio.wait_for(sent, 5)

    async def connect(self, caller: CallerId) -> bytes:
        """A call from ring to talk; what the phone heard on hook between its rings."""
        speaking = await self.ring(caller_id(caller))
        await self.exchange_ear.expect(PortEvent.OFF_HOOK, 15)
        await speaking
        await self.phone_ear.expect(PortEvent.RING_BEGAN, 20)
        await self.phone_ear.expect(PortEvent.RING_ENDED)
        shown = await hear(self.phone, 2)
        self.phone.seize()
        await self.core.until(lambda: any(call["state"] == "talking" for call in self.core.ask("calls")), 10, "talk")
        await asyncio.sleep(0.5)
        return shown

    async def both_hear(self, law: G711 = "ulaw") -> None:
        """Caller and agent speak at once, each tone at its level at the other end."""
        at_phone, at_exchange, _, _ = await asyncio.gather(
            hear(self.phone, TALK_S), hear(self.exchange, TALK_S), send(self.exchange, tone(CALLER_HZ, law=law)),
            send(self.phone, tone(AGENT_HZ, law=law)),
        )  # fmt: skip
        assert level(at_phone, CALLER_HZ, law) == pytest.approx(LEVEL_DBM0, abs=1)
        assert level(at_exchange, AGENT_HZ, law) == pytest.approx(LEVEL_DBM0, abs=1)

    async def agent_hangs_up(self) -> Cdr:
        """And the exchange's line is free; what the core remembers of the call."""
        self.phone.release()
        await self.exchange_ear.expect(PortEvent.ON_HOOK)
        await self.ended()
        return self.core.history().calls().items[0]

    async def ended(self) -> None:
        """No call is left, both far ends have hung up, and the core would tell of the next ring."""
        self.phone.release()
        self.exchange.stop_ringing()
        await self.core.until(lambda: not self.core.ask("calls"), 10, "end of the call")
        await asyncio.sleep(bench.DEAF_S)
        self.exchange_ear.forget()
        self.phone_ear.forget()


def level(audio: bytes, hz: float, law: G711 = "ulaw") -> float:
    """dBm0 of a frequency in the middle of what was heard."""
    samples = decode(audio, law)
    middle = samples[len(samples) // 2 - 4000 : len(samples) // 2 + 4000]
    return dbm0_of_power(goertzel(middle, hz))
