# SPDX-License-Identifier: GPL-2.0-or-later
"""Thousands of random histories: no caller is lost, no agent has two calls, none is offered one while not available."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from firmware import acd

QUEUES = [acd.QueueSettings("support", 20, 10, 60), acd.QueueSettings("sales", 15, 0, 30)]
AGENTS = [
    acd.AgentSettings("alice", {"support": acd.Membership(1)}),
    acd.AgentSettings("bob", {"support": acd.Membership(1), "sales": acd.Membership(2)}),
    acd.AgentSettings("carol", {"sales": acd.Membership(1)}),
]
IDS = [agent.id for agent in AGENTS]


class Histories(RuleBasedStateMachine):
    """Plays callers, agents' phones and the clock; keeps its own account of who is where."""

    waiting = Bundle("waiting")
    talking = Bundle("talking")

    def __init__(self) -> None:
        super().__init__()
        self.acd = acd.AcdState()
        self.now = 1000.0
        self.calls = 0
        self.inside: dict[str, str] = {}  # call: its queue
        self.offers: dict[str, str] = {}  # call: agent
        self.talks: dict[str, str] = {}  # agent: call
        self.tell(acd.Configured(QUEUES, AGENTS))

    def tell(self, event: acd.Event) -> None:
        for command in self.acd.handle(event, self.now):
            if isinstance(command, acd.Overflow):
                assert self.inside.pop(command.call) == command.queue
                assert command.call not in self.offers
            elif isinstance(command, acd.Withdraw):
                assert self.offers.pop(command.call) == command.agent
            elif isinstance(command, acd.Offer):
                self.offered(command)

    def offered(self, offer: acd.Offer) -> None:
        assert self.inside[offer.call] == offer.queue
        assert offer.call not in self.offers, "a call is offered to one agent at a time"
        assert offer.agent not in self.offers.values(), "an agent is offered one call at a time"
        assert offer.agent not in self.talks, "an agent on a call is offered none"
        agent = self.acd.agents[offer.agent]
        assert agent.mode == acd.AgentMode.AVAILABLE
        assert not agent.unreachable
        assert self.now >= agent.wrap_up_until
        chosen = [c.agent for c in offer.considered if c.chosen]
        assert chosen == [offer.agent]
        assert all(c.reason for c in offer.considered)
        self.offers[offer.call] = offer.agent

    @rule(target=waiting, queue=st.sampled_from(["support", "sales"]))
    def a_caller_joins(self, queue: str) -> str:
        self.calls += 1
        call = f"call{self.calls}"
        self.inside[call] = queue
        self.tell(acd.CallJoined(call, queue))
        return call

    @rule(call=consumes(waiting))
    def a_caller_gives_up(self, call: str) -> None:
        self.inside.pop(call, None)
        self.tell(acd.CallLeft(call))
        assert call not in self.offers

    @rule(target=talking, call=waiting)
    def the_phone_is_answered(self, call: str) -> object:
        if call not in self.offers:
            return multiple()
        agent = self.offers.pop(call)
        self.inside.pop(call)
        self.talks[agent] = call
        self.tell(acd.Answered(call, agent))
        return agent

    @rule(call=waiting)
    def the_phone_is_not_answered(self, call: str) -> None:
        if call in self.offers:
            self.tell(acd.NotAnswered(call, self.offers.pop(call)))

    @rule(agent=consumes(talking))
    def a_talk_ends(self, agent: str) -> None:
        self.tell(acd.TalkEnded(agent, self.talks.pop(agent, "")))

    @rule(agent=st.sampled_from(IDS), mode=st.sampled_from(list(acd.AgentMode)))
    def an_agent_chooses(self, agent: str, mode: acd.AgentMode) -> None:
        self.tell(acd.AgentSet(agent, mode, "lunch"))

    @rule(agent=st.sampled_from(IDS), why=st.sampled_from(["", "phone is off hook"]))
    def a_phone_changes(self, agent: str, why: str) -> None:
        self.tell(acd.AgentReachable(agent, why))

    @rule(seconds=st.floats(0.1, 40))
    def time_passes(self, seconds: float) -> None:
        """As the box does it: a tick at each deadline on the way."""
        until = self.now + seconds
        while (deadline := self.acd.deadline(self.now)) is not None and deadline <= until:
            self.now = max(self.now, deadline)
            before = self.now
            self.tell(acd.Tick())
            self.now = before + 0.001
        self.now = max(self.now, until)
        self.tell(acd.Tick())

    @invariant()
    def nobody_is_lost(self) -> None:
        held = {w.call: name for name, queue in self.acd.queues.items() for w in queue.waiting}
        assert held == self.inside

    @invariant()
    def nobody_waits_while_somebody_is_free(self) -> None:
        for name, queue in self.acd.queues.items():
            free = [a for a in self.acd.agents.values() if name in a.settings.queues and not a.why_not(self.now)]
            unoffered = [w for w in queue.waiting if not w.offered_to]
            assert not (free and unoffered)


Histories.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestHistories = Histories.TestCase
