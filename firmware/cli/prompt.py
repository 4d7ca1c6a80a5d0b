# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring prompt list, add, say, play, delete"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from firmware.cli.common import Subparsers, add_command, add_group, show_json, show_table, state_of
from firmware.errors import Invalid

if TYPE_CHECKING:
    from firmware.prompts.store import Prompt, PromptStore

_COLUMNS = ("name", "language", "duration_s", "changed_at")


def register(subparsers: Subparsers) -> None:
    actions = add_group(subparsers, "prompt", "prompts of the office: what menus and queues say")
    add_command(actions, "list", "list them", list_)
    add = add_command(actions, "add", "take a WAV file as a prompt", add_)
    say = add_command(actions, "say", "make a prompt from text", say_)
    play = add_command(actions, "play", "write a prompt to standard output as WAV", play_)
    delete = add_command(actions, "delete", "delete a prompt", delete_)
    for parser in (add, say, play, delete):
        parser.add_argument("name")
        parser.add_argument("--language", choices=("any", "en", "zh"), default="any")
    add.add_argument("file", type=Path, metavar="FILE", help="WAV; - is standard input")
    say.add_argument("text")
    say.add_argument("--voice", choices=("en", "zh"), help="who speaks, when the prompt is for any language")


def _store(arguments: argparse.Namespace) -> PromptStore:
    from firmware.prompts.store import PromptStore

    return PromptStore(state_of(arguments))


def _show(arguments: argparse.Namespace, prompts: list[Prompt]) -> int:
    rows = [prompt.as_json() for prompt in prompts]
    if arguments.json:
        show_json({"items": rows})
    else:
        show_table(rows, _COLUMNS, "No prompts. tipring prompt add NAME FILE, or tipring prompt say NAME TEXT.")
    return 0


def list_(arguments: argparse.Namespace) -> int:
    return _show(arguments, _store(arguments).all())


def add_(arguments: argparse.Namespace) -> int:
    from firmware.prompts.convert import convert

    try:
        data = sys.stdin.buffer.read() if str(arguments.file) == "-" else arguments.file.read_bytes()
    except OSError as error:
        raise Invalid(f"{arguments.file} cannot be read: {error.strerror}.", field="file") from error
    return _show(arguments, [_store(arguments).put(arguments.name, arguments.language, convert(data))])


def say_(arguments: argparse.Namespace) -> int:
    from firmware.prompts import speech
    from firmware.prompts.convert import convert

    voice = arguments.voice or (arguments.language if arguments.language != "any" else "en")
    made = convert(speech.speak(arguments.text, voice))
    return _show(arguments, [_store(arguments).put(arguments.name, arguments.language, made)])


def play_(arguments: argparse.Namespace) -> int:
    store = _store(arguments)
    store.one(arguments.name, arguments.language)
    sys.stdout.buffer.write(store.path(arguments.name, arguments.language).read_bytes())
    return 0


def delete_(arguments: argparse.Namespace) -> int:
    from firmware.prompts import uses
    from firmware.store.config_db import ConfigDb

    state = state_of(arguments)
    document = ConfigDb(state).current().document if (state / "config.db").exists() else {}
    uses.delete(_store(arguments), document, arguments.name, arguments.language)
    return 0
