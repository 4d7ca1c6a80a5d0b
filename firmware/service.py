# SPDX-License-Identifier: GPL-2.0-or-later
"""What every service does alike: its lock, its readiness, its log."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import socket
import sys
import time
from pathlib import Path
from typing import IO

from firmware import modes, read_only
from firmware.errors import Conflict

STARTS_KEPT = 20
ANEW = 78  # a service ends with it when everything is to start anew, as after a factory reset or a restore
SERVICES = ("core", "web", "uplink", "archive", "edge", "bench", "board")


def state_dir(argument: str | None) -> Path:
    """The state directory from `--state`, `TIPRING_STATE`, or the user's own place; made if missing.

    While it cannot be written, a copy in memory (`firmware.read_only`).
    """
    path = Path(argument or os.environ.get("TIPRING_STATE") or Path.home() / ".local/state/tipring").resolve()
    path.mkdir(parents=True, exist_ok=True, mode=modes.folder())
    return read_only.usable(path)


def _lock_path(state: Path, name: str) -> Path:
    return state / "run" / f"{name}.lock"


def hold_lock(state: Path, name: str) -> IO[str]:
    """Takes the service's lock for the life of the process. Conflict when another one holds it."""
    path = _lock_path(state, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise Conflict(f"tipring-{name} already runs on {state}. End that one first, or use another --state.") from None
    _note_start(state, name)
    return lock


def _note_start(state: Path, name: str) -> None:
    """A disk that is full costs only the note."""
    times = [*starts(state, name), time.time()][-STARTS_KEPT:]
    with contextlib.suppress(OSError):
        _starts_path(state, name).write_text("".join(f"{at:.1f}\n" for at in times))


def _starts_path(state: Path, name: str) -> Path:
    return state / "run" / f"{name}.starts"


def starts(state: Path, name: str) -> list[float]:
    """When a service was started lately, in seconds since 1970."""
    try:
        return [float(line) for line in _starts_path(state, name).read_text().split()]
    except (OSError, ValueError):
        return []


def forget_starts(state: Path) -> None:
    """Whoever starts all of them begins to count anew."""
    for path in (state / "run").glob("*.starts"):
        path.unlink(missing_ok=True)


def publish_address(lock: IO[str], address: str) -> None:
    """Where the service answers, for the others: in the lock that it holds, so that it is gone when it is."""
    lock.truncate(0)
    lock.write(address)
    lock.flush()


def address_of(state: Path, name: str) -> str:
    """What a running service has published; "" when it does not run, or is not that far."""
    try:
        return _lock_path(state, name).read_text() if is_up(state, name) else ""
    except OSError:
        return ""


def is_up(state: Path, name: str) -> bool:
    """True while a process holds the service's lock; a killed process holds none."""
    try:
        with _lock_path(state, name).open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def was_up(state: Path, name: str) -> bool:
    """Whether the service ran here once."""
    return _lock_path(state, name).exists()


def notify(*lines: str) -> None:
    """Tells systemd, or `tipring up`, in sd_notify(3)'s protocol. Nothing happens when nobody asked, or listens."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as messages, contextlib.suppress(OSError):
        messages.sendto("\n".join(lines).encode(), address)


class Heartbeat:
    """Feeds systemd's watchdog (WatchdogSec=) from the loop that must not stand still; nothing without one."""

    def __init__(self) -> None:
        self.every_s = int(os.environ.get("WATCHDOG_USEC", "0")) / 3e6
        self._next = 0.0

    def beat(self) -> None:
        """As often as one likes."""
        if self.every_s and (now := time.monotonic()) >= self._next:
            self._next = now + self.every_s
            notify("WATCHDOG=1")

    async def keep(self) -> None:
        """For ever, from an asyncio loop; returns at once without a watchdog."""
        import asyncio  # the command line does without

        while self.every_s:
            self.beat()
            await asyncio.sleep(self.every_s)


def log_to_stderr(name: str) -> None:
    """Log lines for people; to journald, where it listens, each with its priority and area."""
    if os.environ.get("JOURNAL_STREAM") and _to_journal(name):
        return
    stamp = "" if os.environ.get("JOURNAL_STREAM") else "%(asctime)s "
    level = os.environ.get("TIPRING_LOG", "INFO").upper()
    logging.basicConfig(stream=sys.stderr, level=level, format=f"{stamp}{name} %(levelname)s %(name)s: %(message)s")


def _to_journal(name: str) -> bool:
    from firmware.journald import JournalHandler

    try:
        handler = JournalHandler(name)
    except OSError:
        return False
    logging.basicConfig(level=os.environ.get("TIPRING_LOG", "INFO").upper(), handlers=[handler])
    return True
