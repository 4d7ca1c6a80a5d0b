# SPDX-License-Identifier: GPL-2.0-or-later
"""Writing the edge's files."""

from __future__ import annotations

from pathlib import Path

from firmware import modes


def write(file: Path, text: str) -> None:
    """Whole or not at all, and for nobody else to read."""
    new = file.with_suffix(".new")
    new.touch(mode=modes.file())
    new.write_text(text)
    new.replace(file)
