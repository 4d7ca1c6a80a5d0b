# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether the box would find its way out of its network."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from firmware.config.checks.document import Document, table_at
from firmware.config.problems import ConfigProblem


def network(document: Document) -> Iterator[ConfigProblem]:
    """A way out that is in the network, and only together with an address."""
    table = table_at(document, "network")
    address, gateway = table.get("address"), table.get("gateway")
    if not gateway:
        return
    if not address:
        yield ConfigProblem("network.gateway", "comes by DHCP with the address; give both, or neither")
        return
    try:
        own, way = ipaddress.IPv4Interface(address), ipaddress.IPv4Address(gateway)
    except (ValueError, TypeError):
        return  # the types say so
    if way not in own.network or way == own.ip:
        yield ConfigProblem("network.gateway", f'"{gateway}" is not in the network {own.network}; use the router there')
