# SPDX-License-Identifier: GPL-2.0-or-later
"""What the owner's password must be: long, and not the first thing one tries (NIST SP 800-63B, section 5.1.1.2)."""

from __future__ import annotations

from webui.i18n import N_

MIN_LENGTH = 10
_FIRST_TRIES = (
    "password",
    "passw0rd",
    "tipring",
    "qwertyuiop",
    "qwerty",
    "letmein",
    "welcome",
    "iloveyou",
    "administrator",
    "admin",
    "changeme",
    "abcdefghij",
    "asdfghjkl",
    "zxcvbnm",
    "telephone",
    "callcenter",
    "secret",
    "owner",
)
_RUNS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz")


def weakness(password: str, again: str, name: str) -> str | None:
    """Why the password cannot be taken, as a message to translate; None when it is good."""
    if len(password) < MIN_LENGTH:
        return N_("The password is too short. Take at least 10 characters; a few words together are best.")
    if len(set(password.lower())) < 5:
        return N_("The password repeats a few characters only. Take different ones.")
    if _is_first_try(password.lower(), name.lower()):
        return N_("This password is among the first that are tried. Take a few words that belong to you only.")
    if password != again:
        return N_("The two passwords are not the same. Type both again.")
    return None


def _is_first_try(password: str, name: str) -> bool:
    letters = password.strip("0123456789!.?-_ ")
    known = letters in _FIRST_TRIES or (len(name) > 2 and letters == name)
    return known or any(password in run for run in _RUNS)
