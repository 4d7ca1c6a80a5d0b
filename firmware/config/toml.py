# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration file: TOML in and out."""

from __future__ import annotations

import re
import tomllib
from typing import Any, cast

import tomli_w

from firmware.config.problems import ConfigInvalid, ConfigProblem
from firmware.config.schema import in_order

_PLACE = re.compile(r"(?P<what>.*) \(at (?P<where>.*)\)", re.DOTALL)


def loads(text: str) -> dict[str, Any]:
    """The document of a TOML text. ConfigInvalid with the path "line 3, column 5" when it is not TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _PLACE.fullmatch(str(error))
        where = found["where"] if found else "configuration"
        what = (found["what"] if found else str(error)).rstrip(".")
        raise ConfigInvalid([ConfigProblem(where, f"this is not TOML: {what[:1].lower()}{what[1:]}")]) from None
    except RecursionError:
        raise ConfigInvalid([ConfigProblem("configuration", "is nested too deeply")]) from None


def dumps(document: dict[str, Any]) -> str:
    """The TOML text of a document that `check` accepts: one [section] or [[section]] below the other."""
    clean = cast(dict[str, Any], in_order(_without_none(document)))
    return "\n".join(_section(key, value) for key, value in clean.items() if value)


def _section(key: str, value: Any) -> str:
    if isinstance(value, dict):
        return f"[{key}]\n" + _settings(key, value)
    return "\n".join(f"[[{key}]]\n{_settings(key, item)}" for item in value)


def _settings(section: str, table: dict[str, Any]) -> str:
    lines = {key: _one_line(key, value) for key, value in table.items()}
    short = [line for line in lines.values() if line]
    long = [tomli_w.dumps({section: {key: table[key]}}) for key, line in lines.items() if not line]
    return "".join(short + long)


def _one_line(key: str, value: Any) -> str | None:
    """`key = value`, with small tables and lists of plain values in the line; None for a larger table."""
    if not isinstance(value, (dict, list)):
        return tomli_w.dumps({key: value})
    first, *inner = tomli_w.dumps({key: [value] if isinstance(value, dict) else value}).splitlines()
    if isinstance(value, list):
        return f"{first}{', '.join(line.strip().rstrip(',') for line in inner[:-1])}{''.join(inner[-1:])}\n"
    fits = first.endswith("= [") and len(inner) == 2
    return f"{first[:-1]}{inner[0].strip().rstrip(',')}\n" if fits else None


def _without_none(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    return [_without_none(item) for item in value] if isinstance(value, (list, tuple)) else value
