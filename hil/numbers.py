# SPDX-License-Identifier: GPL-2.0-or-later
"""numpy where it is installed: tests make and hear hours of sound. The bench of `make run` does without it."""

from __future__ import annotations

try:
    import numpy as np
except ImportError:
    np = None  # type: ignore[assignment]

__all__ = ["np"]
