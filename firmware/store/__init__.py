# SPDX-License-Identifier: GPL-2.0-or-later
"""What the box remembers: config.db (what the installer set) and history.db (what happened)."""
