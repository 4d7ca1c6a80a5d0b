# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring recordings verify, export, hold, release, disk, key, erase"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firmware.cli.common import Subparsers, add_command, add_group, control_of, show_json, show_table, state_of
from firmware.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from firmware.archive.library import Library

_FOUND = ("what", "recording", "detail")
ERASE_S = 600.0  # a million calls are looked through


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "recordings", "what is kept of calls: proof, export, holds, room, erasure")
    verify = add_command(actions, "verify", "find recordings that were changed, swapped or lost", verify_)
    verify.add_argument("--head", metavar="LINK", default="", help="a link of the chain that was noted once")
    export = add_command(actions, "export", "write a recording as WAV, Opus or vCon", export_)
    export.add_argument("id")
    export.add_argument("--format", choices=("wav", "opus", "vcon"), default="wav")
    export.add_argument("--output", "-o", type=Path, metavar="FILE", help="standard output when it is left out")
    hold = add_command(actions, "hold", "keep a recording, whatever the rules say", hold_)
    hold.add_argument("id")
    hold.add_argument("reason")
    release = add_command(actions, "release", "let the rules decide again", release_)
    release.add_argument("id")
    add_command(actions, "disk", "how much there is, and for how many days it lasts", disk_)
    key = add_command(actions, "key", "make a key that encrypts what is stored", key_)
    key.add_argument("file", type=Path, metavar="FILE")
    erase = add_command(actions, "erase", "erase one telephone number everywhere", erase_)
    erase.add_argument("number")
    erase.add_argument("--reason", required=True, help="kept in the record of the erasure; without the number")


def _document(state: Path) -> dict[str, Any]:
    from firmware.store.config_db import ConfigDb

    try:
        return ConfigDb(state).current().document
    except NotFound:
        return {}


def _library(state: Path) -> Library:
    from firmware.archive.library import Library, key_of

    return Library(state / "recordings", lambda: key_of(state, _document(state)))


def _who() -> str:
    return f"cli:{os.environ.get('SUDO_USER') or os.environ.get('USER') or os.getuid()}"


def verify_(arguments: argparse.Namespace) -> int:
    """Exit status 1 when anything is not as it was stored."""
    from firmware.archive.verify import Verification
    from firmware.store.connect import open_for_reading

    state = state_of(arguments)
    path = state / "history.db"
    if not path.exists():
        raise NotFound(f"There is no history in {state}.", code="no_history")
    with contextlib.closing(open_for_reading(path)) as db:
        verification = Verification(db, state / "recordings")
        found = [{name: getattr(finding, name) for name in _FOUND} for finding in verification.findings(arguments.head)]
    figures = {"links": verification.links, "files": verification.files, "head": verification.head}
    if arguments.json:
        show_json(figures | {"findings": found})
    else:
        show_table(found, _FOUND, "Every recording is as it was stored.")
        print(f"{figures['links']} links, {figures['files']} files; the chain ends with {figures['head']}")
    return 1 if found else 0


def export_(arguments: argparse.Namespace) -> int:
    from firmware.archive.notebook import Notebook
    from firmware.store.history import History

    state = state_of(arguments)
    history, notebook = History(state / "history.db"), Notebook(state)
    recording = history.recording(arguments.id)
    if arguments.format == "vcon":
        from firmware.archive.export import container

        made = container(recording, history, notebook, _library(state), _document(state), "opus")
        pieces: Iterable[bytes] = (json.dumps(made, ensure_ascii=False, indent=2).encode() + b"\n",)
    else:
        pieces = _library(state).sound(recording, arguments.format).read(0, None)
    notebook.heard(recording.id, _who(), "exported", arguments.format)
    _write(arguments.output, pieces)
    return 0


def _write(output: Path | None, pieces: Iterable[bytes]) -> None:
    if output is None:
        sys.stdout.buffer.writelines(pieces)
        return
    try:
        with output.open("wb") as file:
            file.writelines(pieces)
    except OSError as error:
        raise Invalid(f"{output} cannot be written: {error.strerror}.", field="--output") from error


def hold_(arguments: argparse.Namespace) -> int:
    from firmware.archive.notebook import Notebook

    if not arguments.reason.strip():
        raise Invalid("Say why it must be kept.", field="reason")
    Notebook(state_of(arguments)).hold(arguments.id, arguments.reason, _who())
    return 0


def release_(arguments: argparse.Namespace) -> int:
    from firmware.archive.notebook import Notebook

    Notebook(state_of(arguments)).hold(arguments.id, "", _who())
    return 0


def disk_(arguments: argparse.Namespace) -> int:
    from firmware import times
    from firmware.archive import keeping
    from firmware.archive.budget import free_bytes
    from firmware.archive.settings import settings_of
    from firmware.store import migrations
    from firmware.store.connect import open_for_reading

    state = state_of(arguments)
    migrations.ensure(state / "history.db")
    with contextlib.closing(open_for_reading(state / "history.db")) as db:
        limit = settings_of(_document(state)).max_bytes
        figures = keeping.budget(db, times.now(), free_bytes(state), limit).as_json()
    if arguments.json:
        show_json(figures)
    else:
        show_table([figures], tuple(figures), "")
    return 0


def key_(arguments: argparse.Namespace) -> int:
    """Makes FILE, which must not be there; the box cannot read its recordings without it."""
    from firmware.archive.sealed import new_key

    try:
        descriptor = os.open(arguments.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    except FileExistsError:
        raise Conflict(f"{arguments.file} is there; a key is never overwritten.", code="key_exists") from None
    except OSError as error:
        raise Invalid(f"{arguments.file} cannot be made: {error.strerror}.", field="file") from error
    with os.fdopen(descriptor, "w") as file:
        file.write(new_key())
    print(f"{arguments.file} is the key. Keep a copy where the box is not: nothing can be heard without it.")
    return 0


def erase_(arguments: argparse.Namespace) -> int:
    with control_of(arguments, ERASE_S) as control:
        told = {"number": arguments.number, "reason": arguments.reason, "author": _who()}
        record = control.request("erase", **told)
    if arguments.json:
        show_json(record)
        return 0
    counts = ", ".join(f"{count} {what}" for what, count in record["counts"].items())
    print(f"Erased: {counts}; {record['lists']} configurations. The record of it is {record['id']}.")
    for path in record["left_in"]:
        print(f"The configuration still has it in {path}; change that by hand.")
    return 0
