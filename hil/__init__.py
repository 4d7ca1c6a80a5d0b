# SPDX-License-Identifier: GPL-2.0-or-later
"""Far ends of the wire: a telephone exchange and telephones, what they say and what they hear."""
