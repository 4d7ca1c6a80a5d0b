# SPDX-License-Identifier: GPL-2.0-or-later
"""The SIP edge, the cloud, and programs that use the API."""

from __future__ import annotations

import base64
import ipaddress
import re
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, Field

from firmware.config.values import HOST, Name, Section, Several, matching
from firmware.store.webhooks import TYPES


def _network(text: str) -> str:
    try:
        if not ipaddress.IPv4Network(text, strict=False).prefixlen:
            raise ValueError("everything")
    except ValueError:
        raise ValueError(f'"{text}" is no network; use an IPv4 one such as 192.168.1.0/24 or 203.0.113.7') from None
    return text


def _parts(text: str, allowed: str) -> SplitResult:
    """Of an http or https address."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not re.fullmatch(r"[\x21-\x7e]{1,2000}", text):
        raise ValueError(f'"{text}" is not an http or https address; {allowed}')
    return parts


def _address(text: str) -> str:
    allowed = "use an address like https://crm.example.com/hook?box=1"
    parts = _parts(text, allowed)
    if "@" in parts.netloc or parts.fragment:
        raise ValueError(f'"{text}": leave out user, password and #; {allowed}')
    return text


Address = Annotated[str, AfterValidator(_address)]


def _url(text: str) -> str:
    allowed = "use an address like https://cloud.example.com/tipring"
    parts = _parts(text, allowed)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError(f'"{text}": leave out user, password, ? and #; {allowed}, and put the secret into cloud.token')
    return text.rstrip("/")


def _secret(text: str) -> str:
    """`whsec_` announces a key in Base64, as Standard Webhooks has it."""
    if text.startswith("whsec_"):
        try:
            base64.b64decode(text.removeprefix("whsec_"), validate=True)
        except ValueError:
            raise ValueError("what follows whsec_ is not Base64; use a key in Base64, or leave whsec_ out") from None
    return text


def _event(text: str) -> str:
    if text not in TYPES:
        raise ValueError(f'"{text}" is no event; use one of {", ".join(TYPES)}')
    return text


Event = Annotated[str, AfterValidator(_event)]
Network = Annotated[str, AfterValidator(_network)]


def _any_network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        raise ValueError(
            f'"{text}" is no network; use one such as 203.0.113.7, 198.51.100.0/24 or 2001:db8::/48'
        ) from None


AnyNetwork = Annotated[str, AfterValidator(_any_network)]


class Web(Section):
    """Pages and API. Owners and installers come in from the local network, and from `admin_networks` beside it."""

    admin_networks: Several[AnyNetwork] = ()


class Edge(Section):
    """The SIP edge. Ports None: next to that of `--sip`, 0: none. `trusted` networks are never banned nor slowed down.

    `domain` is a name of the box that phones may have as their server. A ban takes `ban_after` wrong guesses.
    """

    domain: Annotated[str, matching(HOST, "a name like pbx.example.com")] | None = None
    tls_port: Annotated[int, Field(ge=0, le=65535)] | None = None
    wss_port: Annotated[int, Field(ge=0, le=65535)] | None = None
    trusted: Several[Network] = ()
    ban_after: Annotated[int, Field(ge=3, le=100)] = 8
    ban_s: Annotated[int, Field(ge=60, le=604800)] = 3600


class Cloud(Section):
    """Where history is forwarded; `recordings`: the audio too. `url` has no slash at its end."""

    url: Annotated[str, AfterValidator(_url)]
    token: Annotated[str, matching(r"[\x21-\x7e]{0,4096}", "printable ASCII without spaces")] = ""
    recordings: bool = True


class Webhook(Section):
    """Where events are sent as they happen; `events` empty: all of them. A receiver that fails for `give_up_days` is
    disabled. `secret` signs what is sent."""

    name: Name
    url: Address
    secret: Annotated[
        str,
        matching(r"[\x21-\x7e]{16,256}", "16 to 256 printable characters without spaces"),
        AfterValidator(_secret),
    ]
    events: Several[Event] = ()
    give_up_days: Annotated[int, Field(ge=1, le=7)] = 5


class Api(Section):
    """What one token, session or address may ask of the REST API; 0: as much as it likes."""

    requests_per_minute: Annotated[int, Field(ge=0, le=1_000_000)] = 1200
