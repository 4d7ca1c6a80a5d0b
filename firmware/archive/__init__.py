# SPDX-License-Identifier: GPL-2.0-or-later
"""What becomes of recordings: encoded, proven by a chain, encrypted, searched, exported, deleted."""
