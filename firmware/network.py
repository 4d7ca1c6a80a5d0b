# SPDX-License-Identifier: GPL-2.0-or-later
"""How this machine is in the network, as the kernel tells it: addresses, the way out, name servers. Linux only."""

from __future__ import annotations

import contextlib
import fcntl
import ipaddress
import re
import socket
import struct
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_SIOCGIFADDR, _SIOCGIFNETMASK = 0x8915, 0x891B  # netdevice(7)
_RTF_GATEWAY = 0x2  # route(8)


@dataclass(frozen=True, slots=True)
class Interface:
    """`addresses` with their prefixes, `192.168.1.5/24`: the first one of IPv4, all of IPv6."""

    name: str
    up: bool
    mac: str
    addresses: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """As the API shows it."""
        return asdict(self) | {"addresses": list(self.addresses)}


def interfaces() -> list[Interface]:
    """All that have an address, but loopback, by name."""
    found = []
    for _, name in socket.if_nameindex():
        addresses = (*_ipv4(name), *_ipv6(name))
        if name != "lo" and addresses:
            folder = Path("/sys/class/net") / name
            up = _read(folder / "operstate") in ("up", "unknown")
            found.append(Interface(name, up, _read(folder / "address"), addresses))
    return sorted(found, key=lambda interface: interface.name)


def gateways() -> list[str]:
    """Routers that lead everywhere, of IPv4."""
    rows = [line.split() for line in _read(Path("/proc/net/route")).splitlines()[1:]]
    return [
        socket.inet_ntoa(struct.pack("<L", int(row[2], 16)))
        for row in rows
        if int(row[1], 16) == 0 and int(row[3], 16) & _RTF_GATEWAY
    ]


def name_servers() -> list[str]:
    """As resolv.conf(5) has them."""
    return re.findall(r"^nameserver\s+(\S+)", _read(Path("/etc/resolv.conf")), re.MULTILINE)


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:  # no such thing on this machine
        return ""


def _ipv4(name: str) -> list[str]:
    asked = struct.pack("256s", name.encode()[:15])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        address, mask = (fcntl.ioctl(probe, what, asked)[20:24] for what in (_SIOCGIFADDR, _SIOCGIFNETMASK))
        return [str(ipaddress.ip_interface(f"{socket.inet_ntoa(address)}/{socket.inet_ntoa(mask)}"))]
    return []


def _ipv6(name: str) -> list[str]:
    rows = [line.split() for line in _read(Path("/proc/net/if_inet6")).splitlines()]
    return [f"{ipaddress.IPv6Address(int(row[0], 16))}/{int(row[2], 16)}" for row in rows if row[5] == name]
