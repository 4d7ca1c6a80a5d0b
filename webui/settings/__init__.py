# SPDX-License-Identifier: GPL-2.0-or-later
"""Changing the configuration piece by piece: what the forms and the API do to its document."""
