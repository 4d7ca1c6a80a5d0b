# SPDX-License-Identifier: GPL-2.0-or-later
"""The same examples in each run: a failure on the build machine is a failure here."""

from hypothesis import settings

settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
