# SPDX-License-Identifier: GPL-2.0-or-later
"""A box whose certificate has expired, and one without Kamailio: what works goes on, and the box says what does not."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from hil.certificates import Authority
from hil.hearing import both_hear
from hil.phone import Phone
from hil.rtp import RtpEnd
from hil.sip import SipPeer, sdp
from tests.edge.conftest import device, devices_of, sip_phones
from tests.sip.conftest import MakeBox
from tests.sip.test_trunks import account, trunks


async def test_an_expired_certificate_is_an_alarm_until_there_is_a_new_one(make_box: MakeBox, tmp_path: Path) -> None:
    """Phones that do not check it work on; those that do, see for themselves."""
    authority = Authority(tmp_path / "authority")
    old, new = authority.server("old", "IP:127.0.0.1", expired=True), authority.server("new", "IP:127.0.0.1")
    edge = tmp_path / "box" / "edge"
    edge.mkdir(parents=True)
    shutil.copy(old.certificate, edge / "certificate.pem")
    shutil.copy(old.key, edge / "key.pem")
    async with make_box(**sip_phones()) as box, device(box, "203", transport="tls") as carol:
        alarms = await box.until("/alarms", lambda alarms: alarms)
        assert [alarm["kind"] for alarm in alarms] == ["certificate"]
        assert "expired on" in alarms[0]["text"]
        assert "tipring certificate install" in box.tipring("status").stdout
        assert (await carol.register()).status == 200
        await asyncio.to_thread(box.tipring, "certificate", "install", str(new.certificate), str(new.key))
        alarms = await box.until("/alarms", lambda alarms: any("expires on" in alarm["text"] for alarm in alarms))
        assert len(alarms) == 1  # five days are left
        await devices_of(box, "203", 1)


async def test_without_kamailio_telephones_and_trunks_work_and_the_box_says_what_does_not(make_box: MakeBox) -> None:
    async with SipPeer("provider", "127.0.0.2") as provider, RtpEnd() as rtp:
        document = sip_phones(**trunks(isp=account(provider)))
        async with make_box(environment={"TIPRING_KAMAILIO": ""}, **document) as box, Phone(box.sim, ahead=3) as alice:
            said = box.tipring("status").stdout
            assert "Kamailio is not installed, so SIP phones cannot register: 203, 204." in said
            assert (await box.get("/health"))["status"] == "degraded"
            alice.pick_up()
            await alice.hears("dial", timeout=5)
            await alice.dial("95550199#")
            called = await provider.invited()
            called.answer(200, sdp(rtp.port))
            rtp.remote = called.media
            await both_hear(rtp, alice)
            await called.bye()
            assert (await box.call_ended())["disposition"] == "answered"
            alice.hang_up()
            await box.until("/ports", lambda ports: all(port["state"] == "idle" for port in ports[1:]))
            alice.pick_up()
            await alice.hears("dial", timeout=5)
            await alice.dial("203")
            await alice.hears("congestion", timeout=5)
            assert (await box.call_ended(2))["hangup_cause"] == 27
