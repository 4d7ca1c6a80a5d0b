# SPDX-License-Identifier: GPL-2.0-or-later
"""The internet is away, and with it the name servers: nobody in the office notices, but for an alarm."""

from __future__ import annotations

import asyncio
import subprocess
import time
from pathlib import Path

import pytest

from hil.exchange import Exchange
from hil.phone import Phone
from hil.rtp import RtpEnd
from hil.sip import Registrar, SipPeer, sdp
from tests.sip.conftest import IN_ONE_LOOP, MakeBox, dial
from tests.sip.test_trunks import account, phone_that_dialled, trunks

pytestmark = IN_ONE_LOOP

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def dns(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment with these name servers."""
    library = tmp_path_factory.mktemp("dns") / "slow_dns.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", str(HERE / "slow_dns.c"), "-o", str(library), "-ldl"], check=True)
    return {"LD_PRELOAD": str(library)}


async def test_a_name_that_cannot_be_resolved_delays_nothing_but_its_own_trunk(
    make_box: MakeBox, peer: SipPeer, dns: dict[str, str]
) -> None:
    away = {"registrar": "sip.away.test", "username": "office", "password": "secret"}
    async with make_box(environment=dns, **trunks(isp=away)) as box, RtpEnd() as rtp:
        slowest = 0.0
        for _ in range(8):
            began = time.monotonic()
            dialog = await dial(peer, box, "600", rtp)
            slowest = max(slowest, time.monotonic() - began)
            await dialog.bye()
            await asyncio.sleep(0.3)
        assert slowest < 2
        async with Exchange(box.sim, "fxo1") as exchange, phone_that_dialled(box, "95550199#"):
            await exchange.off_hook(timeout=6)
        alarms = await box.until("/alarms", lambda alarms: alarms, timeout=10)
        assert alarms[0]["kind"] == "trunk:isp"
        assert "sip.away.test" in alarms[0]["text"]


async def test_a_provider_known_by_name_is_registered_with_called_and_recognised(
    make_box: MakeBox, dns: dict[str, str]
) -> None:
    async with SipPeer("provider") as provider:
        registrar = provider.registrar = Registrar("office", "secret")
        settings = {**account(provider, register=True), "registrar": f"isp.test:{provider.port}"}
        routes = [{"trunk": "isp", "to": "extension:202"}]
        async with make_box(environment=dns, route=routes, **trunks(isp=settings)) as box:
            await provider.until(lambda: registrar.bindings, 5, "a registration")
            assert next(m.uri for m in provider.log if m.method == "REGISTER").startswith("sip:isp.test")
            async with phone_that_dialled(box, "95550199#") as phone:
                called = await provider.invited()
                assert called.invited.uri.startswith("sip:5550199@isp.test")
                assert called.invited["route"] == ""
                called.answer(486)
                await phone.hears("busy", timeout=5)
            dialog = await provider.call(f"sip:5559999@{box.sip}", sdp(40000))
            async with Phone(box.sim, "fxs2") as phone:
                await phone.rung(timeout=3)
                dialog.cancel()
                await dialog.answer_of(487)
            assert (await box.call_ended(2))["trunk"] == "isp"
            assert await box.stop() == 0
            await provider.until(lambda: not registrar.bindings, 2, "the end of the registration")
