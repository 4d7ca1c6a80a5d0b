# SPDX-License-Identifier: GPL-2.0-or-later
"""Menus: what keys lead to, and callers who press none."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.config.checks.document import Document, table_at, tables_at, text_at
from firmware.config.checks.names import Names
from firmware.config.checks.targets import nowhere
from firmware.config.problems import ConfigProblem, path_of
from firmware.config.targets import Target, parse_choice


def menus(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """What menus lead to is there; whoever presses nothing, or always the wrong key, comes to an end."""
    for path, text in _choices(document):
        try:
            choice = parse_choice(text)
        except ValueError:
            continue  # the types have said so
        if isinstance(choice, Target) and (message := nowhere(choice, names, document)):
            yield ConfigProblem(path, message)
    for key in ("timeout", "invalid"):
        yield from _circles(document, key)


def _choices(document: Document) -> Iterator[tuple[str, str]]:
    for index, item in tables_at(document, "ivr"):
        for keys, text in table_at(item, "digits").items():
            if isinstance(text, str):
                yield path_of("ivr", index, "digits", str(keys)), text
        for key in ("timeout", "invalid"):
            if (text := text_at(item, key)) is not None:
                yield path_of("ivr", index, key), text


def _circles(document: Document, key: str) -> Iterator[ConfigProblem]:
    """Menus whose callers would be sent round for ever."""
    following: dict[str, str] = {}
    for _, item in tables_at(document, "ivr"):
        name, to = text_at(item, "name"), text_at(item, key) or ""
        if name:
            following[name] = name if to.startswith(("repeat", "language:")) else to.removeprefix("ivr:")
    for index, item in tables_at(document, "ivr"):
        at = start = text_at(item, "name") or ""
        seen = [start]
        while (at := following.get(at, "")) in following and at not in seen:
            seen.append(at)
        if at == start and at in following:
            way = " → ".join([*seen, start])
            message = f"callers would go round for ever ({way}); lead one of these menus somewhere else"
            yield ConfigProblem(path_of("ivr", index, key), message)
