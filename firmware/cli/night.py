# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring night [auto|day|night]"""

from __future__ import annotations

import argparse
from typing import Any

from firmware.cli.common import Subparsers, add_command, control_of, say

MODES = ("auto", "day", "night")
_MEANS = {"auto": "the schedules decide", "day": "open by hand", "night": "closed by hand"}


def register(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "night", "the night switch: by the schedules, open, or closed", run)
    parser.add_argument("mode", nargs="?", choices=MODES, help="auto: by the schedules; day: open; night: closed")


def run(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        if arguments.mode:
            found = control.request("night.set", mode=arguments.mode, author="cli")
        else:
            found = control.request("night")
    return say(arguments, found, night_line(found))


def night_line(night: dict[str, Any]) -> str:
    """The switch and the schedules in a line."""
    schedules = (f"{s['name']} {'open' if s['open'] else 'closed'}{_until(s)}" for s in night["schedules"])
    return f"night switch: {night['mode']} ({_MEANS[night['mode']]})  {'  '.join(schedules)}".rstrip()


def _until(schedule: dict[str, Any]) -> str:
    return f" until {schedule['until'].replace('T', ' ')}" if schedule["until"] else ""
