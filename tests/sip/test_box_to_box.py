# SPDX-License-Identifier: GPL-2.0-or-later
"""A second Tipring is the provider: a phone of one office talks with a phone of the other."""

from __future__ import annotations

from pathlib import Path

from hil.box import Box
from hil.phone import Phone
from tests.sip.hearing import both_hear


def office(number: str, **more: object) -> dict[str, object]:
    phone = {"number": number, "name": f"Phone {number}", "port": "fxs1"}
    return {"site": {"country": "de", "timezone": "UTC"}, "extension": [phone], **more}


async def test_one_office_is_the_provider_of_the_other(tmp_path: Path) -> None:
    """The number that is dialled reaches the far box by its route, and the caller is shown there."""
    route = [{"did": "+493012345671", "to": "extension:301"}]
    async with Box(tmp_path / "far", office("301", route=route), "sim:fxs=1") as far:
        sip = {"registrar": far.sip, "register": False, "number": "+493099999", "caller_id": "own", "codecs": ["alaw"]}
        trunk = [{"name": "far", "sip": sip | {"health_s": 1}}]
        outbound = [{"pattern": "0.", "strip": 1, "trunks": ["far"]}]
        near_office = office("201", trunk=trunk, outbound=outbound)
        async with Box(tmp_path / "near", near_office, "sim:fxs=1") as near:
            known = await near.until("/trunks", lambda trunks: trunks[0]["state"] == "up")
            assert known[0]["reachable"]
            async with (
                Phone(near.sim, "fxs1", "de", law="alaw", ahead=3) as one,
                Phone(far.sim, "fxs1", "de", law="alaw", ahead=3) as other,
            ):
                one.pick_up()
                await one.hears("dial", timeout=5)
                await one.dial("003012345671#")
                await other.rung(timeout=8)
                other.pick_up()
                await far.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
                await both_hear(one, other)
                one.hang_up()
                ended = await far.call_ended()
            sent = await near.call_ended()
    assert (ended["direction"], ended["from_number"], ended["to_number"]) == ("inbound", "+493099999", "03012345671")
    assert (ended["disposition"], ended["hangup_by"]) == ("answered", "caller")
    assert (sent["trunk"], sent["disposition"]) == ("far", "answered")
