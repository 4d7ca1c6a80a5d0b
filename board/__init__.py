# SPDX-License-Identifier: GPL-2.0-or-later
"""The box itself: LEDs, button, lifeline relay, watchdog, sensors, fan; a TOML file a board, a driver a function."""
