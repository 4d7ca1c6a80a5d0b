# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration file: TOML in and out."""

from __future__ import annotations

import re
import tomllib
from typing import Any, cast

import tomli_w

from firmware.config.problems import ConfigInvalid, ConfigProblem

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
    """The TOML text of a document that `check` accepts."""
    return tomli_w.dumps(cast(dict[str, Any], _without_none(document)))


def _without_none(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    return [_without_none(item) for item in value] if isinstance(value, (list, tuple)) else value
