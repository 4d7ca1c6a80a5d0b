# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a webhook may lead: the internet and the office's network, but not the box itself nor what only it can see.

The name is looked up once, and what it leads to is what is connected to: a name that changes its mind gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

_THIS_NETWORK = ipaddress.ip_network("0.0.0.0/8")  # RFC 1122, section 3.2.1.3: Linux takes it for this machine


def is_outside(address: str) -> bool:
    """False for this machine (127.0.0.0/8, ::1, 0.0.0.0/8), link-local addresses (where clouds keep their secrets), and
    those that are nobody's."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    here = ip.is_loopback or ip.is_unspecified or ip in _THIS_NETWORK
    return not (here or ip.is_link_local or ip.is_multicast or ip.is_reserved)


def connect_outside(address: tuple[str, int], timeout: float | None = None, *more: Any) -> socket.socket:
    """As `socket.create_connection`. OSError also when the name leads to no address outside."""
    host, port = address
    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    outside = [ip for ip in dict.fromkeys(found) if is_outside(ip)]
    if not outside:
        raise OSError(f"{host} leads to this machine itself or to nobody ({', '.join(found)})")
    errors: list[OSError] = []
    for ip in outside:
        try:
            return socket.create_connection((ip, port), timeout, *more)
        except OSError as error:
            errors.append(error)
    raise errors[-1]
