# SPDX-License-Identifier: GPL-2.0-or-later
"""Kamailio's files from ours: its configuration from the one template, TLS, and who is trusted."""

from __future__ import annotations

import contextlib
import fcntl
import ipaddress
import re
import socket
import struct
from collections.abc import Iterable
from pathlib import Path

from firmware import modes
from firmware.config import Config
from firmware.edge.files import REALM, EdgeFiles
from firmware.edge.ports import Ports

TEMPLATE = Path(__file__).with_name("kamailio.cfg.in")
BOX = ipaddress.ip_network("127.0.0.1/32")  # neither banned nor slowed down: what runs on the box itself
TRUSTED, PROVIDERS = 1, 2  # groups of addresses in the template

SCANNERS = "friendly-scanner|sipvicious|sipcli|sip-scan|sundayddr|vaxsip|iwar|sipsak|pplsip|sipptk|cpscan|smap"
WORKERS, TCP_WORKERS = 1, 2  # processes: a socket for UDP, and together for TCP, TLS and WSS
MAX_CONTACTS = 10  # devices an extension may register, dead ones that have not expired yet counted
SAVE_EVERY_S = 5  # registrations go to the disk so often
PING_EVERY_S = 25  # an UDP phone is asked whether it is there; it also keeps its NAT open
GONE_AFTER_S = 70  # no answer for so long: it is not registered any more
SUBSCRIBED_S = 600  # a lamp's subscription: so long it may be dead after the edge was started anew
ANONYMOUS_10S = 20  # calls from one address that says not who it is, within 10 s

_SIOCGIFADDR = 0x8915  # netdevice(7)
_GAP = re.compile(r"@([A-Z][A-Z0-9_]+)@")


def listening(config: Config, ports: Ports) -> list[tuple[str, int]]:
    """Transports for phones and their ports."""
    tls = config.edge.tls_port if config.edge.tls_port is not None else ports.tls
    wss = config.edge.wss_port if config.edge.wss_port is not None else ports.wss
    offered = [("udp", ports.sip), ("tcp", ports.sip), ("tls", tls), ("wss", wss)]
    return [(transport, port) for transport, port in offered if port]


def addresses(ports: Ports) -> list[str]:
    """The IPv4 addresses that phones may reach the box at, 127.0.0.1 last."""
    if not ports.everywhere:
        return [ports.host]
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            with contextlib.suppress(OSError):  # an interface without an address
                answer = fcntl.ioctl(probe, _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
                found.append(socket.inet_ntoa(answer[20:24]))
    return sorted(dict.fromkeys(found), key=lambda address: address.startswith("127."))


def render(config: Config, ports: Ports, files: EdgeFiles) -> str:
    """kamailio.cfg."""
    offered = dict(listening(config, ports))
    gaps = {
        "LISTEN": "\n".join(_listen(addresses(ports), offered, ports.inside)),
        "ALIASES": "\n".join(f'alias="{name}"' for name in (REALM, *filter(None, [config.edge.domain]))),
        "WORKERS": WORKERS, "TCP_WORKERS": TCP_WORKERS, "REALM": REALM, "SECRET": files.secret(),
        "SIP": ports.sip, "WSS": offered.get("wss", 0), "INSIDE": ports.inside, "CORE": ports.core,
        "NEWS": ports.news, "RPC_SOCKET": files.rpc, "RPC_MODE": f"0{modes.file():o}", "TLS_CFG": files.tls,
        "PHONES_DB": files.phones, "LOCATION_DB": files.location, "PRESENCE_DB": files.presence,
        "ADDRESSES": files.addresses, "MAX_CONTACTS": MAX_CONTACTS, "SAVE_EVERY_S": SAVE_EVERY_S,
        "PING_EVERY_S": PING_EVERY_S, "GONE_AFTER_S": GONE_AFTER_S, "SCANNERS": SCANNERS,
        "BAN_AFTER": config.edge.ban_after, "BAN_S": config.edge.ban_s, "ANONYMOUS_10S": ANONYMOUS_10S,
        "SUBSCRIBED_S": SUBSCRIBED_S,
    }  # fmt: skip
    return _GAP.sub(lambda gap: str(gaps[gap[1]]), TEMPLATE.read_text())


def _listen(hosts: list[str], offered: dict[str, int], inside: int) -> Iterable[str]:
    for host in hosts:
        for transport, port in offered.items():
            yield f"listen={'tls' if transport == 'wss' else transport}:{host}:{port}"
    yield f"listen=udp:127.0.0.1:{inside}"


def render_tls(files: EdgeFiles) -> str:
    """tls.cfg."""
    return (
        "[server:default]\nmethod = TLSv1.2+\nverify_certificate = no\nrequire_certificate = no\n"
        f"private_key = {files.key}\ncertificate = {files.certificate}\n"
        "[client:default]\nmethod = TLSv1.2+\nverify_certificate = no\nrequire_certificate = no\n"
    )


def render_addresses(config: Config, providers: Iterable[str]) -> str:
    """The address file of Kamailio's `permissions`: group, network, length of its prefix."""
    groups = [(TRUSTED, str(BOX)), *((TRUSTED, network) for network in config.edge.trusted)]
    groups += [(PROVIDERS, address) for address in providers]
    known = [(group, ipaddress.ip_network(network, strict=False)) for group, network in dict.fromkeys(groups)]
    return "".join(f"{group} {network.network_address} {network.prefixlen}\n" for group, network in known)
