# SPDX-License-Identifier: GPL-2.0-or-later
"""Updates of the box: signed bundles into the slot that does not run, or packages; tried, then kept or rolled back."""
