# SPDX-License-Identifier: GPL-2.0-or-later
"""Which channel is told of which alarm, and when. Pure; channels are tables `[[alarm_channel]]` of the document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from firmware.alarms.kinds import area_of
from firmware.alarms.quiet import Quiet
from firmware.records import Severity

Channel = Mapping[str, Any]

WAYS = ("mail", "call", "webhook", "syslog", "snmp")
OF_CHANNEL = "alarm_channel:"  # kind of alarm, before the name of a channel that takes nothing
RAISED = "raised"
LEAST = {"call": Severity.CRITICAL}
"""From which severity on a way is used where the channel does not say; else from a warning on."""


def way_of(channel: Channel) -> str:
    """How it tells."""
    return next(way for way in WAYS if channel.get(way))


def severity_of(channel: Channel) -> Severity:
    """From which on it is told."""
    return Severity(channel.get("severity") or LEAST.get(way_of(channel), Severity.WARNING))


def wants(channel: Channel, what: str, alarm: Mapping[str, Any]) -> bool:
    """Whether it is told of this at all. A channel does not tell of its own troubles, and nobody is called to hear that
    all is well."""
    kind = alarm["kind"]
    areas = channel.get("areas") or ()
    if what != RAISED and (way_of(channel) == "call" or not channel.get("cleared", True)):
        return False
    if kind == f"{OF_CHANNEL}{channel['name']}":
        return False
    return Severity(alarm["severity"]).weight >= severity_of(channel).weight and (
        not areas or area_of(kind).value in areas
    )


def due_at(channel: Channel, alarm: Mapping[str, Any], local: datetime) -> datetime:
    """Not before then: at once, or after the quiet hours that go on at `local`."""
    if not channel.get("quiet"):
        return local
    through = Severity(channel.get("quiet_severity", "critical"))
    if Severity(alarm["severity"]).weight >= through.weight:
        return local
    return Quiet.parse(channel["quiet"]).over_at(local) or local
