# SPDX-License-Identifier: GPL-2.0-or-later
"""The `tipring-board` service: LEDs, button, lifeline, watchdog, sensors; pure machines in a thin shell."""
