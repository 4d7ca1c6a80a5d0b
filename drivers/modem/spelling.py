# SPDX-License-Identifier: GPL-2.0-or-later
"""Texts in commands and answers: in UCS-2 as hexadecimal (+CSCS="UCS2", 3GPP TS 27.007, 5.5), or as they are."""

from __future__ import annotations


def spelt(text: str, *, wide: bool) -> str:
    """For a command."""
    return text.encode("utf-16-be").hex().upper() if wide else text


def understood(text: str, *, wide: bool) -> str:
    """From an answer. Modems that were told UCS-2 may all the same say what is none."""
    if wide and text and len(text) % 4 == 0:
        try:
            return bytes.fromhex(text).decode("utf-16-be").rstrip("\r\n\0")
        except ValueError:
            return text
    return text
