# SPDX-License-Identifier: GPL-2.0-or-later
"""What is in the file. Nothing that is missing keeps the rest from being told."""

from __future__ import annotations

import io
import json
import platform
import shutil
import sqlite3
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, BinaryIO

import firmware
from firmware import logs, service, times
from firmware.api import Control
from firmware.diagnostics.redaction import Redaction, secrets_of, short, without_paths
from firmware.errors import TipringError
from firmware.secrecy import masked
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_reading
from firmware.store.history import History

CALLS, ALARMS, CHANGES = 100, 200, 20
LIMIT_S = 20.0  # for each program
LARGEST = 2 * 1024 * 1024  # characters of one text: its end
ABOUT = """What this Tipring box is and was. It has no passwords, keys or tokens, no recordings and no messages;
telephone numbers of calls are cut to their last three digits. Lines of the logs may name numbers and addresses in full.
"""
PROGRAMS = {
    "kernel.txt": ("dmesg", "--ctime"),
    "journal.txt": ("journalctl", "--no-pager", "--lines=5000", "--unit=tipring*"),
    "units.txt": ("systemctl", "--no-pager", "status", "tipring*"),
    "addresses.txt": ("ip", "-brief", "address"),
    "routes.txt": ("ip", "route"),
    "sockets.txt": ("ss", "-lntu"),
    "processes.txt": ("ps", "-eo", "pid,ppid,user,ni,stat,rss,pcpu,etime,comm"),
    "disks.txt": ("df", "-h"),
    "modules.txt": ("lsmod",),
    "usb.txt": ("lsusb",),
    "pci.txt": ("lspci",),
    "clock.txt": ("timedatectl", "status"),
}
FILES = ("/etc/os-release", "/proc/meminfo", "/proc/cpuinfo", "/proc/loadavg", "/proc/uptime", "/proc/interrupts")


def write(state: Path, out: BinaryIO) -> None:
    """The file, as tar.gz."""
    redaction = Redaction(_secrets(state))
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, make in _parts(state):
            text = redaction.of(_attempt(make))[-LARGEST:].encode()
            member = tarfile.TarInfo(f"tipring/{name}")
            member.size, member.mtime, member.mode = len(text), int(time.time()), 0o600
            tar.addfile(member, io.BytesIO(text))


def _attempt(make: Callable[[], str]) -> str:
    """What it says, or why it cannot."""
    try:
        return make()
    except (OSError, TipringError, subprocess.SubprocessError, sqlite3.Error, ValueError) as error:
        return f"not to be had: {error}\n"


def _secrets(state: Path) -> list[str]:
    """Of every configuration that the box remembers. Those in its databases of accounts are kept as hashes only."""
    try:
        with sqlite3.connect(f"file:{state / 'config.db'}?mode=ro", uri=True, timeout=10) as db:
            return [
                text for row in db.execute("SELECT document FROM revisions") for text in secrets_of(json.loads(row[0]))
            ]
    except sqlite3.Error:
        return []


def _parts(state: Path) -> Iterator[tuple[str, Callable[[], str]]]:
    yield "README.txt", lambda: ABOUT
    yield "versions.json", lambda: _json(_versions(state))
    yield "config.json", lambda: _json(_config(state))
    yield "changes.json", lambda: _json(_changes(state))
    yield "status.json", lambda: _json(_asked(state, "status"))
    yield "stats.json", lambda: _json(_asked(state, "stats"))
    yield "alarms.json", lambda: _json([alarm.as_json() for alarm in _history(state).alarms(False, ALARMS)])
    yield "calls.json", lambda: _json(_calls(state))
    yield "databases.json", lambda: _json(_databases(state))
    for name in logs.services(state):
        yield f"log/{name}.txt", lambda name=name: logs.text_of(state, name)  # type: ignore[misc]
    for name, command in PROGRAMS.items():
        if shutil.which(command[0]):
            yield f"system/{name}", lambda command=command: _said(command)  # type: ignore[misc]
    for path in FILES:
        yield f"system/{Path(path).name}.txt", lambda path=path: Path(path).read_text()  # type: ignore[misc]


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _history(state: Path) -> History:
    return History(state / "history.db")


def _versions(state: Path) -> dict[str, Any]:
    up = {name: service.is_up(state, name) for name in service.SERVICES if service.was_up(state, name)}
    return {
        "tipring": firmware.__version__,
        "at": times.iso(times.now()),
        "python": platform.python_version(),
        "machine": platform.uname()._asdict(),
        "services": up,
        "starts": {name: service.starts(state, name) for name in up},
        "packages": {package.metadata["Name"]: package.version for package in distributions()},
    }


def _config(state: Path) -> Any:
    return without_paths(masked(ConfigDb(state).current().document))


def _changes(state: Path) -> list[dict[str, Any]]:
    found = ConfigDb(state).revisions(CHANGES)
    return [{"revision": one.id, "at": times.iso(one.at), "author": one.author} for one in found]


def _asked(state: Path, method: str) -> Any:
    with Control(state / "control.sock", timeout_s=5.0) as core:
        return without_names(core.request(method))


def _calls(state: Path) -> list[dict[str, Any]]:
    return [without_names(cdr.as_json()) for cdr in _history(state).calls(limit=CALLS).items]


def without_names(value: Any) -> Any:
    """Callers by the end of their number only."""
    if isinstance(value, list):
        return [without_names(item) for item in value]
    if not isinstance(value, dict):
        return value
    told = {key: without_names(item) for key, item in value.items() if key != "from_name"}
    return told | {key: short(told[key]) for key in ("from_number", "to_number", "number") if key in told}


def _databases(state: Path) -> dict[str, Any]:
    found = {}
    for path in (state / "config.db", state / "history.db"):
        db = open_for_reading(path)
        try:
            version = db.execute("PRAGMA user_version").fetchone()[0]
            tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        finally:
            db.close()
        found[path.name] = {"bytes": path.stat().st_size, "version": version, "tables": tables}
    return found


def _said(command: tuple[str, ...]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT_S, errors="replace", check=False)
    return done.stdout + done.stderr
