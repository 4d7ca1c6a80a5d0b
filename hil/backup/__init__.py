# SPDX-License-Identifier: GPL-2.0-or-later
"""Backups onto a stick that can be mounted, pulled out and broken: a loop device. It takes root."""
