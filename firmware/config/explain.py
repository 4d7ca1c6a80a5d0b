# SPDX-License-Identifier: GPL-2.0-or-later
"""Turns pydantic's errors into sentences for an installer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from firmware.config.problems import ConfigProblem, path_of
from firmware.config.schema import keys, model_at

_KINDS = {
    "string_type": "text in quotes",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "finite_number": "a number",
    "dict_type": "a table",
    "model_type": "a table",
}
_LIMITS = {
    "greater_than_equal": ("ge", "at least"),
    "less_than_equal": ("le", "at most"),
    "greater_than": ("gt", "more than"),
    "less_than": ("lt", "less than"),
}


def _shown(value: object) -> str:
    """The value as the file has it, shortened."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)[:40]
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= 60 else f'"{value[:57]}…"'
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, (list, tuple)) else f"a {type(value).__name__}"


def _unknown(error: Mapping[str, Any]) -> str:
    model = model_at(error["loc"][:-1])
    known = ", ".join(keys(model)) if model else ""
    return f"is not a setting this box knows; use one of {known}"


def _missing(error: Mapping[str, Any]) -> str:
    return "is missing; it must be given"


def _literal(error: Mapping[str, Any]) -> str:
    expected = error["ctx"]["expected"].replace("'", '"')
    return f"{_shown(error['input'])} is not allowed; use {expected}"


def _list(error: Mapping[str, Any]) -> str:
    location = error["loc"]
    if len(location) == 1 and model_at(location):
        return f"must be a list of tables; write [[{location[0]}]] above each of them"
    return f'must be a list, not {_shown(error["input"])}; write it like ["…"]'


_SENTENCES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "value_error": lambda error: str(error["ctx"]["error"]),
    "extra_forbidden": _unknown,
    "missing": _missing,
    "literal_error": _literal,
    "tuple_type": _list,
    "too_short": lambda error: f"is empty; give at least {error['ctx']['min_length']}",
    "invalid_key": lambda error: "is not a key; keys are text",
}


def sentence(error: Mapping[str, Any]) -> str:
    """What is wrong and what is allowed, for one of pydantic's errors."""
    kind = error["type"]
    if kind in _SENTENCES:
        return _SENTENCES[kind](error)
    if kind in _KINDS:
        return f"must be {_KINDS[kind]}, not {_shown(error['input'])}"
    if kind in _LIMITS:
        limit, words = _LIMITS[kind]
        return f"{_shown(error['input'])} is out of range; use {words} {error['ctx'][limit]}"
    return f"{error['msg']} (it is {_shown(error['input'])})"


def explain(invalid: ValidationError) -> list[ConfigProblem]:
    """All of pydantic's errors, each under the path of the file."""
    problems = []
    for error in invalid.errors(include_url=False):
        location = [part for part in error["loc"] if part != "[key]"]
        parts = [part if isinstance(part, int) and at else str(part) for at, part in enumerate(location)]
        problems.append(ConfigProblem(path_of(*parts) or "configuration", sentence(error)))
    return problems
