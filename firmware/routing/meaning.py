# SPDX-License-Identifier: GPL-2.0-or-later
"""What a number means that somebody in the house dials."""

from __future__ import annotations

from firmware.config import Config, Target, TargetKind
from firmware.config.dialplan import lookup
from firmware.countries import Country
from firmware.routing.outward import emergency_numbers


def meaning(config: Config, country: Country, number: str) -> Target | None:
    """Help first, then the house, then the outside; None when nothing matches. Feature codes are not among them."""
    if number in emergency_numbers(config, country):
        return Target(TargetKind.EXTERNAL, number)
    known = lookup((route.pattern for route in config.outbound), number).pattern
    return inside(config, number) or (Target(TargetKind.EXTERNAL, number) if known else None)


def inside(config: Config, number: str) -> Target | None:
    """An extension, a queue, a conference or a menu."""
    if any(extension.number == number for extension in config.extensions):
        return Target(TargetKind.EXTENSION, number)
    named = (
        (TargetKind.QUEUE, config.queues),
        (TargetKind.CONFERENCE, config.conferences),
        (TargetKind.IVR, config.ivrs),
    )
    for kind, tables in named:
        for table in tables:
            if number and table.number == number:
                return Target(kind, table.name)
    return None
