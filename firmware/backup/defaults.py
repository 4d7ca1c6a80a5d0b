# SPDX-License-Identifier: GPL-2.0-or-later
"""What the table [backup] need not say; the pages show it, and have no use for the whole model."""

AT = "02:30"  # of the site
KEEP_DAYS, KEEP_WEEKS, KEEP_MONTHS = 7, 4, 6
