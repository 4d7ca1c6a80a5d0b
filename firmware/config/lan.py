# SPDX-License-Identifier: GPL-2.0-or-later
"""The box in its network: the address by which everybody finds it."""

from __future__ import annotations

import ipaddress
from typing import Annotated

from pydantic import AfterValidator, Field

from firmware.config.values import HOST, Section, Several, matching


def _own(text: str) -> str:
    """An address with its prefix, which a machine can have."""
    try:
        found = ipaddress.IPv4Interface(text)
        inside = found.network.prefixlen >= 31 or found.ip not in (found.network[0], found.network[-1])
        usable = "/" in text and 8 <= found.network.prefixlen <= 32 and inside and found.ip.packed[0] in range(1, 224)
    except ValueError:
        usable = False
    if not usable or found.ip.is_loopback:
        raise ValueError(f'"{text}" is no address of a machine; use one with its prefix such as 192.168.1.5/24')
    return str(found)


def _host(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError(f'"{text}" is no address; use one such as 192.168.1.1') from None


OwnAddress = Annotated[str, AfterValidator(_own)]
HostAddress = Annotated[str, AfterValidator(_host)]


class Network(Section):
    """Whatever is left out comes by DHCP. `interface` "": the wired ones. `vlan`: the box talks in this one, tagged."""

    host_name: Annotated[
        str, matching(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)?", "small letters, digits and - (at most 63)")
    ] = ""
    interface: Annotated[str, matching(r"[A-Za-z0-9._-]{0,15}", "the name of an interface such as eth0")] = ""
    address: OwnAddress | None = None
    gateway: HostAddress | None = None
    name_servers: Annotated[Several[HostAddress], Field(max_length=4)] = ()
    time_servers: Annotated[Several[Annotated[str, matching(HOST, "a name or an address")]], Field(max_length=4)] = ()
    vlan: Annotated[int, Field(ge=1, le=4094)] | None = None
