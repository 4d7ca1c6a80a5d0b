# SPDX-License-Identifier: GPL-2.0-or-later
"""Analog cards through the DAHDI kernel drivers: Digium and Sangoma, OpenVox, Xorcom, and whoever else has one."""

from drivers.dahdi.card import DahdiCard

__all__ = ["DahdiCard"]
