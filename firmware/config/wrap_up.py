# SPDX-License-Identifier: GPL-2.0-or-later
"""What agents say of their pauses and of their calls, each with the key that says it at a phone."""

from __future__ import annotations

from typing import Annotated

from firmware.config.values import Name, Section, Text, matching

Key = Annotated[str, matching(r"[0-9]{1,2}", "one or two digits")]


class PauseReason(Section):
    """Why an agent takes no calls. `paid`: whether the time counts as work."""

    name: Name
    label: Text = ""
    key: Key
    paid: bool = True


class Disposition(Section):
    """What came of a call, in the agent's word. Queues name those that are theirs."""

    name: Name
    label: Text = ""
    key: Key
