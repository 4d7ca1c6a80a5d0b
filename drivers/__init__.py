# SPDX-License-Identifier: GPL-2.0-or-later
"""Telephony ports: what an FXO or FXS port can do, and each kind of card that does it."""
