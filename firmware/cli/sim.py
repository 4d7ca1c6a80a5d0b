# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring sim: plays the telephone exchange and the phones of a simulated card, through the bench."""

from __future__ import annotations

import argparse
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from firmware.cli.common import Subparsers, add_command, add_group, show_json, show_table, state_of
from firmware.errors import TipringError, Unavailable

PATIENCE_S = 10.0
LISTEN_EXTRA_S = 10.0
LARGEST_PACKET = 65536
COLUMNS = ("port", "kind", "plugged", "hook", "ringing", "hearing", "dialled", "caller")

CommandOf = Callable[[argparse.Namespace], dict[str, Any]]


class Bench:
    """A connection to the bench process of a state directory. Unavailable when there is none."""

    def __init__(self, state: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(PATIENCE_S)
        try:
            self._socket.connect(str(state / "sim" / "bench.sock"))
        except OSError as error:
            self._socket.close()
            raise Unavailable(
                f'No bench runs on {state}: start the box with "tipring up --bench".', code="bench_unavailable"
            ) from error

    def __enter__(self) -> Bench:
        return self

    def __exit__(self, *exception: object) -> None:
        self._socket.close()

    def ask(self, command: dict[str, Any], answer: str, timeout: float = PATIENCE_S) -> Any:
        """Sends a command; returns the value of the first packet that has the key `answer`."""
        self._socket.settimeout(timeout)
        try:
            self._socket.send(json.dumps(command).encode())
            while packet := self._socket.recv(LARGEST_PACKET):
                if packet[:1] != b"{":
                    continue  # sound
                message = json.loads(packet)
                if "error" in message:
                    error = message["error"]
                    raise TipringError(error["message"], code=error["code"], field=error["field"])
                if answer in message:
                    return message[answer]
        except OSError as error:
            raise Unavailable(f"The bench does not answer: {error}.", code="bench_unavailable") from error
        raise Unavailable("The bench closed the connection.", code="bench_unavailable")


def register(subparsers: Subparsers) -> None:
    """Adds `tipring sim` and what it can do."""
    actions = add_group(subparsers, "sim", "play the telephone exchange and the phones of a simulated card")
    add_command(actions, "ports", "the virtual exchange lines and phones, and what they hear", _ports)
    ring = _action(actions, "ring", "call in on a line", lambda a: _do("call", number=a.number, name=a.name))
    ring.add_argument("--number", default="5551234", help="the caller's number")
    ring.add_argument("--name", default="", help="the caller's name")
    _action(actions, "answer", "answer a call that the box made", lambda a: _do("answer"))
    hangup = _action(actions, "hangup", "hang up a phone, or the far side of a line", _hang_up)
    hangup.add_argument("--by", choices=("battery", "polarity", "busy"), help="how the exchange tells the box")
    _action(actions, "pickup", "pick up a phone", lambda a: _do("pick_up"))
    dial = _action(
        actions, "dial", "dial on a phone", lambda a: _do("pulse" if a.pulse else "digits", digits=a.digits), timeout=60
    )
    dial.add_argument("digits", help="0-9, *, #, A-D; a comma is a second of pause")
    dial.add_argument("--pulse", action="store_true", help="dial as a rotary phone does")
    _action(actions, "flash", "press a phone's flash key", lambda a: _do("flash"))
    say = _action(actions, "say", "play a WAV file into the call", _say, timeout=3600)
    say.add_argument("wav", type=Path, metavar="WAV", help="8 kHz, mono, 16 bits")
    listen = _action(actions, "listen", "record what is heard", _listen, timeout=600 + LISTEN_EXTRA_S)
    listen.add_argument("wav", type=Path, metavar="WAV", help="file to write")
    listen.add_argument("--seconds", type=float, default=5.0, help="for how long (5)")
    _cable(actions, "plug", "plug a virtual exchange or phone in again")
    _cable(actions, "unplug", "pull the cable out of a port")


def _action(
    actions: Subparsers, name: str, purpose: str, command: CommandOf, timeout: float = PATIENCE_S
) -> argparse.ArgumentParser:
    def run(arguments: argparse.Namespace) -> int:
        with Bench(state_of(arguments)) as bench:
            bench.ask({"open": arguments.port}, "state")
            bench.ask(command(arguments), "done", timeout)
            states = bench.ask({"list": True}, "ports")
        return _shown(arguments, next(state for state in states if state["port"] == arguments.port))

    parser = add_command(actions, name, purpose, run)
    parser.add_argument("port", help="fxo1, fxs1, …")
    return parser


def _cable(actions: Subparsers, verb: str, purpose: str) -> None:
    def run(arguments: argparse.Namespace) -> int:
        with Bench(state_of(arguments)) as bench:
            bench.ask({verb: arguments.port}, "done")
        return 0

    add_command(actions, verb, purpose, run).add_argument("port", help="fxo1, fxs1, …")


def _do(what: str, **parameters: object) -> dict[str, Any]:
    return {"do": what, **parameters}


def _hang_up(arguments: argparse.Namespace) -> dict[str, Any]:
    return _do("hang_up", by=arguments.by) if arguments.by else _do("hang_up")


def _say(arguments: argparse.Namespace) -> dict[str, Any]:
    return _do("say", wav=str(arguments.wav.resolve()))


def _listen(arguments: argparse.Namespace) -> dict[str, Any]:
    return _do("listen", wav=str(arguments.wav.resolve()), seconds=arguments.seconds)


def _ports(arguments: argparse.Namespace) -> int:
    with Bench(state_of(arguments)) as bench:
        ports = bench.ask({"list": True}, "ports")
    if arguments.json:
        show_json(ports)
    else:
        show_table([_row(port) for port in ports], COLUMNS, "The simulated card has no ports, or the core is not up.")
    return 0


def _shown(arguments: argparse.Namespace, state: dict[str, Any]) -> int:
    if arguments.json:
        show_json(state)
    else:
        show_table([_row(state)], COLUMNS, "")
    return 0


def _row(state: dict[str, Any]) -> dict[str, Any]:
    caller = state.get("caller_id") or {}
    words = {key: {True: "yes", False: "no"}.get(value, value) for key, value in state.items() if key != "caller_id"}
    return {**words, "caller": " ".join(filter(None, (caller.get("number"), caller.get("name"))))}
