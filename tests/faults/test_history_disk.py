# SPDX-License-Identifier: GPL-2.0-or-later
"""history.db on a disk that is full: calls go on, and what happened is told once there is room."""

from __future__ import annotations

from pathlib import Path

from hil.rtp import RtpEnd
from hil.sip import SipPeer, sdp
from tests.faults.test_bad_disk import shim
from tests.sip.conftest import IN_ONE_LOOP, MakeBox, dial
from tests.sip.test_sip_agents import sip_office

pytestmark = IN_ONE_LOOP

__all__ = ["shim"]


async def test_calls_go_on_while_the_history_cannot_be_written_and_are_in_it_later(
    make_box: MakeBox, peer: SipPeer, shim: Path, tmp_path: Path
) -> None:
    orders = tmp_path / "orders"
    orders.write_text("")
    disk = {
        "LD_PRELOAD": str(shim),
        "BAD_DISK_UNDER": str(tmp_path / "box" / "history.db"),
        "BAD_DISK_ORDERS": str(orders),
    }
    async with (
        SipPeer("agent") as agent,
        RtpEnd() as rtp,
        make_box(environment=disk, **sip_office(agent.address, greeting="none")) as box,
    ):
        orders.write_text("full")
        for n in range(3):
            dialog = await dial(peer, box, "600", rtp, caller=f"<sip:77{n}@provider.invalid>")
            (await agent.invited()).answer(200, sdp(rtp.port))
            active = await box.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
            assert active[0]["from_number"] == f"77{n}"
            await rtp.listen(0.5)
            await dialog.bye()
            await box.until("/calls/active", lambda calls: not calls)
        alarms = await box.until("/alarms", lambda alarms: alarms)
        assert [alarm["kind"] for alarm in alarms] == ["history"]
        assert "disk is full" in alarms[0]["text"]
        assert (await box.get("/health"))["status"] == "degraded"
        assert (await box.get("/calls"))["items"] == []

        orders.write_text("")
        await box.call_ended(3, timeout=10)
        calls = (await box.get("/calls"))["items"]
        assert [call["from_number"] for call in reversed(calls)] == ["770", "771", "772"]
        assert {call["disposition"] for call in calls} == {"answered"}
        trail = (await box.get(f"/calls/{calls[0]['id']}"))["trail"]
        assert [event["event"] for event in trail][-2:] == ["answered", "ended"] or "ended" in trail[-1]["event"]
        for call in calls:
            await box.until(f"/recordings/{call['recordings'][0]}", lambda r: r["state"] == "ready")
        await box.until("/health", lambda health: health["status"] == "ok")


async def test_a_core_that_starts_on_a_full_disk_takes_calls(
    make_box: MakeBox, peer: SipPeer, shim: Path, tmp_path: Path
) -> None:
    """Even when the last one was killed in a call whose record is to be concluded first."""
    orders = tmp_path / "orders"
    orders.write_text("")
    disk = {"LD_PRELOAD": str(shim), "BAD_DISK_UNDER": str(tmp_path / "box"), "BAD_DISK_ORDERS": str(orders)}
    async with RtpEnd() as rtp, make_box(environment=disk) as box:
        await dial(peer, box, "600", rtp)
        call = (await box.until("/calls/active", lambda calls: calls))[0]["id"]
        orders.write_text("full")
        await box.killed("core")
        await box.until("/calls/active", lambda calls: calls == [], timeout=8)
        dialog = await dial(peer, box, "600", rtp)
        await dialog.bye()
        orders.write_text("")
        assert (await box.call_ended(2, timeout=10))["disposition"] == "abandoned"
        cut = await box.get(f"/calls/{call}")
        assert (cut["disposition"], cut["hangup_cause"]) == ("failed", 41)
