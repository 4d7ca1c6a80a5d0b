# SPDX-License-Identifier: GPL-2.0-or-later
"""Queues of real calls: the pure ACD (firmware.acd) decides, this carries it out."""

from firmware.calls.queueing.queues import Queues
from firmware.calls.queueing.stay import Found

__all__ = ["Found", "Queues"]
