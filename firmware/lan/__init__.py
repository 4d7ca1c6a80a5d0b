# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine's own network, set by systemd-networkd: what is wanted, and the small part with rights that does it."""
