# SPDX-License-Identifier: GPL-2.0-or-later
"""Automatic call distribution: which agent a waiting call is offered to, and why.

Pure: no clock, no I/O. `AcdState.handle(event, now)` returns commands; whoever carries them out reports back
with further events. Times are seconds on the caller's monotonic clock.
"""

from firmware.acd.messages import (
    AgentReachable,
    AgentSet,
    Answered,
    CallJoined,
    CallLeft,
    Command,
    Configured,
    Considered,
    Event,
    NotAnswered,
    Offer,
    Overflow,
    TalkEnded,
    Tick,
)
from firmware.acd.model import AgentMode, AgentSettings, AgentState, QueueSettings
from firmware.acd.state import AcdState

__all__ = [
    "AcdState",
    "AgentMode",
    "AgentReachable",
    "AgentSet",
    "AgentSettings",
    "AgentState",
    "Answered",
    "CallJoined",
    "CallLeft",
    "Command",
    "Configured",
    "Considered",
    "Event",
    "NotAnswered",
    "Offer",
    "Overflow",
    "QueueSettings",
    "TalkEnded",
    "Tick",
]
