# SPDX-License-Identifier: GPL-2.0-or-later
"""Boxes with the small office of the SIP tests."""

from tests.sip.conftest import box, make_box, own_box, peer, shared_box, sounds

__all__ = ["box", "make_box", "own_box", "peer", "shared_box", "sounds"]
