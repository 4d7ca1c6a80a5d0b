# SPDX-License-Identifier: GPL-2.0-or-later
"""Who sets the box up or owns it comes in from the local network only, and from where the owner allows it.

The address is that of the connection. A header that names another one (X-Forwarded-For, RFC 7239) is never believed:
it only says that the request came from somewhere else, so that it is no longer known to be local.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from bottle import LocalRequest

from firmware.errors import Denied
from webui.auth import CONFIGURE, Identity
from webui.box import Box
from webui.i18n import N_

# loopback (RFC 1122, 4291), private (RFC 1918, 4193), link-local (RFC 3927, 4291)
LOCAL = (
    "127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7",
    "169.254.0.0/16", "fe80::/10",
)  # fmt: skip
FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_VIA")
CODE = "not_local"
TITLE = N_("From the local network only")
SENTENCE = N_(
    "Owners and installers come in from the local network only. Use a VPN into it, or ask somebody there to add your "
    "network under Settings, Network."
)


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Whether one of the networks has the address; False for what is no address."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    found = getattr(found, "ipv4_mapped", None) or found
    return any(found in ip_network(network, strict=False) for network in networks)


def may_come(request: LocalRequest, allowed: Iterable[str]) -> bool:
    """Whether the request comes from the local network, or from one of those that are `allowed` beside it."""
    allowed, address = tuple(allowed), str(request.environ.get("REMOTE_ADDR", ""))
    if any(name in request.environ for name in FORWARDED):  # who is behind a proxy may be anybody
        return is_within(address, (network for network in allowed if not ip_network(network, strict=False).prefixlen))
    return is_within(address, (*LOCAL, *allowed))


def check(box: Box, request: LocalRequest, who: Identity | None) -> None:
    """Denied (`not_local`) for an owner or installer who is neither in the local network nor in one that is allowed."""
    if who and who.role in CONFIGURE and not may_come(request, allowed_networks(box)):
        raise Denied(SENTENCE, code=CODE)


def allowed_networks(box: Box) -> list[str]:
    """Those that the configuration allows."""
    networks: list[str] = box.document().get("web", {}).get("admin_networks", [])
    return networks
