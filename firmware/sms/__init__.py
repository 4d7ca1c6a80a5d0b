# SPDX-License-Identifier: GPL-2.0-or-later
"""Text messages over cellular modems: received, sent in their order, guarded as calls are."""
