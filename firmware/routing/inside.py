# SPDX-License-Identifier: GPL-2.0-or-later
"""What a number dialled in the house means."""

from __future__ import annotations

from firmware.config import Config, Target, TargetKind, features
from firmware.config.dialplan import lookup
from firmware.countries import Country
from firmware.routing.outward import emergency_numbers

MOST_HOPS = 5  # places that send a call on, one to the next


def inside(config: Config) -> dict[str, Target]:
    """Everything of the house that has a number."""
    targets: dict[str | None, Target] = {
        **{item.number: Target(TargetKind.QUEUE, item.name) for item in config.queues},
        **{item.number: Target(TargetKind.CONFERENCE, item.name) for item in config.conferences},
        **{item.number: Target(TargetKind.IVR, item.name) for item in config.ivrs},
        **{item.number: Target(TargetKind.GROUP, item.name) for item in config.groups},
        **{item.number: Target(TargetKind.SURVEY, item.name) for item in config.surveys},
        **{item.number: Target(TargetKind.PAGING, item.name) for item in config.pagings},
        **{item.number: Target(TargetKind.EXTENSION, item.number) for item in config.extensions},
    }
    return {number: target for number, target in targets.items() if number}


def known(config: Config, country: Country) -> features.Known:
    """What may be dialled after the code of a feature, and without one."""
    outside = (*emergency_numbers(config, country), *(route.pattern for route in config.outbound))
    return features.Known(
        [extension.number for extension in config.extensions],
        [*inside(config), *outside],
        [queue.number for queue in config.queues if queue.number],
        [agent.number for agent in config.agents if agent.number],
        [reason.key for reason in config.pause_reasons],
        [disposition.key for disposition in config.dispositions],
    )


def resolve(config: Config, country: Country, number: str) -> Target | None:
    """Where a call to this number goes; None when nothing has it. An emergency number is never anything else."""
    if number in emergency_numbers(config, country):
        return Target(TargetKind.EXTERNAL, number)
    if target := inside(config).get(number):
        return target
    found = lookup((route.pattern for route in config.outbound), number).pattern
    return Target(TargetKind.EXTERNAL, number) if found else None
