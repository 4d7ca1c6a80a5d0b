# SPDX-License-Identifier: GPL-2.0-or-later
"""Temperature, supply voltage and fan: when a figure is an alarm, and when it is none any more. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

COOLER_C = 5.0  # an alarm about heat is over so much below its limit
STEADIER = 0.02  # of the limit: one about the supply is over so much inside
FAILED = 3  # readings in a row that are no measurement: one alone is a disturbance of the bus


@dataclass
class Heat:
    """`level`: "", "warning" or "critical"."""

    warn_c: float
    critical_c: float
    level: str = ""

    def feed(self, celsius: float) -> str:
        """The level from now on."""
        critical = self.critical_c - (COOLER_C if self.level == "critical" else 0)
        warn = self.warn_c - (COOLER_C if self.level else 0)
        self.level = "critical" if celsius >= critical else "warning" if celsius >= warn else ""
        return self.level


@dataclass
class Voltage:
    """`level`: "", "low" or "high"."""

    low_v: float
    high_v: float
    level: str = ""

    def feed(self, volts: float) -> str:
        """The level from now on."""
        low = self.low_v * (1 + STEADIER if self.level == "low" else 1)
        high = self.high_v * (1 - STEADIER if self.level == "high" else 1)
        self.level = "low" if volts < low else "high" if volts > high else ""
        return self.level


@dataclass
class Cooling:
    """A fan that runs when it is not known how hot it is."""

    on_c: float
    off_c: float
    running: bool = True

    def feed(self, celsius: float | None) -> bool:
        """Whether the fan is to run from now on."""
        if celsius is None or celsius >= self.on_c:
            self.running = True
        elif celsius < self.off_c:
            self.running = False
        return self.running


@dataclass
class Readings:
    """A meter that may fail: `value` is None and `failing` is true after FAILED failures in a row."""

    value: float | None = None
    failures: int = field(default=0)

    def got(self, value: float) -> None:
        """A measurement."""
        self.value, self.failures = value, 0

    def failed(self) -> None:
        """None came."""
        self.failures += 1
        if self.failing:
            self.value = None

    @property
    def failing(self) -> bool:
        """Whether the meter is to be believed broken."""
        return self.failures >= FAILED
