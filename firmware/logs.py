# SPDX-License-Identifier: GPL-2.0-or-later
"""The log of each service below STATE/log: a few hundred kilobytes that people can read from the pages.

What a service says goes to its standard error first (the journal on the box); this is a copy, written by a thread of
its own so that a disk that hangs stops nobody.
"""

from __future__ import annotations

import logging
import queue
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path

from firmware import modes, times
from firmware.log_levels import LEVELS, LevelsFollower

LARGEST = 256 * 1024  # octets of a file; the one before it is kept
_WAITING = 10_000  # lines; more are dropped
_LINE = re.compile(r"(\S+Z) (DEBUG|INFO|WARNING|ERROR|CRITICAL) (\S+): (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line, with what belongs to it (a traceback). `level` is one of LEVELS."""

    at: datetime
    service: str
    level: str
    area: str
    text: str


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = times.iso(datetime.fromtimestamp(record.created, UTC))
        return f"{at} {record.levelname} {record.name}: {super().format(record)}"


class _Handler(QueueHandler):
    """Gives lines to the thread that writes; `close` waits for it."""

    def __init__(self, file: logging.Handler) -> None:
        waiting: queue.Queue[logging.LogRecord] = queue.Queue(_WAITING)
        super().__init__(waiting)
        self._file = file
        self._listener = QueueListener(waiting, file)
        self._listener.start()

    def close(self) -> None:
        self._listener.stop()
        self._file.close()
        super().close()

    def enqueue(self, record: logging.LogRecord) -> None:
        try:
            self.queue.put_nowait(record)
        except queue.Full:
            return


def folder(state: Path) -> Path:
    """Where the files are."""
    return state / "log"


def keep(state: Path, service: str) -> None:
    """From now on what this process logs is kept. Nothing is when the disk does not let us."""
    try:
        folder(state).mkdir(mode=modes.folder(), exist_ok=True)
        file = RotatingFileHandler(folder(state) / f"{service}.log", maxBytes=LARGEST, backupCount=1, encoding="utf-8")
    except OSError as error:
        logging.getLogger(__name__).warning("no log is kept: %s", error)
        return
    file.setFormatter(_Formatter())
    logging.getLogger().addHandler(_Handler(file))
    LevelsFollower(state).start()


def text_of(state: Path, service: str) -> str:
    """All that is kept of one."""
    return "".join(f"{line}\n" for line in _lines(state, service))


def services(state: Path) -> list[str]:
    """Those that have a log."""
    return sorted(path.stem for path in folder(state).glob("*.log"))


def entries(
    state: Path, wanted: Iterable[str] = (), level: str = "info", text: str = "", limit: int = 200
) -> list[Entry]:
    """The newest of `wanted` services (none: of all), newest first: of this level or worse, with this text in them."""
    grave = LEVELS[LEVELS.index(level) if level in LEVELS else 1 :]
    found: list[Entry] = []
    for service in set(wanted) & set(services(state)) or services(state):
        known = (entry for entry in _entries(state, service) if entry.level in grave and _has(entry, text))
        found += deque(known, limit)
    return sorted(found, key=lambda entry: entry.at)[: -limit - 1 : -1]


def _has(entry: Entry, text: str) -> bool:
    return text.lower() in f"{entry.area} {entry.text}".lower()


def _entries(state: Path, service: str) -> Iterator[Entry]:
    lines: list[str] = []
    for line in _lines(state, service):
        if _LINE.match(line) and lines:
            yield from _entry(service, lines)
            lines = []
        lines.append(line)
    yield from _entry(service, lines)


def _lines(state: Path, service: str) -> Iterator[str]:
    for name in (f"{service}.log.1", f"{service}.log"):
        try:
            yield from (folder(state) / name).read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:  # there is none before this one, or it is just being turned over
            continue


def _entry(service: str, lines: list[str]) -> Iterator[Entry]:
    found = _LINE.match("\n".join(lines)) if lines else None
    if found:
        level = {"CRITICAL": "error"}.get(found[2], found[2].lower())
        yield Entry(times.parse(found[1]), service, level, found[3], found[4])
