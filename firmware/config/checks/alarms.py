# SPDX-License-Identifier: GPL-2.0-or-later
"""Those who are told of alarms: each in one way that there is."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.alarms.routing import WAYS
from firmware.config.checks.document import Document, tables_at, text_at
from firmware.config.checks.names import Names, missing
from firmware.config.problems import ConfigProblem, path_of


def alarm_channels(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """One way each, and what it needs."""
    for index, item in tables_at(document, "alarm_channel"):
        given = [way for way in WAYS if item.get(way)]
        named = [way for way in WAYS if way in item]
        if not given and len(named) == 1:
            yield ConfigProblem(path_of("alarm_channel", index, named[0]), "says nobody who is to be told")
        elif len(given) != 1:
            yield ConfigProblem(path_of("alarm_channel", index), f"needs one of {', '.join(WAYS)}, and only one")
        if "mail" in given and "mail" not in document:
            yield ConfigProblem(
                path_of("alarm_channel", index, "mail"), "there is no mail server to send it through; add [mail]"
            )
        hook = text_at(item, "webhook")
        if hook and (problem := missing("webhook", hook, names)):
            yield ConfigProblem(path_of("alarm_channel", index, "webhook"), problem)
        snmp = item.get("snmp")
        if isinstance(snmp, dict):
            yield from _snmp(snmp, path_of("alarm_channel", index, "snmp"))


def _snmp(snmp: Document, path: str) -> Iterator[ConfigProblem]:
    """A community or a user; privacy (RFC 3414) not without authentication."""
    if bool(snmp.get("community")) is bool(snmp.get("user")):
        yield ConfigProblem(f"{path}.community", "needs a community (SNMPv2c), or a user (SNMPv3), and not both")
    if snmp.get("privacy_password") and not snmp.get("password"):
        yield ConfigProblem(f"{path}.password", "is needed where there is a privacy_password")
    if snmp.get("password") and not snmp.get("user"):
        yield ConfigProblem(f"{path}.user", "is needed where there is a password")
