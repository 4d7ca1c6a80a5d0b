# SPDX-License-Identifier: GPL-2.0-or-later
"""python -m hil.bench --state DIR"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

from firmware import logs, service
from firmware.errors import TipringError
from hil.bench.office import Office
from hil.bench.server import Server

log = logging.getLogger(__name__)

FIRST_PLUG_S = 10.0


async def serve(state: Path) -> None:
    """Runs the bench until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    sim = state / "sim"
    sim.mkdir(parents=True, exist_ok=True, mode=0o700)
    office = Office(state)
    server = Server(office, sim / "bench.sock")
    server.open()
    keeper = asyncio.create_task(office.keep_plugged())
    try:
        await office.first_plugged(FIRST_PLUG_S, stop)
        service.notify("READY=1")
        done, _ = await asyncio.wait({keeper, asyncio.create_task(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
        if keeper in done:
            keeper.result()
    finally:
        keeper.cancel()
        server.close()
        await office.close()


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="tipring-bench", description="Plays exchange and phones of a simulated box.")
    parser.add_argument("--state", help="the state directory of the box (TIPRING_STATE)")
    arguments = parser.parse_args()
    service.log_to_stderr("tipring-bench")
    try:
        state = service.state_dir(arguments.state)
        with service.hold_lock(state, "bench"):
            logs.keep(state, "bench")
            asyncio.run(serve(state))
    except TipringError as error:
        log.error("%s", error.message)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
