# SPDX-License-Identifier: GPL-2.0-or-later
"""A fax machine calls a line whose faxes are a SIP trunk's: they go there, as G.711."""

from __future__ import annotations

import asyncio

from hil.exchange import Exchange
from hil.fax import ced, cng
from hil.listen import tone_level_dbm0
from hil.phone import Phone
from hil.rtp import RtpEnd
from hil.sip import SipPeer, sdp
from tests.sip.conftest import IN_ONE_LOOP, MakeBox
from tests.sip.test_trunks import account

pytestmark = IN_ONE_LOOP

CADENCE = (300, 2200)


async def test_a_fax_machine_that_calls_a_line_is_taken_to_the_trunk(make_box: MakeBox) -> None:
    async with SipPeer("server", "127.0.0.2") as server, RtpEnd() as rtp:
        trunk = {"name": "faxes", "sip": account(server) | {"codecs": ["ulaw"]}}
        line = {"port": "fxo1", "number": "5550100", "fax": "trunk:faxes"}
        async with (
            make_box(line=[line], trunk=[trunk], outbound=[]) as box,
            Exchange(box.sim, "fxo1", ahead=3) as exchange,
            Phone(box.sim, "fxs2", ahead=3) as person,
        ):
            exchange.ring("5551234", cadence_ms=CADENCE)
            await person.rung(timeout=8)
            person.pick_up()
            await exchange.off_hook(timeout=5)
            calling = exchange.say(cng(20))
            called = await server.invited(timeout=6)
            assert called.invited.uri.startswith("sip:5550100@")
            called.answer(200, sdp(rtp.port))
            rtp.remote = called.media
            await box.until("/calls/active", lambda calls: calls and len(calls[0]["legs"]) == 2)
            exchange.wire.player.stop()
            await asyncio.wait([calling], timeout=1)
            for one, other, sound, hz in (
                (rtp, exchange, ced(1.2, reversals=False), 2100),
                (exchange, rtp, cng(1.2), 1100),
            ):
                one.say(sound)
                assert tone_level_dbm0(await other.listen(1.0), hz) > -25
            await called.bye()
            await exchange.on_hook()
            call = await box.call_ended()
    assert (call["line"], call["trunk"], call["disposition"]) == ("fxo1", "faxes", "answered")
