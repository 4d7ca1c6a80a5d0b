# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes a configuration fit a box: what the check refuses is left out, and listed."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Collection
from typing import Any

from firmware.config import ConfigInvalid, ConfigProblem, check
from firmware.config.checks.names import NAMED_BY

_STEP = re.compile(r"\[(\d+)\]|(\"(?:[^\"\\]|\\.)*\")|([^.\[\]\"]+)")
_ROUNDS = 50

Json = dict[str, Any]


def fit(document: Json, ports: Collection[str] | None) -> tuple[Json, list[ConfigProblem]]:
    """The document that is left, which `check` accepts, and why each part is not in it any more.

    First the key that is wrong is left out, then the item that does not work without it. Never fails: at worst the
    whole table goes.
    """
    left = copy.deepcopy(document)
    out: list[ConfigProblem] = []
    for _ in range(_ROUNDS):
        try:
            check(left, ports)
        except ConfigInvalid as invalid:
            out += _without(left, invalid.errors, out)
        else:
            return left, out
    raise ConfigInvalid(out)


def _without(document: Json, errors: Collection[ConfigProblem], before: list[ConfigProblem]) -> list[ConfigProblem]:
    """Takes away what the errors name, the last items first so that the others keep their places."""
    found = {}
    for error in errors:
        steps = _steps(error.path)
        found[_there(document, steps)] = error
    told = []
    for steps, error in sorted(found.items(), key=lambda pair: [_order(step) for step in pair[0]], reverse=True):
        told.append(ConfigProblem(_named(document, steps) or error.path, error.message))
        _take(document, steps)
    return told[::-1]


def _order(step: str | int) -> tuple[int, int, str]:
    return (1, step, "") if isinstance(step, int) else (0, 0, step)


def _steps(path: str) -> tuple[str | int, ...]:
    """`extension[1].port` as ("extension", 1, "port")."""
    found = _STEP.finditer(path)
    return tuple(int(m[1]) if m[1] else json.loads(m[2]) if m[2] else m[3] for m in found)


def _there(document: Json, steps: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """As much of the way as there is: what is missing takes with it what needs it."""
    at: Any = document
    for place, step in enumerate(steps):
        try:
            at = at[step]
        except (KeyError, IndexError, TypeError):
            return steps[:place]
    return steps


def _take(document: Json, steps: tuple[str | int, ...]) -> None:
    if not steps:
        document.clear()
        return
    at: Any = document
    for step in steps[:-1]:
        at = at[step]
    del at[steps[-1]]
    if isinstance(at, list) and not at and len(steps) > 1:
        _take(document, steps[:-1])  # an empty list says nothing


def _named(document: Json, steps: tuple[str | int, ...]) -> str:
    """How a person knows it: `line fxo3: port`, `trunk "lines": ports`."""
    if len(steps) < 2 or not isinstance(steps[1], int):
        return ".".join(map(str, steps))
    item = document[str(steps[0])][steps[1]]
    keys = (NAMED_BY.get(str(steps[0]), "name"), "line", "did", "trunk", "pattern")
    name = next((str(item[key]) for key in keys if item.get(key)), str(steps[1] + 1))
    rest = ".".join(str(step) for step in steps[2:] if isinstance(step, str))
    return f"{steps[0]} {name}" + (f" · {rest}" if rest else "")
