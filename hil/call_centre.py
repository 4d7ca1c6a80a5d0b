# SPDX-License-Identifier: GPL-2.0-or-later
"""A call centre without telephones: callers, agents and a clock around the pure ACD, all of it drawn by a seed."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from time import thread_time

from firmware import acd

STRATEGIES = tuple(acd.Strategy)
SKILLS = ("german", "french", "billing", "technical")


@dataclass
class Tally:
    """What came of the calls, and the processor seconds that each event took the ACD."""

    offered: int = 0  # calls
    answered: int = 0
    abandoned: int = 0
    overflowed: int = 0
    offers: int = 0
    most_waiting: int = 0
    waits_s: list[float] = field(default_factory=list)  # of those answered
    costs_s: list[float] = field(default_factory=list)


def queues(count: int, chance: random.Random) -> list[acd.QueueSettings]:
    """Queues of every strategy; some ask for skills, some have tiers with a delay."""
    return [
        acd.QueueSettings(
            f"queue{n}", strategy=STRATEGIES[n % len(STRATEGIES)], wrap_up_s=chance.choice((5, 15, 30)), max_wait_s=600,
            tier_delay_s=chance.choice((0, 0, 10)), priority=chance.choice((0, 0, 2)), relax_s=20,
            required={chance.choice(SKILLS): 3} if n % 5 == 4 else {}, preferred={SKILLS[n % 4]: 2},
        )
        for n in range(count)
    ]  # fmt: skip


def agents(count: int, names: list[str], chance: random.Random) -> list[acd.AgentSettings]:
    """Agents of one to three queues each, with some of the skills."""
    return [
        acd.AgentSettings(
            f"agent{n}",
            {
                name: acd.Membership(chance.randint(1, 3), chance.choice((0.5, 1, 2)))
                for name in chance.sample(names, min(len(names), chance.randint(1, 3)))
            },
            {skill: chance.randint(1, 9) for skill in chance.sample(SKILLS, 2)},
        )
        for n in range(count)
    ]


class Centre:
    """Plays one day. What happens next is on a heap; the ACD's deadlines are obeyed on the way."""

    def __init__(self, queues: list[acd.QueueSettings], agents: list[acd.AgentSettings], seed: int) -> None:
        self.chance = random.Random(seed)
        self.acd = acd.AcdState(random.Random(seed))
        self.now = 0.0
        self.tally = Tally()
        self._queues = [queue.name for queue in queues]
        self._coming: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._joined: dict[str, float] = {}
        self.tell(acd.Configured(queues, agents))
        for agent in agents:
            self.at(self.chance.uniform(0, 3600), partial(self._breaks, agent.id))

    def at(self, seconds: float, what: Callable[[], None]) -> None:
        """So much later."""
        self._count += 1
        heapq.heappush(self._coming, (self.now + seconds, self._count, what))

    def play(self, calls: int, day_s: float) -> Tally:
        """So many callers over a day, more of them in its middle."""
        for _ in range(calls):
            self.at(self.chance.triangular(0, day_s), self._calls)
        until = self.now + day_s
        while self._joined or self.now < until:
            self._step()
        return self.tally

    def _step(self) -> None:
        deadline, coming = self.acd.deadline(self.now), self._coming[0][0]
        if deadline is not None and deadline <= coming:
            self.now = max(self.now, deadline)
            self.tell(acd.Tick())
        else:
            self.now, _, what = heapq.heappop(self._coming)
            what()

    def tell(self, event: acd.Event) -> None:
        """Measures what it costs, and does what the ACD wants."""
        began = thread_time()
        commands = self.acd.handle(event, self.now)
        self.acd.take_changes()
        self.tally.costs_s.append(thread_time() - began)
        for command in commands:
            match command:
                case acd.Offer():
                    self.tally.offers += 1
                    self._rings(command)
                case acd.Overflow(call):
                    self.tally.overflowed += 1
                    del self._joined[call]

    # ---- people --------------------------------------------------------------------------------

    def _calls(self) -> None:
        self.tally.offered += 1
        call = f"call{self.tally.offered}"
        self._joined[call] = self.now
        self.tally.most_waiting = max(self.tally.most_waiting, len(self._joined))
        self.tell(acd.CallJoined(call, self.chance.choice(self._queues), f"555{call[4:]}"))
        self.at(self.chance.expovariate(1 / 240), lambda: self._gives_up(call))

    def _gives_up(self, call: str) -> None:
        if self._joined.pop(call, None) is not None:
            self.tally.abandoned += 1
            self.tell(acd.CallLeft(call))

    def _rings(self, offer: acd.Offer) -> None:
        if self.chance.random() < 0.93:
            self.at(self.chance.uniform(1, 8), lambda: self._lifts(offer))
        else:
            self.at(offer.ring_timeout_s, partial(self._rings_out, offer))

    def _rings_out(self, offer: acd.Offer) -> None:
        if self._rings_on(offer):
            self.tell(acd.NotAnswered(offer.call, offer.agent))

    def _rings_on(self, offer: acd.Offer) -> bool:
        place = self.acd.waiting(offer.call)
        return place is not None and offer.agent in place.offered_to

    def _lifts(self, offer: acd.Offer) -> None:
        if self._rings_on(offer):
            self.tally.answered += 1
            self.tally.waits_s.append(self.now - self._joined.pop(offer.call))
            self.tell(acd.Answered(offer.call, offer.agent))
            self.at(self.chance.lognormvariate(5.9, 0.6), lambda: self.tell(acd.TalkEnded(offer.agent, offer.call)))

    def _breaks(self, agent: str) -> None:
        self.tell(acd.AgentSet(agent, acd.AgentMode.PAUSED, "break"))
        self.at(self.chance.uniform(60, 900), lambda: self.tell(acd.AgentSet(agent, acd.AgentMode.AVAILABLE)))
        self.at(self.chance.uniform(3600, 7200), lambda: self._breaks(agent))


