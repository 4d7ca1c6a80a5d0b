# SPDX-License-Identifier: GPL-2.0-or-later
"""What the archive needs of the configuration, without the model: that costs 20 MB which this service has no other use
for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from firmware.archive.budget import GB


@dataclass(frozen=True, slots=True)
class Settings:
    """Of `[recordings]` and `[cloud]`; the defaults are those of `firmware.config.recordings`."""

    format: str = "opus"
    keep_days: int | None = None
    queue_days: Mapping[str, int] = field(default_factory=dict)
    max_bytes: int | None = None
    cloud: bool = False
    with_audio: bool = False


def settings_of(document: dict[str, Any]) -> Settings:
    """Of a checked document."""
    own, cloud = document.get("recordings", {}), document.get("cloud")
    limit = own.get("max_gb")
    return Settings(
        format=own.get("format", "opus"),
        keep_days=own.get("keep_days"),
        queue_days=own.get("queue_days", {}),
        max_bytes=round(limit * GB) if limit else None,
        cloud=cloud is not None,
        with_audio=cloud is not None and cloud.get("recordings", True),
    )
