# SPDX-License-Identifier: GPL-2.0-or-later
"""What the telephone company plugged in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from firmware.config.recordings import Recorded
from firmware.config.values import CallerId, OutsideNumber, PortId, Section, Several, TargetText, Text


def _cadence(times: tuple[int, ...]) -> tuple[int, ...]:
    pairs = len(times) in (2, 4, 6, 8) and all(60 <= ms <= 10_000 for ms in times)
    if not pairs and times != (0,):
        raise ValueError("give on and off times in pairs, at most four of 60 to 10000 ms each, e.g. [500, 500]; or [0]")
    return times


ToneFrequency = Annotated[float, Field(ge=200, le=3400, allow_inf_nan=False)]
Gain = Annotated[float, Field(ge=-12, le=12, allow_inf_nan=False)]


class HangUp(Section):
    """How a line says that the far end hung up; what is left out is the country's, or on unless it must be learnt.

    `battery_ms`: battery gone for so long. `tones`: busy and congestion tone. `silence_s`: nothing heard; 0 is never.
    """

    battery_ms: Annotated[int, Field(ge=50, le=5000)] | None = None
    polarity: bool | None = None
    tones: bool | None = None
    dial_tone: bool | None = None
    silence_s: Annotated[int, Field(ge=0, le=3600)] = 0


class LearntTone(Section):
    """A tone as one line has it: up to three frequencies in Hz at once, on and off times in ms; [0] never pauses."""

    frequencies: Annotated[Several[ToneFrequency], Field(min_length=1, max_length=3)]
    cadence_ms: Annotated[Several[int], AfterValidator(_cadence)]


class Line(Section):
    """What the telephone company plugged into an FXO port; `number` is its number there.

    `caller_id` is a `CallerIdKind`; None is the country's. Gains in dB: `rx` from the line, `tx` to it.
    `fax` is where a caller goes who turns out to be a fax machine.
    """

    port: PortId
    name: Text = ""
    number: OutsideNumber = ""
    caller_id: CallerId | None = None
    hangup: HangUp = Field(default_factory=HangUp)
    busy_tone: LearntTone | None = None
    rx_gain_db: Gain = 0.0
    tx_gain_db: Gain = 0.0
    echo_canceller: bool = True
    fax: TargetText | None = None
    dialling: Literal["tone", "pulse"] = "tone"
    record: Recorded = False
