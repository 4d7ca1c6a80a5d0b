# SPDX-License-Identifier: GPL-2.0-or-later
"""What a change of the configuration would have done to the calls of the last 30 days; and that help can be called."""
