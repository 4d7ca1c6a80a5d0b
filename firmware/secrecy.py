# SPDX-License-Identifier: GPL-2.0-or-later
"""Which keys of a configuration are secrets, and a document without them."""

from __future__ import annotations

from typing import Any

SECRET_KEYS = frozenset(
    ("password", "token", "secret", "pin", "class_pin", "community", "privacy_password", "passphrase")
)
MASK = "********"
SAFE_LENGTH = 12  # characters of a phone's password that nobody guesses over the network


def masked(value: Any) -> Any:
    """The document, or a part of it, with every secret covered."""
    if isinstance(value, dict):
        return {key: MASK if key in SECRET_KEYS and item else masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value
