# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel bench as a labgrid target: the same guest today, a board tomorrow. `python -m hil.labgrid` runs it."""
