# SPDX-License-Identifier: GPL-2.0-or-later
"""Why an update does not come to be."""

from __future__ import annotations

from firmware.errors import TipringError


class UpdateFailed(TipringError):
    """Nothing of the system that runs has changed; the sentence says what to do."""

    code = "update_failed"
