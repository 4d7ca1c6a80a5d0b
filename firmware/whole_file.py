# SPDX-License-Identifier: GPL-2.0-or-later
"""A small file that a power cut leaves as it was, or as it is to be."""

from __future__ import annotations

import os
from pathlib import Path


def write(file: Path, content: bytes, mode: int = 0o600) -> None:
    """Whole or not at all. OSError."""
    new = file.with_name(f"{file.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(file)
