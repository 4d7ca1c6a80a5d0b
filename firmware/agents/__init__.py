# SPDX-License-Identifier: GPL-2.0-or-later
"""Agents: where they are logged in, what they did, and their figures. Pure: no clock, no I/O."""
