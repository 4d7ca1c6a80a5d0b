# SPDX-License-Identifier: GPL-2.0-or-later
"""A provider with two addresses: which of them answers is known before a caller has to wait for it."""

from __future__ import annotations

import json

from hil.rtp import RtpEnd
from hil.sip import SipPeer, sdp
from tests.sip.conftest import IN_ONE_LOOP, MakeBox
from tests.sip.test_trunk_security import OUT, through

pytestmark = IN_ONE_LOOP


async def test_calls_go_at_once_to_the_address_that_answers_and_back_when_it_is_well(
    make_box: MakeBox, peer: SipPeer
) -> None:
    async with SipPeer("first", "127.0.0.2") as first, SipPeer("second", "127.0.0.3") as second, RtpEnd() as rtp:
        sip = {"registrar": first.address, "backups": [second.address], "register": False, "health_s": 1}
        async with make_box(**through(sip=sip)) as box:
            trunk = (await box.until("/trunks", lambda trunks: trunks[0]["state"] == "up"))[0]
            assert [place["reachable"] for place in trunk["places"]] == [True, True]
            first.silent = True
            trunk = (await box.until("/trunks", lambda trunks: trunks[0]["state"] == "degraded", timeout=15))[0]
            assert [place["reachable"] for place in trunk["places"]] == [False, True]
            assert trunk["places"][0]["last_error"] == "no answer within 4 s"
            assert [alarm["kind"] for alarm in await box.get("/alarms")] == ["trunk:isp"]
            shown = json.loads(box.tipring("trunks", "--json").stdout)[0]
            assert (shown["name"], shown["state"], shown["reachable"]) == ("isp", "degraded", True)
            first.log.clear()

            dialog = await peer.call(f"sip:{OUT}@{box.sip}", sdp(rtp.port))
            called = await second.invited()
            called.answer(486)
            assert (await dialog.answer_of()).status == 486
            assert not [message for message in first.log if message.method == "INVITE"]

            first.silent = False
            await box.until("/alarms", lambda alarms: not alarms, timeout=15)
            dialog = await peer.call(f"sip:{OUT}@{box.sip}", sdp(rtp.port))
            (await first.invited()).answer(503)  # and a refusal for want of capacity is the next one's turn
            (await second.invited()).answer(486)
            assert (await dialog.answer_of()).status == 486
