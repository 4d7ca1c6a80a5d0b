# SPDX-License-Identifier: GPL-2.0-or-later
"""Who calls: what a provider is told, what is believed of it, and which number was meant."""

from __future__ import annotations

import base64
import json
from typing import Any

from hil.box import Box
from hil.rtp import RtpEnd
from hil.sip import Dialog, SipPeer, sdp
from tests.sip.conftest import IN_ONE_LOOP, MakeBox

pytestmark = IN_ONE_LOOP

NUMBER = "+493012345600"


def office(provider: SipPeer, **sip: Any) -> dict[str, Any]:
    """In Germany. Calls to 030 1234560 ring 202's port; those to 0301234561 go out again."""
    account = {"registrar": provider.address, "username": "office", "register": False, "health_s": 0, "number": NUMBER}
    return {
        "site": {"country": "de", "timezone": "UTC"},
        "trunk": [{"name": "isp", "sip": account | sip}],
        "route": [{"did": "0301234560", "to": "queue:support"}, {"did": "0301234561", "to": "trunk:isp"}],
        "outbound": [],
    }


async def calling(provider: SipPeer, box: Box, number: str, headers: str = "", caller: str = "") -> Dialog:
    return await provider.call(f"sip:{number}@{box.sip}", sdp(40000), headers=headers, caller=caller)


async def passed_on(provider: SipPeer, box: Box, headers: str = "", caller: str = "") -> Dialog:
    """What the provider gets to see of a call that it has sent and that comes back to it."""
    dialog = await calling(provider, box, "0301234561", headers, caller)
    called = await provider.invited()
    called.answer(486)
    await dialog.answer_of(486)
    return called


PASSPORT = {"attest": "B", "dest": {"tn": ["493012345600"]}, "iat": 1, "orig": {"tn": "12155550100"}, "origid": "id-1"}


def identity_header() -> str:
    parts = [json.dumps({"alg": "ES256", "ppt": "shaken"}), json.dumps(PASSPORT), "signature"]
    token = ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
    return f"Identity: {token};info=<https://cert.example.org/c.cer>;alg=ES256;ppt=shaken\r\n"


async def test_a_trusted_provider_is_believed_who_calls_and_whether_it_may_be_shown(make_box: MakeBox) -> None:
    async with SipPeer("provider", "127.0.0.2") as provider, make_box(**office(provider, trusted=True)) as box:
        asserted = f"P-Asserted-Identity: <sip:+12155550100@{provider.address};verstat=TN-Validation-Passed>\r\n"
        sender = f"<sip:switchboard@{provider.address}>"
        called = await passed_on(provider, box, asserted + identity_header(), sender)
        assert "+12155550100@" in called.invited["from"]
        assert "+12155550100@" in called.invited["p-asserted-identity"]
        hidden = await passed_on(provider, box, asserted + "Privacy: id\r\n", sender)
        assert hidden.invited["from"].startswith('"Anonymous" <sip:anonymous@anonymous.invalid>')
        assert hidden.invited["privacy"] == "id"
        assert NUMBER in hidden.invited["p-asserted-identity"]
        calls = (await box.until("/calls", lambda page: len(page["items"]) == 2))["items"]
        assert [call["from_number"] for call in calls] == ["", "+12155550100"]
        assert (calls[1]["attestation"], calls[1]["verstat"]) == ("B", "TN-Validation-Passed")
        trail = (await box.get(f"/calls/{calls[1]['id']}"))["trail"]
        said = next(event["data"] for event in trail if event["event"] == "identity")
        assert said["attestation"] == "B"
        assert (said["orig"], said["verified"]) == ("12155550100", False)


async def test_an_untrusted_provider_is_shown_our_number_and_asserts_nothing(make_box: MakeBox) -> None:
    async with SipPeer("provider", "127.0.0.2") as provider, make_box(**office(provider, caller_id="own")) as box:
        asserted = f"P-Asserted-Identity: <sip:+12155550100@{provider.address}>\r\nIdentity: nonsense\r\n"
        called = await passed_on(provider, box, asserted, f"<sip:5551@{provider.address}>")
        assert f"<sip:{NUMBER}@" in called.invited["from"]
        assert not called.invited["p-asserted-identity"]
        call = await box.call_ended()
        assert (call["from_number"], call["attestation"]) == ("5551", None)


async def test_a_number_is_the_same_in_every_spelling(make_box: MakeBox) -> None:
    async with SipPeer("provider", "127.0.0.2") as provider, make_box(**office(provider)) as box, RtpEnd() as rtp:
        for number in ("+49301234560", "0049301234560", "49301234560", "0301234560"):
            dialog = await provider.call(f"sip:{number}@{box.sip}", sdp(rtp.port))
            await dialog.answer_of(200)
            await dialog.bye()
        dialog = await provider.call(f"sip:+48301234560@{box.sip}", sdp(rtp.port))
        assert (await dialog.answer_of()).status == 404
