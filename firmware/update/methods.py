# SPDX-License-Identifier: GPL-2.0-or-later
"""How this machine is brought up to date: two slots, a package, or not by itself."""

from __future__ import annotations

from pathlib import Path

from firmware.update.rauc import SYSTEM_CONF

RAUC, PACKAGE, NONE = "rauc", "package", "none"
PACKAGE_NAME = "tipring"
_INSTALLED = Path("/var/lib/dpkg/info") / f"{PACKAGE_NAME}.list"


def of_this_machine() -> str:
    """By what is there."""
    return RAUC if SYSTEM_CONF.exists() else PACKAGE if _INSTALLED.exists() else NONE
