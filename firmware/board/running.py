# SPDX-License-Identifier: GPL-2.0-or-later
"""The board service from the first look at its board until SIGTERM."""

from __future__ import annotations

import asyncio
import logging
import signal
from pathlib import Path

from board.factory import open_board
from board.profile import Profile
from firmware import service
from firmware.board.service import BoardService
from firmware.service import ANEW

log = logging.getLogger("board")

SOCKET = "sim/board"  # of a simulated board, in the state directory


async def run(state: Path, profile: Profile) -> int:
    """The exit status. BoardError when the board cannot be had."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
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
