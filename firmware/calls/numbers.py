# SPDX-License-Identifier: GPL-2.0-or-later
"""What a number dialled in the house means."""

from __future__ import annotations

from firmware.calls.causes import Cause
from firmware.calls.host import Host
from firmware.calls.leg import Failed
from firmware.config import Config, Extension, Outbound, Target, TargetKind, features
from firmware.config.dialplan import lookup


def takes_more(host: Host, digits: str) -> bool:
    """Whether a further digit can still make a number of these, or another one."""
    known = _known(host)
    return lookup(known.numbers, digits).more or features.takes_more(host.config.features, digits, known)


def _inside(config: Config) -> dict[str, Target]:
    """What has a number of its own, but for extensions. Those without one are under ""."""
    return {
        **{item.number or "": Target(TargetKind.QUEUE, item.name) for item in config.queues},
        **{item.number or "": Target(TargetKind.CONFERENCE, item.name) for item in config.conferences},
        **{item.number or "": Target(TargetKind.GROUP, item.name) for item in config.groups},
        **{item.number or "": Target(TargetKind.PAGING, item.name) for item in config.pagings},
    }


def _known(host: Host) -> features.Known:
    config = host.config
    extensions = [e.number for e in config.extensions]
    inside = [number for number in _inside(config) if number]
    return features.Known(extensions, [*extensions, *inside, *(route.pattern for route in config.outbound)])


def resolve(host: Host, number: str) -> Target | None:
    """What a number dialled in the house means; None when nothing."""
    config = host.config
    if any(e.number == number for e in config.extensions):
        return Target(TargetKind.EXTENSION, number)
    inside = _inside(config).get(number) if number else None
    if inside:
        return inside
    return Target(TargetKind.EXTERNAL, number) if outbound_for(host, number) else None


def feature(host: Host, number: str) -> tuple[str, str] | None:
    """The feature of the box that a number asks for, and its argument."""
    return features.dialled(host.config.features, number, _known(host))


def outbound_for(host: Host, digits: str) -> Outbound | None:
    """The most specific outbound route that the digits match."""
    routes = {route.pattern: route for route in reversed(host.config.outbound)}
    found = lookup(routes, digits).pattern
    return routes[found] if found else None


def extension_of(host: Host, number: str) -> Extension:
    """An extension by its number. Failed when there is none."""
    extension = next((e for e in host.config.extensions if e.number == number), None)
    if not extension:
        raise Failed(Cause.UNALLOCATED, f"there is no extension {number}")
    return extension
