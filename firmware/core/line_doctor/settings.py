# SPDX-License-Identifier: GPL-2.0-or-later
"""Settings of a line into a configuration document."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any


def with_settings(document: Mapping[str, Any], port: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the document with these keys in the `[[line]]` of the port, which is made when there is none.

    Of `hangup` only the keys that are given change.
    """
    changed = copy.deepcopy(dict(document))
    lines: list[dict[str, Any]] = changed.setdefault("line", [])
    line = next((line for line in lines if line.get("port") == port), None)
    if line is None:
        line = {"port": port}
        lines.append(line)
    for key, value in settings.items():
        line[key] = {**line.get(key, {}), **value} if key == "hangup" else copy.deepcopy(value)
    return changed
