# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring board status|drill|identify"""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

from firmware.cli.common import Subparsers, add_command, add_group, control_of, say, show_json, show_table

DRILL_S = 90.0  # over, listening, back, and somebody may lift the phone meanwhile
PLACES = {"card": "on the card", "line": "on the line", "drill": "on the line, for a drill"}


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "board", "LEDs, button, lifeline relay, watchdog: how the board is, and the drill")
    add_command(actions, "status", "how the board is, and its last drills", status)
    add_command(actions, "drill", "drill the lifeline now, and wait for the result", drill)
    add_command(actions, "identify", "let every LED flash for half a minute", identify)


def status(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        found = control.request("board")
    if arguments.json:
        show_json(found)
        return 0
    if not found["report"]:
        print("There is no board here, or its service does not answer.")
    else:
        _show(found["report"])
    print()
    show_table(found["drills"], ("at", "result", "by"), "No drill yet.")
    return 0


def _show(report: dict[str, Any]) -> None:
    print(report["title"] + (f"  serial number {report['serial']}" if report["serial"] else ""))
    for name, pattern in report["leds"].items():
        print(f"LED {name}: {pattern}")
    if dog := report["watchdog"]:
        print(f"watchdog: {'fed' if dog['fed'] else 'not fed'}, restarts the box after {dog['timeout_s']:g} s")
    if report["temperature_c"] is not None:
        fan = "" if report["fan"] is None else ", fan on" if report["fan"] else ", fan off"
        print(f"temperature: {report['temperature_c']:.0f} °C{fan}")
    if report["supply_v"] is not None:
        print(f"supply: {report['supply_v']:.1f} V")
    if lifeline := report["lifeline"]:
        stuck = "; the relay is stuck" if lifeline["stuck"] else ""
        print(f"lifeline: {lifeline['station']} is {PLACES[lifeline['place']]} ({lifeline['line']}){stuck}")
    for trouble in report["troubles"]:
        print(f"! {trouble['text']}")


def drill(arguments: argparse.Namespace) -> int:
    """Exit status 1 unless it passed."""
    with control_of(arguments) as control:
        before = {event["id"] for event in control.request("board")["drills"]}
        control.request("board.drill")
        until = time.monotonic() + DRILL_S
        while time.monotonic() < until:
            time.sleep(0.5)
            for event in control.request("board")["drills"]:
                if event["id"] not in before:
                    return _tell(arguments, event)
    print("tipring: the drill has not ended; see tipring board status", file=sys.stderr)
    return 1


def _tell(arguments: argparse.Namespace, event: dict[str, Any]) -> int:
    if arguments.json:
        show_json(event)
    else:
        print(event["result"])
    return 0 if event["result"] == "passed" else 1


def identify(arguments: argparse.Namespace) -> int:
    with control_of(arguments) as control:
        found = control.request("board.identify")
    return say(arguments, found, f"every LED flashes for {found['seconds']:g} s")
