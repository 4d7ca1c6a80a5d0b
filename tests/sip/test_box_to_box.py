# SPDX-License-Identifier: GPL-2.0-or-later
"""A second Tipring is the provider: one office has an account there, and calls go both ways."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hil.box import Box
from hil.hearing import both_hear
from hil.phone import Phone


def office(number: str, *more_extensions: dict[str, Any], **more: Any) -> dict[str, Any]:
    phone = {"number": number, "name": f"Phone {number}", "port": "fxs1"}
    return {"site": {"country": "de", "timezone": "UTC"}, "extension": [phone, *more_extensions], **more}


async def test_one_office_is_the_provider_of_the_other(tmp_path: Path) -> None:
    """It registers with digest, is asked for its health, calls out under its account, and is called by its number."""
    account = {"number": "500", "sip": {"password": "provider-secret"}}
    async with Box(tmp_path / "far", office("301", account), "sim:fxs=1") as far:
        sip = {"registrar": far.sip, "username": "500", "password": "provider-secret", "caller_id": "own"}
        changes = {
            "trunk": [{"name": "far", "sip": sip | {"codecs": ["alaw"], "health_s": 1}}],
            "outbound": [{"pattern": "0.", "strip": 1, "trunks": ["far"]}],
            "route": [{"trunk": "far", "to": "extension:201"}],
        }
        async with (
            Box(tmp_path / "near", office("201", **changes), "sim:fxs=1") as near,
            Phone(near.sim, "fxs1", "de", law="alaw", ahead=3) as one,
            Phone(far.sim, "fxs1", "de", law="alaw", ahead=3) as other,
        ):
            known = await near.until("/trunks", lambda trunks: trunks[0]["registered"] and trunks[0]["reachable"])
            assert known[0]["state"] == "up"
            for caller, called, number in ((one, other, "0301#"), (other, one, "500#")):
                caller.pick_up()
                await caller.hears("dial", timeout=5)
                await caller.dial(number)
                await called.rung(timeout=8)
                called.pick_up()
                await far.until("/calls/active", lambda calls: calls and calls[0]["state"] == "talking")
                await both_hear(one, other)
                caller.hang_up()
                await near.until("/calls/active", lambda calls: not calls)
                called.hang_up()
                for box in (near, far):
                    await box.until("/ports", lambda ports: ports[0]["state"] == "idle")
            out = await far.until("/calls", lambda page: len(page["items"]) == 2)
            sent = await near.until("/calls", lambda page: len(page["items"]) == 2)
    assert [(call["from_number"], call["to_number"]) for call in out["items"]] == [("301", "500"), ("500", "301")]
    assert [(call["direction"], call["trunk"]) for call in sent["items"]] == [("inbound", "far"), ("outbound", "far")]
    assert {call["disposition"] for call in [*out["items"], *sent["items"]]} == {"answered"}
