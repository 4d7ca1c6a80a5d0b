# SPDX-License-Identifier: GPL-2.0-or-later
"""Core and web really asked, from a thread."""

from __future__ import annotations

import http.client
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from firmware import service
from firmware.api import Control

ANSWER_S = 4.0  # a core that takes longer is not one that serves calls
LISTEN_S = 20.0
HEALTH = "/api/v1/health"


def ask_core(state: Path, method: str, params: dict[str, Any], patience_s: float = ANSWER_S) -> Any:
    """The core's answer over a connection of its own. TipringError; Unavailable without the core."""
    with Control(state / "control.sock", patience_s) as control:
        return control.request(method, **params)


def web_answers(state: Path) -> bool:
    """Whether the web serves its health page. The certificate is our own, and the way does not leave the machine."""
    address = urlsplit(service.address_of(state, "web"))
    if not address.hostname:
        return False
    place = (address.hostname, address.port or 80)
    if address.scheme == "https":
        context = ssl._create_unverified_context()  # noqa: S323
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(*place, timeout=ANSWER_S, context=context)
    else:
        connection = http.client.HTTPConnection(*place, timeout=ANSWER_S)
    try:
        connection.request("GET", HEALTH)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
