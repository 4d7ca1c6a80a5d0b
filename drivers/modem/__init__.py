# SPDX-License-Identifier: GPL-2.0-or-later
"""Modems at serial ports: a voice modem as an FXO port (ITU-T V.253), a cellular modem (3GPP TS 27.005, 27.007)."""
