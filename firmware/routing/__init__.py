# SPDX-License-Identifier: GPL-2.0-or-later
"""Where calls may go and where they go, as pure functions of configuration, country, and time. Nothing here waits."""
