# SPDX-License-Identifier: GPL-2.0-or-later
"""What alarms there are, which of them are one and the same, and who is told of them when. Pure."""
