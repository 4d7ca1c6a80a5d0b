# SPDX-License-Identifier: GPL-2.0-or-later
"""What the edge tells the core of an INVITE, in headers that it takes from everybody else."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

HEADER = "X-Tipring-Edge"
"""Its value is known to edge and core only."""
_SOURCE, _USER = "X-Tipring-Source", "X-Tipring-User"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an INVITE came from (HOST:PORT), and of which extension's phone it is, "" of none."""

    source: str
    extension: str

    def is_near(self, trusted: Iterable[str]) -> bool:
        """In this house's networks: private ones (RFC 1918), or those of its owner's word."""
        try:
            address = ipaddress.ip_address(self.source.rpartition(":")[0].strip("[]"))
        except ValueError:
            return False
        networks = (ipaddress.ip_network(network, strict=False) for network in trusted)
        return address.is_private or any(address in network for network in networks)


def origin_of(header: Callable[[str], str], secret: str) -> Origin | None:
    """Of an INVITE whose headers' values `header` gives, "" for those it lacks. None: it came past the edge."""
    if not secrets.compare_digest(header(HEADER).encode(), secret.encode()):
        return None
    host, port, *_ = (*header(_SOURCE).split(), "", "")
    return Origin(f"{host}:{port}", header(_USER))
