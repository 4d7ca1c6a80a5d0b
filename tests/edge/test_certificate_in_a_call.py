# SPDX-License-Identifier: GPL-2.0-or-later
"""A certificate of an authority comes while people talk over TLS: nobody notices, and who connects sees it."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from pathlib import Path

from pebble import pebble

from firmware.acme.order import order
from firmware.config.acme import Acme
from hil.box import Box
from hil.hearing import both_hear
from hil.phone import Phone
from hil.rtp import RtpEnd
from hil.sip import sdp
from tests.edge.conftest import IN_ONE_LOOP, device, devices_of

pytestmark = IN_ONE_LOOP
NAME = "pbx.example.com"


def shown(box: Box) -> str:
    """The fingerprint of the certificate that a phone sees that connects now."""
    host, _, port = box.sip.rpartition(":")
    pem = ssl.get_server_certificate((host, int(port) + 1), timeout=10)
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


async def test_a_new_certificate_comes_while_somebody_talks_over_tls(own_box: Box, tmp_path: Path) -> None:
    box, folder = own_box, tmp_path / "authority"
    folder.mkdir()
    async with (
        device(box, "203", transport="tls") as carol, Phone(box.sim, "fxs1", ahead=6) as alice, RtpEnd() as rtp,
    ):  # fmt: skip
        await carol.register()
        await devices_of(box, "203", 1, 10)
        call = await carol.dial("201", sdp(rtp.port))
        await alice.rung(timeout=10)
        alice.pick_up()
        rtp.remote = (await call.answer_of(200, timeout=10)).media
        await both_hear(rtp, alice)
        before = await asyncio.to_thread(shown, box)
        with pebble(folder) as there:
            settings = {"names": (NAME,), "directory": there.directory, "port": there.proofs}
            acme = Acme(enabled=True, agreed_terms=True, ca_file=str(there.vouches), **settings)
            signed = await asyncio.to_thread(order, box.state, acme)
        assert signed.is_for(NAME)
        after = await asyncio.to_thread(shown, box)
        assert after != before
        assert after == signed.fingerprint.replace(":", "").lower()
        await both_hear(rtp, alice)
        assert [device["extension"] for device in await box.get("/phones")] == ["203"]
        assert (await call.bye()).status == 200  # over the connection of before
    cdr = await box.call_ended()
    assert (cdr["disposition"], cdr["hangup_by"]) == ("answered", "caller")
