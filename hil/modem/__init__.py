# SPDX-License-Identifier: GPL-2.0-or-later
"""Modems on a pty, written from the standards and not from the driver: what the driver is proven against."""
