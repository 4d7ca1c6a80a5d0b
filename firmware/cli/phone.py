# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring phone EXTENSION"""

from __future__ import annotations

import argparse
from typing import Any

from firmware.cli.common import Subparsers, add_command, control_of, show_json


def register(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "phone", "what to enter into a SIP phone of an extension", run)
    parser.add_argument("extension", metavar="EXTENSION")
    parser.add_argument("--new-password", action="store_true", help="make another password; phones with the old one go")


def run(arguments: argparse.Namespace) -> int:
    """Settings, password included."""
    with control_of(arguments) as control:
        found = control.request("phone", extension=arguments.extension, new_password=arguments.new_password)
    if arguments.json:
        show_json(found)
    else:
        _show(found)
    return 0


def _show(found: dict[str, Any]) -> None:
    rows = {
        "extension": f"{found['extension']} {found['name']}".strip(),
        "server": found["server"],
        "user": found["user"],
        "password": found["password"],
        **{way["transport"]: way["server"] for way in found["transports"]},
        "websocket": found["websocket"],
        "QR code text": found["sip"],
    }
    for name, value in rows.items():
        if value:
            print(f"{name:<14}{value}")
