# SPDX-License-Identifier: GPL-2.0-or-later
"""What is wrong with the board, as alarms with what to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from board.board import Board
from board.profile import Profile
from firmware.board.limits import Cooling, Heat, Voltage

STUCK_BUTTON = "The button has been pressed for a minute: it is stuck, or something leans on it. It is not listened to."
STUCK_RELAY = {
    True: "The lifeline relay is stuck: the phone at {station} is on the line, past the box. Have the relay replaced.",
    False: "The lifeline relay is stuck: the phone at {station} is on the card and would be dead without power. Have "
    "the relay replaced.",
}
HOT = "The box is too hot: {celsius} °C. Let air to it, and see whether its fan turns."
VERY_HOT = "The box is so hot that it may stop: {celsius} °C. Let air to it now, and see whether its fan turns."
LOW = "The supply voltage is too low: {volts} V instead of {low} V or more. Check the power supply and its cable."
HIGH = "The supply voltage is too high: {volts} V instead of {high} V at most. Replace the power supply."


@dataclass(frozen=True, slots=True)
class Trouble:
    """`kind` is stable."""

    kind: str
    severity: str
    text: str

    def as_json(self) -> dict[str, Any]:
        """For the report."""
        return {"kind": self.kind, "severity": self.severity, "text": self.text}


class Troubles:
    """By their kinds. Those of missing parts are there from the beginning."""

    def __init__(self, profile: Profile, board: Board) -> None:
        self._profile = profile
        self._found = {name: Trouble(f"part:{name}", "warning", text) for name, text in board.missing.items()}
        heat, supply = profile.temperature, profile.supply
        self._heat = Heat(heat.warn_c, heat.critical_c) if heat else None
        self._voltage = Voltage(supply.low_v, supply.high_v) if supply else None
        self._cooling = Cooling(profile.fan.on_c, profile.fan.off_c) if profile.fan else None

    def all(self) -> list[Trouble]:
        """As they are now."""
        return list(self._found.values())

    @property
    def fan_runs(self) -> bool:
        """Whether the fan is to run."""
        return self._cooling.running if self._cooling else False

    def failed(self, part: str, text: str) -> None:
        """A part does not obey or answer."""
        self._found[part] = Trouble(f"part:{part}", "warning", text)

    def works(self, part: str) -> None:
        """It does (again)."""
        self._found.pop(part, None)

    def button_is_stuck(self, stuck: bool) -> None:
        """Or came back."""
        self._set("stuck_button", stuck, "warning", STUCK_BUTTON)

    def relay_is_stuck(self, stuck: bool, wanted_on_card: bool) -> None:
        """`wanted_on_card`: where it should be."""
        lifeline = self._profile.lifeline
        station = lifeline.station if lifeline else ""
        self._set("relay", stuck, "error", STUCK_RELAY[wanted_on_card].format(station=station))

    def measured(self, celsius: float | None, volts: float | None) -> None:
        """None: not known now."""
        if self._cooling:
            self._cooling.feed(celsius)
        if self._heat and celsius is not None:
            level = self._heat.feed(celsius)
            self._set("hot", level == "warning", "warning", HOT.format(celsius=round(celsius)))
            self._set("very_hot", level == "critical", "critical", VERY_HOT.format(celsius=round(celsius)))
        if self._voltage and volts is not None:
            level = self._voltage.feed(volts)
            bounds = {"volts": round(volts, 1), "low": self._voltage.low_v, "high": self._voltage.high_v}
            self._set("supply_low", level == "low", "error", LOW.format(**bounds))
            self._set("supply_high", level == "high", "error", HIGH.format(**bounds))

    def _set(self, kind: str, wrong: bool, severity: str, text: str) -> None:
        if not wrong:
            self._found.pop(kind, None)
        elif kind not in self._found:
            self._found[kind] = Trouble(kind, severity, text)