def _hall(staff: int, strategy: acd.Strategy) -> acd.AcdState:
    """One queue with so many agents, all of them free."""
    members = [
        acd.AgentSettings(f"agent{n}", {"queue": acd.Membership(1 + n % 3)}, {"german": n % 9 + 1})
        for n in range(staff)
    ]
    queue = acd.QueueSettings("queue", strategy=strategy, wrap_up_s=0, max_wait_s=1e6, preferred={"german": 2})
    state = acd.AcdState()
    state.handle(acd.Configured([queue], members), 0.0)
    return state


def crowd(waiting: int, staff: int, strategy: acd.Strategy, hopeless: float = 0.0) -> Iterator[float]:
    """Processor seconds of each decision while so many wait, all agents are on calls, and one after another becomes
    free. That share of the callers, who stand first, need what no agent can."""
    state, now, count = _hall(staff, strategy), 0.0, 0
    talks: list[acd.Offer] = []

    def joins(required: dict[str, int]) -> list[acd.Offer]:
        nonlocal count
        count += 1
        return _offers(state.handle(acd.CallJoined(f"call{count}", "queue", "", count % 7, required), now))

    def answers(offers: list[acd.Offer]) -> None:
        for offer in offers[:1]:
            state.handle(acd.Answered(offer.call, offer.agent), now)
            talks.append(offer)

    while len(talks) < staff:
        now += 1
        answers(joins({}))
    for number in range(waiting):
        joins({"german": 10} if number < hopeless * waiting else {})
    while True:
        now += 1
        ended = talks.pop(0)
        began = thread_time()
        commands = state.handle(acd.TalkEnded(ended.agent, ended.call), now)
        yield thread_time() - began
        state.take_changes()
        answers(_offers(commands))
        joins({})


def quiet(staff: int, strategy: acd.Strategy) -> Iterator[float]:
    """Processor seconds of each decision when one caller comes and everybody is free."""
    state, count = _hall(staff, strategy), 0
    while True:
        count += 1
        began = thread_time()
        state.handle(acd.CallJoined(f"call{count}", "queue"), count)
        yield thread_time() - began
        state.handle(acd.CallLeft(f"call{count}"), count)
        state.take_changes()


def _offers(commands: list[acd.Command]) -> list[acd.Offer]:
    return [command for command in commands if isinstance(command, acd.Offer)]
