# SPDX-License-Identifier: GPL-2.0-or-later
"""Every page of the product in a browser: an office to show, the list of pages, what is measured on each."""
