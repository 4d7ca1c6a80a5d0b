# SPDX-License-Identifier: GPL-2.0-or-later
"""Which number a line has is learnt on the wire: the box calls itself, or somebody calls and a line rings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from story_ends import ANNA, QUICK, Ends

from hil.box import Box
from hil.exchange import Exchange

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120)]
SLOW_S = 40.0
OWN = "5559101"  # of fxo1, as the exchange shows it; the office believes 5550101


@pytest_asyncio.fixture(loop_scope="session")
async def lines(box: Box, ends: Ends) -> AsyncIterator[tuple[Exchange, Exchange]]:
    """Two lines at an exchange. Afterwards the configuration is as it was."""
    before = (await box.get("/config"))["document"]
    yield await ends.exchange("fxo1"), await ends.exchange("fxo2")
    await box.request("POST", "/api/v1/acceptance/numbers", {})
    now = (await box.get("/config"))["document"]
    if now != before:
        await box.request("PUT", "/api/v1/config", before)


async def asked(box: Box, **what: str) -> None:
    await box.request("POST", "/api/v1/acceptance/numbers", what)


async def told(box: Box, state: str) -> dict[str, Any]:
    """Waits for a state of the learning."""

    def reached(known: dict[str, Any]) -> bool:
        return bool(known["learning"]) and known["learning"]["state"] == state

    return dict((await box.until("/acceptance", reached, SLOW_S))["learning"])


async def number_of(box: Box, port: str) -> str:
    document = (await box.get("/config"))["document"]
    return str(next(line for line in document["line"] if line["port"] == port)["number"])


async def test_a_line_calls_another_one_which_shows_its_number(
    box: Box, ends: Ends, lines: tuple[Exchange, Exchange]
) -> None:
    first, second = lines
    before = await box.get("/calls?limit=500")
    await asked(box, line="fxo1")
    assert (await told(box, "calling"))["via"] == "fxo2"
    assert await first.digits(7, SLOW_S) == "5550102"
    second.ring(OWN, "HARBOUR", cadence_ms=QUICK)
    await first.on_hook(timeout=SLOW_S)  # it has seen enough: nobody answered, nobody was rung
    second.give_up()
    learnt = await told(box, "learnt")
    assert (learnt["line"], learnt["number"]) == ("fxo1", OWN)
    assert await number_of(box, "fxo1") == OWN
    await ends.port_is("fxo2", "idle", SLOW_S)
    assert await box.get("/calls?limit=500") == before  # no call of the office


async def test_a_line_that_shows_nobody_says_so(box: Box, ends: Ends, lines: tuple[Exchange, Exchange]) -> None:
    first, second = lines
    await asked(box, line="fxo1")
    assert await first.digits(7, SLOW_S) == "5550102"
    second.ring(send_caller_id=False, cadence_ms=QUICK)
    await first.on_hook(timeout=SLOW_S)
    second.give_up()
    assert "showed no number" in (await told(box, "failed"))["why"]
    await ends.port_is("fxo2", "idle", SLOW_S)


async def test_somebody_else_who_calls_at_that_moment_is_taken_as_ever(
    box: Box, ends: Ends, lines: tuple[Exchange, Exchange]
) -> None:
    first, second = lines
    phone = await ends.phone(3)
    await asked(box, line="fxo1")
    assert await first.digits(7, SLOW_S) == "5550102"
    second.ring(*ANNA, cadence_ms=QUICK)
    await first.on_hook(timeout=SLOW_S)
    assert "Somebody else" in (await told(box, "failed"))["why"]
    await phone.rung(timeout=SLOW_S)
    second.give_up()
    assert (await ends.ended(timeout=SLOW_S))["from_number"] == ANNA[0]
    assert await number_of(box, "fxo1") == "5550101"


async def test_the_line_that_rings_when_a_number_is_called_is_named(
    box: Box, ends: Ends, lines: tuple[Exchange, Exchange]
) -> None:
    _, second = lines
    await asked(box, number="555 0177")
    assert (await told(box, "waiting"))["number"] == "5550177"
    second.ring(*ANNA, cadence_ms=QUICK)
    rang = (await box.until("/acceptance", lambda known: (known["learning"] or {}).get("caller"), SLOW_S))["learning"]
    assert (rang["line"], rang["number"], rang["caller"]) == ("fxo2", "5550177", ANNA[0])
    second.give_up()
    await ends.ended(timeout=SLOW_S)
