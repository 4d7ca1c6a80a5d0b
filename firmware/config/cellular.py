# SPDX-License-Identifier: GPL-2.0-or-later
"""Cellular modems: text messages and the state of a SIM card."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from firmware.config.values import FilePath, Name, OutsideNumber, Section, matching

SimPin = Annotated[str, matching(r"([0-9]{4,8})?", "4 to 8 digits, or nothing")]


class Cellular(Section):
    """A modem with a SIM card at a serial `device`. `number` is the card's own; `per_hour` text messages may go out."""

    name: Name
    device: FilePath
    pin: SimPin = ""
    number: OutsideNumber = ""
    per_hour: Annotated[int, Field(ge=0, le=1000)] = 60
