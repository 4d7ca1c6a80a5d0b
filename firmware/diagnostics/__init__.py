# SPDX-License-Identifier: GPL-2.0-or-later
"""One file for whoever helps from afar: what the box is and was, and none of its secrets."""
