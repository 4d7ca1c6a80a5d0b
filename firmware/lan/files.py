# SPDX-License-Identifier: GPL-2.0-or-later
"""What systemd-networkd is told (systemd.network(5), systemd.netdev(5)). Pure."""

from __future__ import annotations

from firmware.config.lan import Network

PREFIX = "10-tipring"
"""How our files begin; networkd takes the first that fits, and those of the system come later."""
VLAN = "tipring-vlan"


def files(network: Network | None) -> dict[str, str]:
    """By their names; none: the system's own settings are in force."""
    if network is None or not (network.model_fields_set - {"host_name"}):
        return {}
    match = f"Name={network.interface}" if network.interface else "Type=ether\nKind=!*"
    if network.vlan is None:
        return {f"{PREFIX}.network": _network(match, _ours(network))}
    return {
        f"{PREFIX}.network": _network(match, [f"VLAN={VLAN}", "LinkLocalAddressing=no"]),
        f"{PREFIX}-vlan.netdev": f"[NetDev]\nName={VLAN}\nKind=vlan\n\n[VLAN]\nId={network.vlan}\n",
        f"{PREFIX}-vlan.network": _network(f"Name={VLAN}", _ours(network)),
    }


def _network(match: str, settings: list[str]) -> str:
    return "\n".join(["[Match]", match, "", "[Network]", *settings, ""])


def _ours(network: Network) -> list[str]:
    servers = [f"DNS={server}" for server in network.name_servers]
    clocks = [f"NTP={server}" for server in network.time_servers]
    if network.address:
        way = [f"Gateway={network.gateway}"] if network.gateway else []
        return [f"Address={network.address}", *way, *servers, *clocks]
    ignored = [*(["UseDNS=no"] if servers else []), *(["UseNTP=no"] if clocks else [])]
    return ["DHCP=yes", *servers, *clocks, *(["", "[DHCPv4]", *ignored] if ignored else [])]
