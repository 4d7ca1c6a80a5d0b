# SPDX-License-Identifier: GPL-2.0-or-later
"""What a number dialled in the house means."""

from __future__ import annotations

from firmware.calls.causes import Cause
from firmware.calls.host import Host
from firmware.calls.leg import Failed
from firmware.config import Extension, Target, TargetKind, features
from firmware.config.dialplan import lookup
from firmware.routing.outward import emergency_numbers, may, outward


def patterns(host: Host) -> list[str]:
    """Every number and pattern that a telephone may dial."""
    config = host.config
    numbers = [e.number for e in config.extensions] + [q.number for q in config.queues if q.number]
    numbers += [c.number for c in config.conferences if c.number]
    numbers += [menu.number for menu in config.ivrs if menu.number]
    codes = features.numbers(config.features, (e.number for e in config.extensions))
    return [*numbers, *codes, *emergency_numbers(config, host.country), *(route.pattern for route in config.outbound)]


def resolve(host: Host, number: str) -> Target | None:
    """What a number dialled in the house means; None when nothing."""
    config = host.config
    if number in emergency_numbers(config, host.country):
        return Target(TargetKind.EXTERNAL, number)
    if any(e.number == number for e in config.extensions):
        return Target(TargetKind.EXTENSION, number)
    queue = next((q for q in config.queues if number and q.number == number), None)
    if queue:
        return Target(TargetKind.QUEUE, queue.name)
    conference = next((c for c in config.conferences if number and c.number == number), None)
    if conference:
        return Target(TargetKind.CONFERENCE, conference.name)
    menu = next((menu for menu in config.ivrs if number and menu.number == number), None)
    if menu:
        return Target(TargetKind.IVR, menu.name)
    known = lookup((route.pattern for route in config.outbound), number).pattern
    return Target(TargetKind.EXTERNAL, number) if known else None


def feature(host: Host, number: str) -> tuple[str, str] | None:
    """The feature of the box that a number asks for, and its argument."""
    return features.dialled(host.config.features, number, (e.number for e in host.config.extensions))


def permit(host: Host, extension: str, target: Target, service: str | None = None) -> None:
    """Failed when the class of service of an extension (or `service` in its place) does not have this call."""
    known = next((e for e in host.config.extensions if e.number == extension), None)
    service = service or (known.call_class if known else None)
    if target.kind != TargetKind.EXTERNAL or service is None:
        return
    call = outward(host.config, host.country, target.value)
    if not may(service, call):
        who = extension or "whoever calls in"
        raise Failed(Cause.NOT_ALLOWED, f"{who} may not make {call.needs} calls, only {service} ones")


def extension_of(host: Host, number: str) -> Extension:
    """An extension by its number. Failed when there is none."""
    extension = next((e for e in host.config.extensions if e.number == number), None)
    if not extension:
        raise Failed(Cause.UNALLOCATED, f"there is no extension {number}")
    return extension
