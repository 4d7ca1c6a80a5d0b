# SPDX-License-Identifier: GPL-2.0-or-later
"""Trunks over TLS, whose certificates are verified, and encrypted sound."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hil.baresip import Baresip
from hil.certificates import Authority
from hil.hearing import assert_heard, when_on_time
from hil.listen import faults, speech_like
from hil.rtp import RtpEnd
from hil.sip import Registrar, SipPeer, sdp
from hil.sip_server import SipServer
from tests.sip.conftest import IN_ONE_LOOP, MakeBox, dial

pytestmark = IN_ONE_LOOP

OUT = "5550155"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


def tls(provider: SipServer, authority: Authority, **more: Any) -> dict[str, Any]:
    account = {"registrar": provider.address, "username": "office", "password": "secret", "transport": "tls"}
    return {"sip": account | {"ca_file": str(authority.certificate)} | more}


def through(**trunk: Any) -> dict[str, Any]:
    """Whoever calls OUT is connected over the trunk."""
    return {"trunk": [{"name": "isp", **trunk}], "route": [{"did": OUT, "to": "trunk:isp"}], "outbound": []}


async def test_a_trunk_over_tls_registers_and_carries_calls(
    make_box: MakeBox, authority: Authority, peer: SipPeer
) -> None:
    server = authority.server("provider", "IP:127.0.0.2")
    async with SipServer(server.context, host="127.0.0.2") as provider:
        registrar = provider.registrar = Registrar("office", "secret")
        async with make_box(**through(**tls(provider, authority))) as box, RtpEnd() as rtp, RtpEnd() as far:
            await provider.until(lambda: registrar.bindings, 10, "a registration")
            trunks = await box.until("/trunks", lambda trunks: trunks[0]["reachable"] and trunks[0]["registered"])
            assert (trunks[0]["state"], trunks[0]["last_error"]) == ("up", None)
            assert trunks[0]["latency_ms"] > 0
            dialog = await peer.call(f"sip:{OUT}@{box.sip}", sdp(rtp.port))
            called = await provider.invited()
            assert "transport=tls" in called.invited["contact"].lower()
            called.answer(200, sdp(far.port))
            await dialog.answer_of(200)
            await called.bye()
            await dialog.hung_up(3)
            call = await box.call_ended()
    assert (call["trunk"], call["disposition"]) == ("isp", "answered")


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("expired", "it is valid from"),
        ("another name", "not for 127.0.0.2"),
        ("unknown authority", "Give the provider's CA as ca_file"),
    ],
)
async def test_a_wrong_certificate_is_an_alarm_and_nothing_is_told_to_that_server(
    make_box: MakeBox, authority: Authority, tmp_path: Path, fault: str, says: str
) -> None:
    address = "IP:127.0.0.9" if fault == "another name" else "IP:127.0.0.2"
    vouching = Authority(tmp_path / "another") if fault == "unknown authority" else authority
    server = vouching.server("provider", address, expired=fault == "expired")
    async with SipServer(server.context, host="127.0.0.2") as provider:
        provider.registrar = Registrar("office", "secret")
        async with make_box(**through(**tls(provider, authority))) as box:
            alarms = await box.until("/alarms", lambda alarms: alarms)
            assert alarms[0]["kind"] == "trunk:isp"
            assert says in alarms[0]["text"]
            trunk = (await box.get("/trunks"))[0]
            assert says in trunk["last_error"]
            assert provider.log == []
            if fault == "another name":  # put right at once, and calls would not have been dropped
                document = (await box.get("/config"))["document"]
                document["trunk"][0]["sip"]["tls_verify"] = False
                await box.request("PUT", "/api/v1/config", document)
                await box.until("/alarms", lambda alarms: not alarms)


@pytest.mark.parametrize(("keying", "encryption"), [("sdes", "srtp-mand"), ("dtls", "dtls_srtp")])
async def test_sound_is_encrypted_when_the_trunk_says_so(
    make_box: MakeBox, tmp_path: Path, peer: SipPeer, keying: str, encryption: str
) -> None:
    """baresip as the provider, which takes nothing else."""
    spoken, answer = speech_like(2.0, seed=1), speech_like(1.0, seed=2)
    async with Baresip(tmp_path / "baresip", "PCMU", answer, answers=True, encryption=encryption, user=OUT) as provider:
        sip = {"registrar": f"127.0.0.1:{provider.sip_port}", "register": False, "srtp": "mandatory"}
        async with make_box(**through(sip=sip | {"srtp_keying": keying})) as box, RtpEnd() as rtp:
            dialog = await dial(peer, box, OUT, rtp)
            await provider.event("CALL_ESTABLISHED")
            async with asyncio.timeout(30):  # baresip sends what it had to say before there were keys in one burst, and
                while faults(answer, await rtp.listen(2.2)):  # the jitter buffer gets rid of it, 10 ms at a time
                    pass

            async def both_speak(_: int) -> None:
                rtp.say(spoken)
                assert_heard(answer, await rtp.listen(3.0))

            await when_on_time(both_speak, rtp, provider)
            await dialog.bye()
            await provider.event("CALL_CLOSED")
            assert_heard(spoken, provider.heard())
            profile = (await box.call_ended())["disposition"]
    assert profile == "answered"


async def test_a_provider_without_encryption_is_refused_where_it_is_mandatory(make_box: MakeBox, peer: SipPeer) -> None:
    async with SipPeer("provider", "127.0.0.2") as provider, RtpEnd() as rtp:
        sip = {"registrar": provider.address, "register": False, "srtp": "mandatory"}
        async with make_box(**through(sip=sip)) as box:
            dialog = await peer.call(f"sip:{OUT}@{box.sip}", sdp(rtp.port))
            called = await provider.invited()
            assert "RTP/SAVP " in called.invited.body
            called.answer(488)
            assert (await dialog.answer_of()).status == 488
            assert (await box.call_ended())["hangup_cause"] == 88
