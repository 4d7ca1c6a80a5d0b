# SPDX-License-Identifier: GPL-2.0-or-later
"""A peer that vanishes while it holds a call: nothing is to be heard, so only the session timer tells (RFC 4028).

It takes the shortest session that there is, 90 s: the box gives it up after 60 (section 10).
"""

from __future__ import annotations

import pytest

from hil.rtp import RtpEnd
from hil.sip import SipPeer, sdp
from tests.sip.conftest import IN_ONE_LOOP, MakeBox
from tests.sip.test_trunk_manners import account
from tests.sip.test_trunk_security import OUT, through

pytestmark = IN_ONE_LOOP

SESSION = "Supported: timer\r\nSession-Expires: 90;refresher=uas"


@pytest.mark.timeout(150)
async def test_a_session_that_nobody_refreshes_ends_and_the_record_says_why(make_box: MakeBox, peer: SipPeer) -> None:
    async with (
        SipPeer("provider", "127.0.0.2") as provider,
        RtpEnd() as near,
        make_box(**through(**account(provider, session_timer_s=90, rtp_timeout_s=0))) as box,
    ):
        dialog = await peer.call(f"sip:{OUT}@{box.sip}", sdp(near.port))
        called = await provider.invited()
        called.answer(200, sdp(40000), extra=SESSION)
        near.remote = (await dialog.answer_of(200)).media
        await called.acked.wait()
        provider.silent = True
        await dialog.hung_up(80)
        call = await box.call_ended()
    assert (call["disposition"], call["hangup_cause"], call["hangup_by"]) == ("answered", 102, "callee")
    assert 50 < call["talk_s"] < 75
