# SPDX-License-Identifier: GPL-2.0-or-later
"""Lines and phones that are told who calls in another way than the country's, all at once in one box."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from story_ends import QUICK, Ends
from story_office import box_of

from hil.callerid import CallerId
from hil.exchange import Exchange
from hil.phone import Phone

pytestmark = pytest.mark.asyncio(loop_scope="session")

KINDS = ("v23_ring_pulse", "v23_alerting", "dtmf", "dtmf_ring_pulse", "dtmf_alerting", "dtmf_after_ring", "ntt", "none")
CARD = "sim:fxo=8,fxs=8"


def office() -> dict[str, Any]:
    """Line n has the n-th kind and leads to phone n, which has it too."""
    numbered = list(enumerate(KINDS, start=1))
    return {
        "site": {"name": "Kinds", "country": "us", "language": "en", "timezone": "UTC"},
        "line": [{"port": f"fxo{n}", "caller_id": kind} for n, kind in numbered],
        "extension": [
            {"number": f"20{n}", "name": f"Phone {n}", "port": f"fxs{n}", "caller_id": kind} for n, kind in numbered
        ],
        "route": [{"line": f"fxo{n}", "to": f"extension:20{n}"} for n, _ in numbered],
    }


async def told(exchange: Exchange, phone: Phone, caller: CallerId) -> str:
    """Who the phone shows for this caller: a number, P or O, or "" when it is not told."""
    exchange.ring(caller_id=caller, cadence_ms=QUICK)
    await phone.rung(timeout=14, steps=1)
    if phone.kind == "none":
        assert phone.caller is None
        return ""
    shown = await phone.caller_id(timeout=4)
    return shown.number or shown.number_absent


async def test_each_kind_comes_in_and_goes_out(tmp_path: Path, sounds: Path) -> None:
    async with box_of(tmp_path, sounds, office(), CARD) as box:
        ends = Ends(box)
        pairs = [
            (await ends.exchange(f"fxo{n}", caller_id=kind), await ends.phone(n, caller_id=kind))
            for n, kind in enumerate(KINDS, start=1)
        ]
        callers = [CallerId(f"03123456{n}") for n in range(4)] + [CallerId(number_absent="P")]
        callers += [CallerId(f"03123456{n}") for n in range(5, 8)]
        shown = []
        for half in (slice(0, 4), slice(4, 8)):
            shown += await asyncio.gather(
                *(told(*pair, caller) for pair, caller in zip(pairs[half], callers[half], strict=True))
            )
        assert dict(zip(KINDS, shown, strict=True)) == {
            kind: "" if kind == "none" else caller.number or "P" for kind, caller in zip(KINDS, callers, strict=True)
        }
        japan, phone = pairs[KINDS.index("ntt")]
        phone.pick_up()
        await japan.off_hook(timeout=5)  # the second time: now it is a call
        await ends.unplug_all()


async def test_who_waits_is_noted_in_the_call(ends: Ends) -> None:
    exchange, phone = await ends.exchange("fxo2"), await ends.phone(3)
    exchange.ring("5550000", cadence_ms=QUICK)
    await phone.rung(timeout=8)
    phone.pick_up()
    call = await ends.call_is("talking")
    assert await exchange.call_waiting(CallerId("5559876", "BOB JONES"))
    await asyncio.sleep(1.2)
    trail = [step for step in await ends.trail(call["id"]) if step["event"] == "call_waiting"]
    assert [(step["data"]["number"], step["data"]["name"]) for step in trail] == [("5559876", "BOB JONES")]
    assert phone.caller is None  # the other party has not heard the data
    await exchange.unplug()
    await ends.ended()
