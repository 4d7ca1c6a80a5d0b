# SPDX-License-Identifier: GPL-2.0-or-later
"""Is the box ready to be handed over? What is checked, what was found, and the certificate that says so. Pure."""
