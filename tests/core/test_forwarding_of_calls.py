# SPDX-License-Identifier: GPL-2.0-or-later
"""From a call to the cloud, through a cloud that is away and services that die."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from hil.box import Box
from hil.rtp import RtpEnd
from hil.sip import SipPeer, sdp
from tests.sip.conftest import IN_ONE_LOOP, MakeBox, dial
from tests.sip.test_sip_agents import sip_office
from tests.uplink.conftest import FakeCloud, until

pytestmark = IN_ONE_LOOP


@pytest.fixture
def cloud() -> Iterator[FakeCloud]:
    """A real HTTP server that is down."""
    server = FakeCloud()
    yield server
    server.down()


async def a_call(box: Box, caller: SipPeer, agent: SipPeer) -> dict[str, Any]:
    """Answered, recorded, ended, and finished."""
    async with RtpEnd() as rtp, RtpEnd() as agent_rtp:
        before = len((await box.get("/calls"))["items"])
        dialog = await dial(caller, box, "600", rtp)
        offered = await agent.invited()
        offered.answer(200, sdp(agent_rtp.port))
        agent_rtp.remote = offered.media
        await agent_rtp.listen(0.5)
        await dialog.bye()
        call = await box.call_ended(before + 1)
    await box.until(f"/recordings/{call['recordings'][0]}", lambda r: r["state"] == "ready")
    return call


async def test_everything_arrives_in_order_once_the_cloud_is_up(
    make_box: MakeBox, peer: SipPeer, cloud: FakeCloud
) -> None:
    """Every service is killed once meanwhile, and the whole box is restarted."""
    async with SipPeer("agent") as agent:
        settings = {"url": cloud.url, "token": "secret", "recordings": True}
        async with make_box(cloud=settings, **sip_office(agent.address, greeting="none")) as box:
            calls = [await a_call(box, peer, agent)]
            for service in ("uplink", "web", "core"):
                await box.killed(service)
                await box.until("/ports", lambda ports: ports, timeout=30)
                calls.append(await a_call(box, peer, agent))
            assert await box.stop() == 0
            await box.start()
            calls.append(await a_call(box, peer, agent))
            assert cloud.events == []

            await box.killed("uplink")  # its pause between tries begins small again
            cloud.up()
            ids = [call["id"] for call in calls]
            recordings = [call["recordings"][0] for call in calls]

            def arrived() -> bool:
                return set(recordings) <= set(cloud.audio) and set(ids) <= set(cloud.subjects())

            await asyncio.to_thread(until, arrived, "everything")
            assert once(cloud.subjects()) == ids
            assert once(cloud.subjects("tipring.recording.ready")) == recordings
            for event in cloud.events:
                if event["type"] == "tipring.call.ended":
                    cdr = event["data"]
                    known = await box.get(f"/calls/{cdr['id']}")
                    assert {name: known[name] for name in cdr} == cdr
                    assert cdr["recordings"] == [recordings[ids.index(cdr["id"])]]
            for id in recordings:  # FakeCloud has compared Content-Digest with the audio
                assert cloud.audio[id] == await box.get(f"/recordings/{id}/audio")
            last = await a_call(box, peer, agent)

            def last_arrived() -> bool:
                return last["id"] in cloud.subjects() and last["recordings"][0] in cloud.audio

            await asyncio.to_thread(until, last_arrived, "the last call")


def once(subjects: list[str]) -> list[str]:
    """The cloud may see one twice: the first time counts."""
    return list(dict.fromkeys(subjects))


async def test_what_the_cloud_refuses_is_an_alarm_that_everybody_sees(
    make_box: MakeBox, peer: SipPeer, cloud: FakeCloud
) -> None:
    cloud.answer = lambda method, path, body: (403, {})
    cloud.up()
    async with SipPeer("agent") as agent:
        settings = {"url": cloud.url, "token": "wrong", "recordings": False}
        async with make_box(cloud=settings, **sip_office(agent.address, greeting="none")) as box:
            await a_call(box, peer, agent)
            alarms = await box.until("/alarms", lambda alarms: alarms)
            assert {alarm["kind"] for alarm in alarms} == {"cloud_refused"}
            assert (await box.get("/health"))["status"] == "degraded"
            await box.killed("core")
            await box.until("/alarms", lambda alarms: alarms, timeout=30)
            cloud.answer = lambda method, path, body: None
            config = await box.get("/config")
            document = config.get("document", config)
            document["cloud"]["token"] = "right"
            await box.request("PUT", "/api/v1/config", {"document": document} if "document" in config else document)
            await box.until("/alarms", lambda alarms: alarms == [], timeout=10)
            await box.until("/health", lambda health: health["status"] == "ok")
