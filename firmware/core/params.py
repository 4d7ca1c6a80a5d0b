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
