# SPDX-License-Identifier: GPL-2.0-or-later
"""The same box in countries whose exchanges and telephones do it in another way."""

from __future__ import annotations

from pathlib import Path

import pytest
from story_ends import ANNA, Ends
from story_office import box_of, office

from hil.hearing import both_hear

pytestmark = pytest.mark.asyncio(loop_scope="session")

COUNTRIES = {
    "gb": "V.23 after polarity reversal and alerting signal, before the first ring; A-law",
    "de": "V.23 between the first and the second ring; A-law",
    "se": "DTMF after polarity reversal, before the first ring; A-law",
}


@pytest.mark.parametrize("country", COUNTRIES)
async def test_a_call_of_the_country_is_shown_connected_and_ended(tmp_path: Path, sounds: Path, country: str) -> None:
    config = office()
    config["site"]["country"] = country
    async with box_of(tmp_path, sounds, config) as box:
        ends = Ends(box, country)
        await ends.begin()
        exchange, phone, other = await ends.exchange("fxo2"), await ends.phone(3), await ends.phone(4)
        exchange.ring(*ANNA)
        cadence = exchange.country.ring_cadence_ms
        await phone.rung(timeout=12)
        if "before the first ring" in COUNTRIES[country]:
            assert phone.caller is not None
        assert await phone.rung(timeout=8, steps=len(cadence)) == pytest.approx(list(cadence), abs=80)
        shown = await phone.caller_id(timeout=1)
        assert shown.number == ANNA[0]
        phone.pick_up()
        await ends.call_is("talking")

        await both_hear(exchange, phone)

        await exchange.hang_up("busy")
        await exchange.on_hook(timeout=6)
        await phone.hears("congestion", timeout=5)
        call = await ends.ended()
        assert (call["from_number"], call["disposition"], call["hangup_by"]) == (ANNA[0], "answered", "caller")

        other.pick_up()
        await other.hears("dial", timeout=5)
        await other.dial("203")
        await other.hears("busy", timeout=5)
        await ends.unplug_all()
