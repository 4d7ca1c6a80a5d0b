# SPDX-License-Identifier: GPL-2.0-or-later
"""What the box says: sound that was uploaded, recorded from a phone or spoken from text, and what it is made of."""
