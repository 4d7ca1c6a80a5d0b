# SPDX-License-Identifier: GPL-2.0-or-later
"""The wait that callers are told, against the wait that they have: simulated days, without sound and without time.

Offices of several sizes, each for DAYS days: more callers at ten and at three, lunch, handling times log-normal as
measured in call centres (L. Brown et al., Journal of the American Statistical Association 100(469), 2005), callers who
give up. Each caller who waits is told once, when joining. Compared with what other boxes do: the wait of the last one
who was answered, and the mean wait of the last ten.
"""

from __future__ import annotations

import heapq
import itertools
import math
import random
import statistics
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from firmware.acd.estimate import Pace, expected_wait_s

DAYS = 20
DAY_S = 9 * 3600.0
HANDLE_S, SIGMA = 240.0, 0.9  # mean and shape of the log-normal
PATIENCE_S = 600.0
LOADS = (0.6, 0.8, 1.0, 1.25, 1.15, 0.6, 1.0, 1.2, 0.9)  # each hour's offered load, per agent of the plan
OFFICES = {"3 agents": 3, "10 agents": 10, "40 agents": 40}


@dataclass(slots=True)
class Told:
    """What one caller was told by each way, and what came."""

    guesses: dict[str, float]
    waited_s: float = 0.0


@dataclass(slots=True)
class Waiting:
    joined: float
    gives_up: float
    told: Told | None


@dataclass(slots=True)
class Day:
    """One queue; `free` agents, callers in order, what the estimator knows."""

    agents: int
    chance: random.Random
    pace: Pace
    free: int = 0
    queue: deque[Waiting] = field(default_factory=deque)
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=10))
    told: list[Told] = field(default_factory=list)
    _events: list[tuple[float, int, float]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=itertools.count)

    def run(self) -> list[Told]:
        """From opening until the last caller is gone."""
        self.free = self.agents
        for at in self._arrivals():
            self._at(at, 0.0)
        while self._events:
            now, _, handled = heapq.heappop(self._events)
            if handled:
                self.free += 1
                self.pace.call_handled(handled)
            else:
                self._joins(now)
            self._serve(now)
        return [told for told in self.told if told.waited_s > 0]

    def _arrivals(self) -> list[float]:
        times = []
        for hour, load in enumerate(LOADS):
            at = hour * 3600.0
            while (at := at + self.chance.expovariate(load * self._planned() / HANDLE_S)) < (hour + 1) * 3600:
                times.append(at)
        return times

    def _planned(self) -> float:
        """Larger offices run their agents at a higher load."""
        return self.agents - 0.5 * math.sqrt(self.agents)

    def _at(self, at: float, handled: float) -> None:
        """A call comes, or one is over for which an agent was busy so long."""
        heapq.heappush(self._events, (at, next(self._order), handled))

    def _joins(self, now: float) -> None:
        self._give_up(now)
        told = Told(self._guesses()) if not self.free else None
        self.queue.append(Waiting(now, now + self.chance.expovariate(1 / PATIENCE_S), told))

    def _guesses(self) -> dict[str, float]:
        wait = expected_wait_s(len(self.queue), self.agents, self.pace.handle_s, self.pace.give_up_per_s)
        return {
            "tipring": wait or 0.0,
            "without_giving_up": expected_wait_s(len(self.queue), self.agents, self.pace.handle_s) or 0.0,
            "last_answered": self.recent[-1] if self.recent else 0.0,
            "mean_of_last_ten": statistics.fmean(self.recent) if self.recent else 0.0,
        }

    def _give_up(self, now: float) -> None:
        """Whoever's patience is over by now has left. The others, and those who leave, keep their order."""
        gone = [caller for caller in self.queue if caller.gives_up <= now]
        for caller in gone:
            self.queue.remove(caller)
            self.pace.call_waited(caller.gives_up - caller.joined, gave_up=True)

    def _serve(self, now: float) -> None:
        self._give_up(now)
        while self.free and self.queue:
            caller = self.queue.popleft()
            waited = now - caller.joined
            self.recent.append(waited)
            self.pace.call_waited(waited, gave_up=False)
            if caller.told:
                caller.told.waited_s = waited
                self.told.append(caller.told)
            self._begins(now)

    def _begins(self, now: float) -> None:
        self.free -= 1
        handle = self.chance.lognormvariate(math.log(HANDLE_S) - SIGMA**2 / 2, SIGMA)
        self._at(now + handle, handle)


def figures(told: list[Told], way: str) -> dict[str, float]:
    """Errors in seconds; `within` is the share that is within a third of the wait, or within half a minute."""
    errors = [caller.guesses[way] - caller.waited_s for caller in told]
    within = [abs(e) <= max(30.0, caller.waited_s / 3) for e, caller in zip(errors, told, strict=True)]
    return {
        "bias_s": round(statistics.fmean(errors), 1),
        "mean_error_s": round(statistics.fmean(map(abs, errors)), 1),
        "rms_error_s": round(math.sqrt(statistics.fmean(e * e for e in errors)), 1),
        "within": round(statistics.fmean(within), 3),
    }


def office(agents: int, days: int = DAYS, seed: int = 1) -> dict[str, Any]:
    """What the callers of an office were told, over some days; the queue learns on from day to day."""
    chance, pace = random.Random(seed), Pace()
    told = [caller for _ in range(days) for caller in Day(agents, chance, pace).run()]
    ways = {way: figures(told, way) for way in told[0].guesses}
    return {"callers_told": len(told), "mean_wait_s": round(statistics.fmean(c.waited_s for c in told), 1), **ways}


def run() -> dict[str, Any]:
    """The figures."""
    return {"days": DAYS, **{name: office(agents) for name, agents in OFFICES.items()}}
