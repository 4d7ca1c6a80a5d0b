# SPDX-License-Identifier: GPL-2.0-or-later
"""The services that make the box a PBX: configuration, call control, queues, records, forwarding."""

__version__ = "0.1.0"
