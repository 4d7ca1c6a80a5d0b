# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m firmware.board --state DIR --board auto`: looks after the board until SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from board.board import BoardError
from board.factory import open_board
from board.profile import Profile
from board.reading import find_in_child
from firmware import logs, service
from firmware.errors import TipringError
from firmware.service import ANEW

if TYPE_CHECKING:
    from firmware.board.service import BoardService

log = logging.getLogger("board")

SOCKET = "sim/board"  # of a simulated board, in the state directory


async def _run(state: Path, profile: Profile | None) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    if not profile:
        log.info("no board is known here (--board names one): no LEDs, no button, no lifeline, no watchdog")
        service.notify("READY=1")
        alive = asyncio.create_task(service.Heartbeat().keep())
        await stop.wait()
        alive.cancel()
        return 0
    from firmware.board.service import BoardService  # a machine without any board does without its 4 MB

    board = open_board(profile, state / SOCKET)
    log.info("%s%s", board.title, f", serial number {board.serial}" if board.serial else "")
    try:
        return await _serve(BoardService(state, profile, board), stop)
    finally:
        board.close()


async def _serve(running: BoardService, stop: asyncio.Event) -> int:
    work = asyncio.create_task(running.run())
    service.notify("READY=1")
    alive = asyncio.create_task(service.Heartbeat().keep())
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    alive.cancel()
    if work.done():
        work.result()
        return ANEW if running.wants_reset else 3
    work.cancel()
    await asyncio.wait({work})
    return 0


def main() -> int:
    """Exit status 1 when something is wrong that a person has to mend, 78 when everything is to start anew."""
    parser = argparse.ArgumentParser(prog="tipring-board", description=__doc__)
    parser.add_argument("--state", metavar="DIR", help="where the box keeps what it remembers (TIPRING_STATE)")
    parser.add_argument("--board", default="auto", help="auto, none, a profile's name, or the path of one")
    arguments = parser.parse_args()
    service.log_to_stderr("board")
    state = service.state_dir(arguments.state)
    try:
        with service.hold_lock(state, "board"):
            logs.keep(state, "board")
            return asyncio.run(_run(state, find_in_child(arguments.board)))
    except (TipringError, BoardError) as error:
        log.error("%s", error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
