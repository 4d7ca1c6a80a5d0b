# SPDX-License-Identifier: GPL-2.0-or-later
"""What pjsua2 raises. Built with SWIG's -builtin, its `Error` is no exception: it comes inside a RuntimeError."""

from __future__ import annotations

PjError = RuntimeError


def reason(error: RuntimeError) -> str:
    """pjsip's words, e.g. "Address already in use"."""
    return str(getattr(error.args[0] if error.args else error, "reason", error))
