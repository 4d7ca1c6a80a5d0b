# SPDX-License-Identifier: GPL-2.0-or-later
"""Boxes with the small office of the SIP tests."""

from tests.sip.conftest import make_box, peer, sounds

__all__ = ["make_box", "peer", "sounds"]
