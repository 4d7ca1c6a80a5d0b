# SPDX-License-Identifier: GPL-2.0-or-later
"""Feature codes by which people choose for their own extension: forwards, do not disturb, call waiting, ring back."""

from __future__ import annotations

from firmware.calls.causes import Cause
from firmware.calls.host import Host
from firmware.calls.leg import Failed, Leg
from firmware.calls.numbers import permit, resolve
from firmware.calls.scope import while_present
from firmware.calls.talking import say
from firmware.config.chosen import FORWARDS, SWITCHES
from firmware.prompts import spoken

OFF = "_off"
COMPLETE = "complete"
NAMES = tuple(name + suffix for name in (*FORWARDS, *SWITCHES, COMPLETE) for suffix in ("", OFF))


async def chosen(host: Host, leg: Leg, number: str, name: str, argument: str) -> None:
    """Does what the code says for extension `number`, and says that it is done. Failed, Gone, Unavailable."""
    if not number:
        raise Failed(Cause.NOT_ALLOWED, "this phone belongs to no extension")
    on = not name.endswith(OFF)
    name = name.removesuffix(OFF)
    if name == COMPLETE:
        (host.completions.ask if on else host.completions.forget)(number)
    elif name in SWITCHES:
        await host.choices.choose(number, **{name: on})
    else:
        check_forward(host, number, argument)
        await host.choices.choose(number, **{name: argument})
    async with while_present(leg):
        await leg.answer()
        await say(host, leg, "switched-on" if on else "switched-off", *spoken.digits(argument))


def check_forward(host: Host, number: str, to: str) -> None:
    """Whether an extension may be forwarded to this number. Failed."""
    target = resolve(host, to) if to else None
    if to and not target:
        raise Failed(Cause.UNALLOCATED, f"nothing in the dial plan matches {to}")
    if target:
        permit(host, number, target)
    if to == number:
        raise Failed(Cause.NOT_ALLOWED, f"{number} cannot be forwarded to itself")
