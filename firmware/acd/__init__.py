# SPDX-License-Identifier: GPL-2.0-or-later
"""Automatic call distribution: which agent a waiting call is offered to, and why.

Pure: no clock, no I/O, chance only by a seed. `AcdState.handle(event, now)` returns commands; whoever carries them out
reports back with further events. Times are seconds on the caller's monotonic clock. docs/queues.md defines the rules.
"""

from firmware.acd.agents import Agent, AgentState
from firmware.acd.commands import AgentPaused, Changes, Command, GaveUp, Kept, Offer, Overflow, Withdraw
from firmware.acd.events import (
    AgentMode,
    AgentReachable,
    AgentSet,
    Answered,
    Assigned,
    CallJoined,
    CallLeft,
    Configured,
    DayBegan,
    Event,
    Moved,
    NotAnswered,
    Outcome,
    PickedUp,
    PlaceKept,
    PrioritySet,
    QueueLogin,
    Restored,
    TalkEnded,
    Tick,
    ToFront,
    WrapUpEnded,
    WrapUpExtended,
)
from firmware.acd.places import Place
from firmware.acd.queues import Queue
from firmware.acd.reasons import SENTENCES, Considered, Reason
from firmware.acd.settings import AgentSettings, Membership, Presence, QueueSettings, Strategy
from firmware.acd.state import AcdState

__all__ = [
    "SENTENCES",
    "AcdState",
    "Agent",
    "AgentMode",
    "AgentPaused",
    "AgentReachable",
    "AgentSet",
    "AgentSettings",
    "AgentState",
    "Answered",
    "Assigned",
    "CallJoined",
    "CallLeft",
    "Changes",
    "Command",
    "Configured",
    "Considered",
    "DayBegan",
    "Event",
    "GaveUp",
    "Kept",
    "Membership",
    "Moved",
    "NotAnswered",
    "Offer",
    "Outcome",
    "Overflow",
    "PickedUp",
    "Place",
    "PlaceKept",
    "Presence",
    "PrioritySet",
    "Queue",
    "QueueLogin",
    "QueueSettings",
    "Reason",
    "Restored",
    "Strategy",
    "TalkEnded",
    "Tick",
    "ToFront",
    "Withdraw",
    "WrapUpEnded",
    "WrapUpExtended",
]
