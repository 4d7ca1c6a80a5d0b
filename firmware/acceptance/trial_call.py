# SPDX-License-Identifier: GPL-2.0-or-later
"""A test call, as the core's events tell of it, and what it proves. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from firmware.acceptance.check import Result, Seen
from firmware.acceptance.examine import CALL_IN, CALL_OUT

DIRECTIONS = {"inbound": CALL_IN, "outbound": CALL_OUT}
TODO = {
    "rang": "Nothing rang. Is the telephone on the hook? See where calls go, and try again.",
    "answered": "Nobody answered. Try again, and lift the telephone that rings.",
    "heard_outside": "Nothing was heard from outside. Try again, and say a few words there; then test the line.",
    "heard_inside": "Nothing was heard from the telephone here. Try again, and say a few words; then try another.",
    "recorded": "It was not recorded. See that there is room on the disk, and try again.",
}  # fmt: skip
HEARD = "It rang, was answered, both were heard, and it was recorded."


@dataclass(slots=True)
class TrialCall:
    """Steps are ticked as they happen; levels (dBm0, whole numbers) come after the end."""

    call: str
    number: str = ""
    rang: bool = False
    answered: bool = False
    recorded: bool = False
    heard_outside: bool = False
    heard_inside: bool = False
    outside_dbm0: int | None = None
    inside_dbm0: int | None = None
    ended: bool = False

    def goes_on(self, call: Mapping[str, Any]) -> None:
        """The call's event `call`."""
        self.number = call["from_number"] if call["direction"] == "inbound" else call["to_number"]
        self.rang = self.rang or call["state"] in ("offered", "talking", "dialling")
        self.answered = self.answered or call["state"] == "talking"
        self.recorded = self.recorded or bool(call["recording"])

    def measured(self, outside_dbm0: float | None, inside_dbm0: float | None) -> None:
        """What the recording's channels hold; None is silence."""
        self.heard_outside, self.heard_inside = outside_dbm0 is not None, inside_dbm0 is not None
        self.outside_dbm0 = None if outside_dbm0 is None else round(outside_dbm0)
        self.inside_dbm0 = None if inside_dbm0 is None else round(inside_dbm0)

    def as_json(self) -> dict[str, Any]:
        """For the control socket and the certificate."""
        return asdict(self)

    def verdict(self, check: str, at: datetime, by: str) -> Seen:
        """What it proves; what is missing first says what to do."""
        missing = next((text for step, text in TODO.items() if not getattr(self, step)), "")
        data = {name: value for name, value in self.as_json().items() if name != "number"}  # it may have to be erased
        return Seen(check, Result.FAIL if missing else Result.PASS, at, by, missing or HEARD, data)
