# SPDX-License-Identifier: GPL-2.0-or-later
"""Message catalogs: `python -m webui.locale` compiles them, `update` brings them up to the sources."""
