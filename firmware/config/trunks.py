# SPDX-License-Identifier: GPL-2.0-or-later
"""Ways out."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from firmware.config.values import (
    HOST,
    PORT,
    FilePath,
    Name,
    OutsideNumber,
    PortId,
    Section,
    Several,
    Text,
    each_once,
    matching,
)


def _session_timer(seconds: int) -> int:
    if seconds and not 90 <= seconds <= 86400:
        raise ValueError(f"{seconds} cannot be used; use 90 to 86400 s (RFC 4028), or 0 for none")
    return seconds


def _srtp(value: object) -> object:
    return {True: "mandatory", False: "off"}[value] if isinstance(value, bool) else value


Registrar = Annotated[str, matching(f"(sips?:)?{HOST}{PORT}?", "HOST or HOST:PORT, e.g. sip.example.com:5060")]
Codec = Literal["ulaw", "alaw", "g722", "opus"]


class TrunkSip(Section):
    """A SIP account. `registers` (`register` in the file) is false for a peer that knows our address.

    Everything else is explained in docs/trunks.md. Times of 0: never.
    """

    registrar: Registrar
    backups: Annotated[Several[Registrar], Field(max_length=4)] = ()
    username: Text = ""
    password: Text = ""
    transport: Literal["udp", "tcp", "tls"] = "udp"
    tls_verify: bool = True
    ca_file: FilePath | None = None
    srtp: Annotated[Literal["off", "optional", "mandatory"], BeforeValidator(_srtp)] = "off"
    srtp_keying: Literal["sdes", "dtls"] = "sdes"
    registers: bool = Field(default=True, alias="register")
    health_s: Annotated[int, Field(ge=0, le=3600)] = 30
    codecs: Annotated[Several[Codec], AfterValidator(each_once)] = ("ulaw", "alaw", "g722")
    number: OutsideNumber = ""
    caller_id: Literal["caller", "extension", "own"] = "caller"
    trusted: bool = False
    redirects: Annotated[int, Field(ge=0, le=5)] = 0
    refer: bool = False
    session_timer_s: Annotated[int, AfterValidator(_session_timer)] = 1800
    rtp_timeout_s: Annotated[int, Field(ge=0, le=3600)] = 60


class Trunk(Section):
    """A way out: a SIP account, or a group of FXO ports taken in this order."""

    name: Name
    sip: TrunkSip | None = None
    ports: Several[PortId] = ()
