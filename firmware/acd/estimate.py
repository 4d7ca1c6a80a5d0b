# SPDX-License-Identifier: GPL-2.0-or-later
"""How long a caller will have to wait (docs/waiting.md has the formula and its measured error). Pure.

The estimator by queue length for impatient callers, QLm: W. Whitt, "Predicting Queueing Delays", Management Science
45(6), 1999; R. Ibrahim and W. Whitt, "Real-Time Delay Estimation in Overloaded Multiserver Queues with Abandonments",
Management Science 55(10), 2009.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

PRIOR_HANDLE_S = 180.0
PRIOR_CALLS = 5.0  # calls that the prior counts for
MEMORY_CALLS = 60.0  # what was learnt fades: an older call counts less than the newest by 1/e after so many more


def expected_wait_s(ahead: int, agents: float, handle_s: float, give_up_per_s: float = 0.0) -> float | None:
    """Seconds until a caller with `ahead` others before is offered, when no agent is free. None when nobody serves.

    `agents` serve the queue (half of one, who serves another as much), each for `handle_s` a call, wrap-up
    included; each of the callers ahead gives up at the rate `give_up_per_s`.
    """
    return expected_waits_s(ahead + 1, agents, handle_s, give_up_per_s)[-1]


def expected_waits_s(
    callers: int, agents: float, handle_s: float, give_up_per_s: float = 0.0
) -> Sequence[float | None]:
    """The same for each of so many callers, who have 0, 1, 2 … others before them."""
    if agents <= 0 or handle_s <= 0:
        return [None] * callers
    served_per_s = agents / handle_s
    return [*itertools.accumulate(1 / (served_per_s + place * give_up_per_s) for place in range(callers))]


@dataclass(slots=True)
class Pace:
    """What a queue's calls teach: how long an agent is busy with one, and how quickly those who wait give up."""

    handled: float = PRIOR_CALLS
    handle_total_s: float = PRIOR_CALLS * PRIOR_HANDLE_S
    waited_total_s: float = 0.0
    gave_up: float = 0.0

    @property
    def handle_s(self) -> float:
        """Mean time in seconds for which a call keeps an agent."""
        return self.handle_total_s / self.handled

    @property
    def give_up_per_s(self) -> float:
        """Callers who give up, for each second that one waits: the most likely rate if patience is exponential."""
        return self.gave_up / self.waited_total_s if self.waited_total_s else 0.0

    def call_handled(self, seconds: float) -> None:
        """An agent is done with a call."""
        fade = 1 - 1 / MEMORY_CALLS
        self.handled = self.handled * fade + 1
        self.handle_total_s = self.handle_total_s * fade + seconds

    def call_waited(self, seconds: float, *, gave_up: bool) -> None:
        """A caller waits no more: an agent answered, or the caller gave up."""
        fade = 1 - 1 / MEMORY_CALLS
        self.waited_total_s = self.waited_total_s * fade + seconds
        self.gave_up = self.gave_up * fade + gave_up
