# SPDX-License-Identifier: GPL-2.0-or-later
"""What a person enters into a phone, or its camera reads."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from firmware.config import Config, Extension
from firmware.edge.configuration import addresses, listening
from firmware.edge.ports import Ports


def settings(config: Config, ports: Ports, extension: Extension, password: str) -> dict[str, Any]:
    """Of one extension. `sip` is a URI with everything, for a QR code that softphones read."""
    server = config.edge.domain or addresses(ports)[0]
    number = extension.number
    offered = dict(listening(config, ports))
    best = "tls" if "tls" in offered else "udp"
    return {
        "extension": number,
        "name": extension.name,
        "server": server,
        "port": offered[best],
        "transport": best,
        "user": number,
        "password": password,
        "transports": [{"transport": name, "server": f"{server}:{port}"} for name, port in offered.items()],
        "websocket": f"wss://{server}:{offered['wss']}/" if "wss" in offered else None,
        "sip": f"sip:{number}:{quote(password, safe='')}@{server}:{offered[best]};transport={best}",
    }
