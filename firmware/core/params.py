# SPDX-License-Identifier: GPL-2.0-or-later
"""Parameters of requests at the control socket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from firmware.errors import Invalid


def text(params: Mapping[str, Any], name: str) -> str:
    """A parameter that must be there, and not be empty. Invalid."""
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise Invalid(f"`{name}` is missing.", field=name)
    return value


def author_of(params: Mapping[str, Any]) -> str:
    """Who asks, as the trail names it."""
    return str(params.get("author") or "unknown")


def texts(params: Mapping[str, Any], name: str) -> list[str]:
    """A list of texts that must be there. Invalid."""
    value = params.get(name)
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Invalid(f"`{name}` must be a list of texts.", field=name)
    return value
