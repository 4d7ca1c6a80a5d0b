# SPDX-License-Identifier: GPL-2.0-or-later
"""Extensions: what rings for them, where their calls are forwarded, what they may call."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from firmware.config.checks.document import Document, tables_at, text_at
from firmware.config.checks.names import Names, numbers_of
from firmware.config.checks.targets import nowhere
from firmware.config.chosen import FORWARDS
from firmware.config.dialplan import match
from firmware.config.problems import ConfigProblem, path_of
from firmware.config.targets import Target, TargetKind, parse_target


def means_of_ringing(document: Document) -> Iterator[ConfigProblem]:
    """An extension has something that rings."""
    for index, item in tables_at(document, "extension"):
        if item.get("port") is None and item.get("sip") is None and not item.get("also"):
            message = 'the extension has neither port nor sip; give port = "fxs1" or sip = { password = "…" }'
            yield ConfigProblem(path_of("extension", index, "port"), message)


OF_A_PORT = ("flash", "flash_max_ms", "reversal_on_answer", "metering", "lamp")


def settings_of_ports(document: Document) -> Iterator[ConfigProblem]:
    """What only a phone on a port can have is not given to another one."""
    for index, item in tables_at(document, "extension"):
        for key in OF_A_PORT:
            if key in item and "port" not in item:
                yield ConfigProblem(path_of("extension", index, key), "needs a port: give this extension an fxs port")


def ringing(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """What rings beside an extension's phones, and where its calls are forwarded"""
    for index, item in tables_at(document, "extension"):
        yield from _also(index, item, names, document)
        for key in FORWARDS:
            if (to := text_at(item, key)) and (message := _no_forward(item, to, names, document)):
                yield ConfigProblem(path_of("extension", index, key), message)


def _also(index: int, item: Document, names: Names, document: Document) -> Iterator[ConfigProblem]:
    value = item.get("also")
    for place, entry in enumerate(value if isinstance(value, (list, tuple)) else ()):
        text = text_at(entry, "to") if isinstance(entry, dict) else entry
        try:
            target = parse_target(text if isinstance(text, str) else "")
        except ValueError:
            continue  # the types have said so
        message = nowhere(target, names, document)
        if target.kind not in (TargetKind.EXTENSION, TargetKind.EXTERNAL):
            message = f'"{target}" does not ring; use extension:NUMBER or external:NUMBER'
        if target == Target(TargetKind.EXTENSION, text_at(item, "number") or ""):
            message = "the extension itself rings anyway; name another one"
        if message:
            yield ConfigProblem(path_of("extension", index, "also", place), message)


def _no_forward(item: Document, to: str, names: Names, document: Document) -> str | None:
    if to in (text_at(item, "number"), f"extension:{text_at(item, 'number')}"):
        return "an extension cannot be forwarded to itself; name another number"
    if ":" in to:
        try:
            return nowhere(parse_target(to), names, document)
        except ValueError:
            return None  # the types have said so
    if to in numbers_of(document) or _goes_out(document, to):
        return None
    return f'nothing in the dial plan matches "{to}"; use a number as a phone of the house dials it'


def _goes_out(document: Document, number: str) -> bool:
    for _, item in tables_at(document, "outbound"):
        with contextlib.suppress(ValueError):
            if match(text_at(item, "pattern") or "", number) == "full":
                return True
    return False


EVERYTHING = "international"


def pins(document: Document) -> Iterator[ConfigProblem]:
    """A PIN to call beyond a class needs something beyond it."""
    for index, item in tables_at(document, "extension"):
        if text_at(item, "class_pin") and text_at(item, "class") in (None, EVERYTHING):
            message = 'this extension may call everything without it; give it a narrower class, e.g. class = "national"'
            yield ConfigProblem(path_of("extension", index, "class_pin"), message)
