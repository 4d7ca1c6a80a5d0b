# SPDX-License-Identifier: GPL-2.0-or-later
"""The services that make the box a PBX: configuration, call control, queues, records, forwarding."""

__version__ = "0.1.0"
SUPPORTED_UNTIL = "2031-12-31"
"""Until this day there are security updates (ETSI EN 303 645, provision 5.3-13)."""
