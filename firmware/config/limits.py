# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may call whom: lists of numbers, limits of tolls, calling in to call out."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from firmware.config.extensions import CallClass
from firmware.config.values import Name, Patterns, Section, matching

DisaPin = Annotated[str, matching(r"[0-9]{6,12}", "6 to 12 digits")]
Limit = Annotated[int, Field(ge=0, le=100_000)]


class NumberLists(Section):
    """Patterns of callers (`_in`) and of numbers called (`_out`). What is allowed is allowed though it is blocked."""

    block_in: Patterns = ()
    allow_in: Patterns = ()
    block_out: Patterns = ()
    allow_out: Patterns = ()
    reject_anonymous: bool = False


class TollLimits(Section):
    """Calls and minutes within an hour and a day, for all extensions together."""

    calls_per_hour: Limit = 30
    minutes_per_hour: Limit = 120
    calls_per_day: Limit = 100
    minutes_per_day: Limit = 600


class PremiumLimits(TollLimits):
    """The same, narrower."""

    calls_per_hour: Limit = 5
    minutes_per_hour: Limit = 15
    calls_per_day: Limit = 10
    minutes_per_day: Limit = 30


class Tolls(Section):
    """Limits against toll fraud. `premium_numbers` beside the country's. `cut_calls`: those that go on end as well."""

    premium_numbers: Patterns = ()
    international: TollLimits = Field(default_factory=TollLimits)
    premium: PremiumLimits = Field(default_factory=PremiumLimits)
    cut_calls: bool = False


class Disa(Section):
    """Direct inward system access: who calls in and knows the PIN calls on from the house, up to a class."""

    name: Name
    pin: DisaPin
    call_class: CallClass = Field(default="national", alias="class")
