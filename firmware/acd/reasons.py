# SPDX-License-Identifier: GPL-2.0-or-later
"""Why an agent was chosen or passed over: a stable code, its facts, and the sentence that a supervisor reads.

Sentences are made when somebody reads them: most are never read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

SENTENCES = {
    # cannot be offered a call now
    "on_call": "is on another call",
    "offered": "is being offered another call",
    "offered_this": "is being offered this call",
    "paused": "is paused",
    "paused_reason": "is paused ({reason})",
    "logged_out": "is logged out",
    "logged_out_queue": "is logged out of this queue",
    "wrap_up": "is in wrap-up for {seconds:.0f} s more",
    "unreachable": "{why}",
    "no_answer": "did not answer the last offer",
    "rejected": "rejected the last offer",
    "busy": "was busy at the last offer",
    "failed": "could not be rung at the last offer",
    # could be, but not for this call
    "tier_later": "tier {tier} is asked after {seconds:.0f} s more",
    "skill": "{skill} at level {level}, this caller needs {needed}",
    # could have been
    "ring_all": "rings with all others of tier {tier}",
    "ring_all_later": "later in line: tier {tier}",
    "longest_idle": "longest idle: idle for {seconds:.0f} s, tier {tier}",
    "longest_idle_later": "later in line: idle for {seconds:.0f} s, tier {tier}",
    "round_robin": "next in turn: tier {tier}",
    "round_robin_later": "later in turn: tier {tier}",
    "fewest_calls": "fewest calls: {calls} today, tier {tier}",
    "fewest_calls_later": "later in line: {calls} calls today, tier {tier}",
    "least_talk": "least talk time: {seconds:.0f} s today, tier {tier}",
    "least_talk_later": "later in line: {seconds:.0f} s of talk today, tier {tier}",
    "linear": "first in order: place {place}, tier {tier}",
    "linear_later": "later in order: place {place}, tier {tier}",
    "random": "drawn by lot: weight {weight:g}, tier {tier}",
    "random_later": "not drawn: weight {weight:g}, tier {tier}",
    "skills": "fits best: {points:g} points, tier {tier}",
    "skills_later": "fits less: {points:g} points, tier {tier}",
    # by a supervisor
    "assigned": "chosen by hand",
    "assigned_other": "somebody else was chosen by hand",
}


class Reason(NamedTuple):
    """A code of SENTENCES with its facts."""

    code: str
    facts: Mapping[str, object] = {}

    @property
    def sentence(self) -> str:
        """In English; pages translate it."""
        return SENTENCES[self.code].format_map(self.facts)


class Considered(NamedTuple):
    """One agent who was looked at for an offer: chosen, or passed over and why."""

    agent: str
    chosen: bool
    why: Reason

    @property
    def reason(self) -> str:
        """The sentence."""
        return self.why.sentence

    def as_json(self) -> dict[str, object]:
        """For a call's trail."""
        return {"agent": self.agent, "chosen": self.chosen, "code": self.why.code, "reason": self.reason}
