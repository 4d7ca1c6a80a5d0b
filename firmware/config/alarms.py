# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is told of alarms, and how."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from firmware.alarms.kinds import Area
from firmware.alarms.quiet import Quiet
from firmware.config.reports import Address
from firmware.config.values import HOST, PORT, FilePath, Name, Secret, Section, Several, each_once, matching, read_by


def _area(text: str) -> str:
    if text not in tuple(Area):
        raise ValueError(f'"{text}" is no area; use one of {", ".join(Area)}')
    return text


SeverityWord = Literal["warning", "error", "critical"]
AreaWord = Annotated[str, AfterValidator(_area)]
Receiver = Annotated[str, matching(f"{HOST}{PORT}?", "HOST or HOST:PORT, e.g. 192.0.2.20:514")]
Dialled = Annotated[str, matching(r"\+?[0-9]{2,32}", "a number as a phone of the house dials it")]


class Syslog(Section):
    """A syslog server (RFC 5424). `ca_file`: who signed its certificate, if no authority that is known."""

    server: Receiver
    transport: Literal["udp", "tcp", "tls"] = "udp"
    ca_file: FilePath | None = None


class Snmp(Section):
    """A receiver of notifications: SNMPv2c with `community`, or SNMPv3 with `user` and passwords (SHA-256, AES-128).

    `inform`: the receiver confirms each, so that none is lost; false sends traps.
    """

    server: Receiver
    community: Secret | None = None
    user: Name | None = None
    password: Annotated[Secret, Field(min_length=8)] | None = None
    privacy_password: Annotated[Secret, Field(min_length=8)] | None = None
    inform: bool = True


class AlarmChannel(Section):
    """One way to tell of alarms: `mail`, `call`, `webhook`, `syslog` or `snmp`.

    It is told of alarms from `severity` on, of its `areas` (none: of all). In `quiet` hours it is told at once only of
    what is as grave as `quiet_severity`, of the rest afterwards. `cleared`: of their ends, too.
    """

    name: Name
    mail: Annotated[Several[Address], Field(max_length=20)] = ()
    call: Annotated[Several[Dialled], Field(max_length=10)] = ()
    webhook: Name | None = None
    syslog: Syslog | None = None
    snmp: Snmp | None = None
    severity: SeverityWord | None = None
    areas: Annotated[Several[AreaWord], AfterValidator(each_once)] = ()
    quiet: Annotated[str, read_by(Quiet.parse)] | None = None
    quiet_severity: SeverityWord = "critical"
    cleared: bool = True
    language: Literal["en", "zh"] | None = None
