# SPDX-License-Identifier: GPL-2.0-or-later
"""Tier 2 of the bench: the real DAHDI core on a real kernel, in QEMU. `python -m hil.kernel` runs it."""
