# SPDX-License-Identifier: GPL-2.0-or-later
"""Which numbers a text message may go to, and whose limits it counts for. Pure."""

from __future__ import annotations

from drivers.sms import NUMBER
from firmware import telephone_numbers
from firmware.config import Config
from firmware.countries import Country
from firmware.errors import Denied, Invalid
from firmware.routing import lists, outward
from firmware.routing.outward import TollKind


def check(config: Config, country: Country, number: str) -> TollKind | None:
    """Whose limits a message to this number counts for. Invalid: no number, or one for emergencies; Denied: blocked."""
    if not NUMBER.fullmatch(number):
        raise Invalid(f'"{number}" is no number that a text message can be sent to.', code="bad_number", field="number")
    forms = telephone_numbers.forms(number, country.code)
    if any(outward.emergency_in(config, country, form) for form in forms):
        raise Invalid(
            f"{number} is an emergency number: nobody reads text messages there. Call it.",
            code="emergency_number", field="number",
        )  # fmt: skip
    for form in forms:
        if refused := lists.refused_out(config, form):
            raise Denied(f"{refused[0].upper()}{refused[1:]}.", code="number_blocked", field="number")
    if outward.premium(config, country, [spelt for form in forms for spelt in outward.spellings(config, form)]):
        return TollKind.PREMIUM
    if telephone_numbers.is_of(number, country.code):
        return None
    return TollKind.INTERNATIONAL if outward.abroad(country, number) else None
