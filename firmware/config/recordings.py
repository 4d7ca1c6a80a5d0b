# SPDX-License-Identifier: GPL-2.0-or-later
"""What is recorded, what of it is silenced, how it is kept and for how long."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, PlainValidator

from firmware.config.values import FilePath, Name, Section, matching

Percent = Annotated[int, Field(ge=0, le=100)]


def _recorded(value: object) -> bool | str:
    if isinstance(value, bool) or (isinstance(value, str) and re.fullmatch(r"(100|[1-9]?[0-9])%", value)):
        return value
    if isinstance(value, str):
        raise ValueError(f'"{value}" is no share of calls; use true, false, or a percentage such as "20%"')
    raise ValueError(f"must be true or false, not {value}")


Recorded = Annotated[bool | str, PlainValidator(_recorded)]
"""Whether calls are recorded: all, none, or a share such as "20%"."""


def percent(recorded: bool | str) -> int:
    """Of the calls."""
    return int(recorded.rstrip("%")) if isinstance(recorded, str) else 100 * recorded


Days = Annotated[int, Field(ge=1, le=36500)]
KeySequence = Annotated[str, matching(r"([*#][0-9*#]{1,3})?", "* or # and up to 3 more, or nothing to switch it off")]


class Recordings(Section):
    """`share`: percent of the calls that no queue, extension, line or trunk has recorded.

    `mask_digits`: when keys that are pressed in a call are silenced; `digit_run` is how many in a row make a card
    number. `key_file` encrypts what is stored. `keep_days`, `queue_days` and `max_gb` end the life of recordings; None
    is for ever. `record_key`, `pause_key` and `card_key` are pressed by phones of the house during a call.
    """

    share: Percent = 0
    format: Literal["opus", "wav"] = "opus"
    mask_digits: Literal["runs", "always", "card_entry", "never"] = "runs"
    digit_run: Annotated[int, Field(ge=3, le=12)] = 8
    key_file: FilePath | None = None
    keep_days: Days | None = None
    queue_days: dict[Name, Days] = Field(default_factory=dict)
    max_gb: Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)] | None = None
    record_key: KeySequence = "*1"
    pause_key: KeySequence = "*2"
    card_key: KeySequence = "*3"
