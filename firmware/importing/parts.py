# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be taken over or left out by itself."""

from __future__ import annotations

CALLS = "calls"
PARTS: dict[str, tuple[str, ...]] = {
    "extensions": ("extension",),
    "trunks": ("trunk",),
    "queues": ("queue", "agent"),
    "groups": ("group",),
    "menus": ("ivr",),
    "hours": ("schedule",),
    "outbound": ("outbound",),
    "routes": ("route",),
    CALLS: (),
}
"""Each with the tables of the configuration that it is in."""
EXISTING = ("keep", "replace")
"""What is there already stays as it is, or takes over what is new."""
