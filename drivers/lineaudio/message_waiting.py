# SPDX-License-Identifier: GPL-2.0-or-later
"""The message that lights or darkens a phone's message lamp (ETSI EN 300 659-3, 5.3.2; GR-30 has it too)."""

from __future__ import annotations

MESSAGE_WAITING, VISUAL_INDICATOR = 0x82, 0x0B
LIT, DARK = 0xFF, 0x00


def compose_message_waiting(on: bool) -> bytes:
    """Type, length and parameter without checksum: `LineAudio.send_caller_id` sends it."""
    return bytes((MESSAGE_WAITING, 3, VISUAL_INDICATOR, 1, LIT if on else DARK))
