# SPDX-License-Identifier: GPL-2.0-or-later
"""What a number dialled in the house means."""

from __future__ import annotations

from firmware.calls.causes import Cause
from firmware.calls.host import Host
from firmware.calls.leg import Failed
from firmware.config import Extension, Target, TargetKind, features
from firmware.config.dialplan import lookup
from firmware.routing import inside
from firmware.routing.outward import may, outward


def takes_more(host: Host, digits: str) -> bool:
    """Whether a further digit can still make a number of these, or another one."""
    known = inside.known(host.config, host.country)
    return lookup(known.numbers, digits).more or features.takes_more(host.config.features, digits, known)


def resolve(host: Host, number: str) -> Target | None:
    """What a number dialled in the house means; None when nothing."""
    return inside.resolve(host.config, host.country, number)


def feature(host: Host, number: str) -> tuple[str, str] | None:
    """The feature of the box that a number asks for, and its argument."""
    return features.dialled(host.config.features, number, inside.known(host.config, host.country))


def permit(host: Host, extension: str, target: Target, service: str | None = None) -> None:
    """Failed when the class of service of an extension (or `service` in its place) does not have this call."""
    known = host.config.extension(extension)
    service = service or (known.call_class if known else None)
    if target.kind != TargetKind.EXTERNAL or service is None:
        return
    call = outward(host.config, host.country, target.value)
    if not may(service, call):
        who = extension or "whoever calls in"
        raise Failed(Cause.NOT_ALLOWED, f"{who} may not make {call.needs} calls, only {service} ones")


def extension_of(host: Host, number: str) -> Extension:
    """An extension by its number. Failed when there is none."""
    extension = host.config.extension(number)
    if not extension:
        raise Failed(Cause.UNALLOCATED, f"there is no extension {number}")
    return extension
