# SPDX-License-Identifier: GPL-2.0-or-later
"""Fields of a form, and what they make of a table of the configuration.

A form never judges: what was entered goes into the document as it is, and the configuration's own check says what is
wrong, under a path that leads back to the field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from firmware.telephone_numbers import dialled
from webui.i18n import N_
from webui.settings.tables import Document, Item

OUTSIDE = "external:"  # a choice that needs the number beside it
ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Option:
    """One of a choice. Options of one `group` stand together."""

    value: str
    text: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """What a browser sent."""

    values: Mapping[str, list[str]]

    def one(self, name: str) -> str:
        """A field's text, "" when there is none."""
        found = self.values.get(name, [])
        return found[0].strip() if found else ""

    def all(self, name: str) -> list[str]:
        """All that was given under a name, without empty ones."""
        return [text.strip() for text in self.values.get(name, []) if text.strip()]


@dataclass(frozen=True, slots=True)
class Field:
    """`key` is that of the table, with a dot for one within. `kind`: see `_READ`. `options` for those of a choice.

    `wide`: it takes the whole width. `default`: what the file need not mention. `beside`: what the number
    beside a target is.
    """

    key: str
    label: str
    kind: str = "text"
    hint: str = ""
    options: Callable[[Callable[[str], str], Document], Iterable[Option]] | None = None
    wide: bool = False
    default: Any = None
    required: bool = False
    beside: str = N_("Number outside")


def read(field: Field, entered: Entered, old: Any = ABSENT) -> Any:
    """What the table has under the field's key; ABSENT when nothing."""
    return _READ[field.kind](field, entered, old)


def _text(field: Field, entered: Entered, old: Any) -> Any:
    return entered.one(field.key) or ABSENT


def _phone(field: Field, entered: Entered, old: Any) -> Any:
    return dialled(entered.one(field.key)) or ABSENT


def number_or_text(text: str) -> Any:
    """12, 1.5, or what it is, so that the check can name it."""
    if re.fullmatch(r"-?\d{1,9}", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?\d{1,9}\.\d{1,9}", text) else text


def _choice(field: Field, entered: Entered, old: Any) -> Any:
    chosen = entered.one(field.key)
    return ABSENT if not chosen or (chosen == field.default and old is ABSENT) else chosen


def _number(field: Field, entered: Entered, old: Any) -> Any:
    text = entered.one(field.key)
    return number_or_text(text) if text else ABSENT


def _switch(field: Field, entered: Entered, old: Any) -> Any:
    on = entered.one(field.key) == "on"
    return ABSENT if on is bool(field.default) and old is ABSENT else on


def _target(field: Field, entered: Entered, old: Any) -> Any:
    return target(entered, field.key) or ABSENT


def target(entered: Entered, name: str) -> str:
    """The target that was chosen; a number outside stands in a field of its own."""
    chosen = entered.one(name)
    return chosen + dialled(entered.one(f"{name}.number")) if chosen == OUTSIDE else chosen


def _members(field: Field, entered: Entered, old: Any) -> Any:
    return entered.all(field.key) or ([] if field.required else ABSENT)


def _lines(field: Field, entered: Entered, old: Any) -> Any:
    return entered.one(field.key).split() or ABSENT


def _patterns(field: Field, entered: Entered, old: Any) -> Any:
    return [line.strip() for line in entered.one(field.key).splitlines() if line.strip()] or ABSENT


def _levels(field: Field, entered: Entered, old: Any) -> Any:
    """`german 8` is the skill german at level 8; a line that is nothing like it is for the check to name."""
    lines = (line.rsplit(maxsplit=1) for line in entered.one(field.key).splitlines() if line.strip())
    levels = {words[0]: number_or_text(words[1]) if len(words) > 1 else "" for words in lines}
    return levels or ABSENT


def _secret(field: Field, entered: Entered, old: Any) -> Any:
    return entered.one(field.key) or old


_READ: Mapping[str, Callable[[Field, Entered, Any], Any]] = {
    "text": _text,
    "phone": _phone,  # digits
    "number": _number,
    "switch": _switch,
    "choice": _choice,
    "target": _target,
    "members": _members,  # any of the options
    "ordered": _members,  # any of the options, the best one first
    "lines": _lines,  # one each line
    "patterns": _patterns,  # the same, with blanks in them
    "levels": _levels,  # a name and a number each line
    "secret": _secret,  # empty: as it was
}


def value_of(item: Item, key: str) -> Any:
    """What a table has under a key with dots; ABSENT."""
    value: Any = item
    for part in key.split("."):
        if not isinstance(value, dict) or part not in value:
            return ABSENT
        value = value[part]
    return value


def put_value(item: Item, key: str, value: Any) -> None:
    """Under a key with dots; ABSENT takes it away."""
    *outer, last = key.split(".")
    for part in outer:
        if not isinstance(item.get(part), dict):
            if value is ABSENT:
                return
            item[part] = {}
        item = item[part]
    if value is ABSENT:
        item.pop(last, None)
    else:
        item[last] = value


def filled(fields: Iterable[Field], entered: Entered, old: Item) -> Item:
    """The table with what was entered; keys that no field is for stay."""
    item: Item = {key: dict(value) if isinstance(value, dict) else value for key, value in old.items()}
    for field in fields:
        put_value(item, field.key, read(field, entered, value_of(old, field.key)))
    return item


def wrong_at(key: str, problems: Mapping[str, str]) -> str:
    """What is wrong with the field: with the key itself, or with something in it (`members[1]`)."""
    inside = (text for where, text in problems.items() if where.startswith((f"{key}[", f"{key}.")))
    return problems.get(key) or next(inside, "")
