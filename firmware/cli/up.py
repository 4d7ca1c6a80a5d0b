# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring up"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import sys
from pathlib import Path

from firmware import before_start, service
from firmware.cli.common import Subparsers, add_command, state_of
from firmware.edge import ports as edge_ports
from firmware.errors import Conflict, Invalid

log = logging.getLogger(__name__)


def register(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "up", "run every service of the box in the foreground", run)
    parser.add_argument("--config", metavar="FILE", help="a TOML file to put in force first")
    what = "sim:fxo=2,fxs=4, dahdi, slic:BOARD or none; and modem:DEVICE"
    parser.add_argument("--card", default="none", metavar="CARD", help=what)
    parser.add_argument(
        "--web",
        default="127.0.0.1:8080",
        metavar="HOST:PORT",
        help="the pages; port 0 is a free one. By https unless the host is this machine or http:// stands before it",
    )
    parser.add_argument("--sip", default="127.0.0.1:5060", metavar="HOST:PORT", help="SIP; port 0 is a free one")
    parser.add_argument(
        "--board", default="none", metavar="BOARD",
        help="LEDs, button, lifeline, watchdog of this machine: auto, none, simulated, another profile, or a file",
    )  # fmt: skip
    parser.add_argument("--bench", action="store_true", help="plug a virtual exchange and virtual phones into the card")


def run(arguments: argparse.Namespace) -> int:
    """Until SIGINT or SIGTERM."""
    service.log_to_stderr("tipring")
    state = state_of(arguments)
    _check_card(arguments.card)
    if edge_ports.program():
        arguments.sip = str(edge_ports.parse(arguments.sip))
    if service.is_up(state, "core"):
        raise Conflict(f"A box already runs on {state}. End it first, or use another --state.", code="already_up")
    _check_board(arguments.board)
    while True:
        service.forget_starts(state)
        before_start.carry_out(state)
        if arguments.config:
            _configure(state, arguments.config, arguments.card)
        if not asyncio.run(_run(state, arguments)):
            return 0


def _check_card(card: str) -> None:
    from drivers.card import parse_spec
    from drivers.port import PortError
    from firmware.core.slics import wirings

    try:
        if (spec := parse_spec(card)).driver == "slic":
            wirings(spec.board)
    except PortError as error:
        raise Invalid(str(error), field="--card") from error


def _check_board(board: str) -> None:
    if board == "none":
        return
    from board.board import BoardError
    from board.reading import find

    try:
        find(board)
    except BoardError as error:
        raise Invalid(str(error), field="--board") from error


def _configure(state: Path, file: str, card: str) -> None:
    """Checks the file against the card's ports and keeps it, unless it is in force already."""
    from drivers.card import parse_spec
    from firmware.cli.config import load
    from firmware.config import check
    from firmware.errors import NotFound
    from firmware.store.config_db import ConfigDb

    document, spec = load(file), parse_spec(card)
    check(document, spec.port_ids)
    configs = ConfigDb(state)
    try:
        if configs.current().document == document:
            return
    except NotFound:
        pass
    configs.apply(document, f"file:{file}")


async def _run(state: Path, arguments: argparse.Namespace) -> bool:
    """Whether all of it is to begin anew."""
    from firmware.up import Service, Supervisor

    where = ["--state", str(state)]
    sip = ["--sip", arguments.sip]
    edge = [Service("edge", ["firmware.edge", *where, *sip])] if edge_ports.program() else []
    core = Service(
        "core",
        ["firmware.core", *where, "--card", arguments.card, *sip, *(["--behind-edge"] if edge else [])],
        keep={"X_TIPRING_SIP": "--sip"},
    )
    web = Service("web", ["webui", *where, "--web", arguments.web], keep={"X_TIPRING_BOUND": "--web"})
    services = [*edge, core, web, *(Service(name, [f"firmware.{name}", *where]) for name in ("uplink", "archive"))]
    if arguments.board != "none":
        services.append(Service("board", ["firmware.board", *where, "--board", arguments.board]))
    if arguments.bench:
        services.append(Service("bench", ["hil.bench", *where]))
    supervisor = Supervisor(services)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        starting = asyncio.create_task(supervisor.start())
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({starting, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            _announce(state, core.told, web.told)
            ended = asyncio.create_task(supervisor.ended.wait())
            await asyncio.wait({stopped, ended}, return_when=asyncio.FIRST_COMPLETED)
            ended.cancel()
        starting.cancel()
        stopped.cancel()
    finally:
        await supervisor.stop()
    return supervisor.anew and not stop.is_set()


def _announce(state: Path, core: dict[str, str], web: dict[str, str]) -> None:
    ready = {
        "event": "ready",
        "web": web["X_TIPRING_WEB"],
        "sip": core["X_TIPRING_SIP"],
        "control": str(state / "control.sock"),
        "sim": str(state / "sim"),
    }
    if "X_TIPRING_SETUP" in web:
        ready["setup"] = web["X_TIPRING_SETUP"]
    print(json.dumps(ready), flush=True)
    print(f"\n  Tipring is up: {web['X_TIPRING_WEB']}", file=sys.stderr)
    if "setup" in ready:
        print(f"  First, set your password: {ready['setup']}", file=sys.stderr)
    print("  Ctrl-C ends it.\n", file=sys.stderr, flush=True)
