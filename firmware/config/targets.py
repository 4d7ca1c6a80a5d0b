# SPDX-License-Identifier: GPL-2.0-or-later
"""Targets: where a route or an overflow sends a call, as "kind:value"."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass


class TargetKind(enum.StrEnum):
    QUEUE = "queue"
    EXTENSION = "extension"
    TRUNK = "trunk"
    EXTERNAL = "external"
    CONFERENCE = "conference"
    DISA = "disa"


ALLOWED = "queue:NAME, extension:NUMBER, conference:NAME, disa:NAME, trunk:NAME or external:NUMBER"
_LATER = {"voicemail": "voicemail", "ivr": "menus (IVR)"}
_EXTERNAL = re.compile(r"\+?[0-9*#]{1,32}")


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed target, e.g. `Target(TargetKind.QUEUE, "support")`."""

    kind: TargetKind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


def parse_target(text: str) -> Target:
    """Reads "queue:support". ValueError says what is wrong and what is allowed."""
    kind, colon, value = text.partition(":")
    if kind in _LATER and colon:
        raise ValueError(f'"{text}": this version has no {_LATER[kind]} yet; use {ALLOWED}')
    if not colon or kind not in tuple(TargetKind) or not value:
        raise ValueError(f'"{text}" is not a target; use {ALLOWED}')
    if kind == TargetKind.EXTERNAL and not _EXTERNAL.fullmatch(value):
        raise ValueError(f'"{value}" is not a number to dial; use digits, * and #, with + in front or not')
    return Target(TargetKind(kind), value)
