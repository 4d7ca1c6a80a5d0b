# SPDX-License-Identifier: GPL-2.0-or-later
"""Thousands of random histories: no caller is lost, no agent has two calls, none is offered one while not available.

The machine keeps its own account of callers, phones and agents, with crashes and changes of the configuration in
between, and compares.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from firmware import acd
from firmware.acd.fitting import unfit

QUEUES = ("support", "sales", "vip")
IDS = ("alice", "bob", "carol", "dave")
SKILLS = st.dictionaries(st.sampled_from(["german", "billing"]), st.integers(1, 9))
PRESENCE = st.sampled_from(list(acd.Presence))
WHY = "phone is off hook"


def queue_named(name: str) -> st.SearchStrategy[acd.QueueSettings]:
    return st.builds(
        acd.QueueSettings,
        name=st.just(name),
        wrap_up_s=st.sampled_from([0.0, 10.0]),
        max_wait_s=st.sampled_from([20.0, 120.0]),
        strategy=st.sampled_from(list(acd.Strategy)),
        tier_delay_s=st.sampled_from([0.0, 0.0, 7.0]),
        priority=st.integers(0, 3),
        required=SKILLS,
        preferred=SKILLS,
        relax_s=st.sampled_from([0.0, 5.0]),
        max_misses=st.sampled_from([0, 2]),
        max_callers=st.sampled_from([0, 0, 3]),
        join_while=PRESENCE,
        stay_while=PRESENCE,
        empty_after_s=st.sampled_from([0.0, 5.0]),
    )


def agent_called(id: str) -> st.SearchStrategy[acd.AgentSettings]:
    part = st.builds(acd.Membership, tier=st.integers(1, 3), weight=st.sampled_from([0.5, 1.0, 3.0]))
    return st.builds(acd.AgentSettings, st.just(id), st.dictionaries(st.sampled_from(QUEUES), part, min_size=1), SKILLS)


CONFIGURATIONS = st.builds(
    lambda queues, agents: ([q for q in queues if q], [a for a in agents if a]),
    st.tuples(queue_named("support"), queue_named("sales"), st.none() | queue_named("vip")),
    st.tuples(agent_called("alice"), agent_called("bob"), agent_called("carol"), st.none() | agent_called("dave")),
)


class Histories(RuleBasedStateMachine):
    """Plays callers, agents' phones, supervisors, the clock and the store."""

    def __init__(self) -> None:
        super().__init__()
        self.acd = acd.AcdState()
        self.now = 1000.0
        self.count = 0
        self.store: dict[tuple[str, str], dict[str, Any]] = {}
        self.inside: dict[str, str] = {}  # call: its queue
        self.callbacks: set[str] = set()
        self.ringing: set[tuple[str, str]] = set()  # call and agent
        self.talks: dict[str, str] = {}  # agent: call
        self.modes = dict.fromkeys(IDS, acd.AgentMode.AVAILABLE)
        self.off_hook: set[str] = set()
        self.logged_out: set[tuple[str, str]] = set()

    # ---- the account -------------------------------------------------------------------------

    def tell(self, event: acd.Event, earlier_s: float = 0.0) -> None:
        for command in self.acd.handle(event, self.now - earlier_s):
            match command:
                case acd.Overflow(call, queue):
                    assert self.inside.pop(call) == queue
                    self.callbacks.discard(call)
                    assert call not in {ringing for ringing, _ in self.ringing}
                case acd.Withdraw(call, agent):
                    self.ringing.discard((call, agent))
                case acd.AgentPaused(_, agent):
                    self.modes[agent] = acd.AgentMode.PAUSED
                case acd.Offer():
                    self.offered(command)
        for kept in self.acd.take_changes().kept:
            if kept.data is None:
                self.store.pop((kept.kind, kept.id), None)
            else:
                self.store[kept.kind, kept.id] = dict(kept.data)

    def offered(self, offer: acd.Offer) -> None:
        assert self.inside[offer.call] == offer.queue
        assert offer.agent not in {agent for _, agent in self.ringing}, "an agent is offered one call at a time"
        assert offer.agent not in self.talks, "an agent on a call is offered none"
        assert self.modes[offer.agent] == acd.AgentMode.AVAILABLE
        assert offer.agent not in self.off_hook
        assert (offer.agent, offer.queue) not in self.logged_out
        assert self.now >= self.acd.agents[offer.agent].wrap_up_until
        queue = self.acd.queues[offer.queue]
        assert queue.rings_all or offer.call not in {call for call, _ in self.ringing}
        assert [c.agent for c in offer.considered]
        assert {c.agent for c in offer.considered} == set(queue.members)
        assert offer.agent in [c.agent for c in offer.considered if c.chosen]
        assert all(c.reason and c.why.code in acd.SENTENCES for c in offer.considered)
        self.ringing.add((offer.call, offer.agent))

    def configured(self) -> acd.Configured:
        return acd.Configured(self.queues, self.agents, dict.fromkeys(self.off_hook, WHY))

    def one_of(self, data: Any, them: Callable[[], Iterable[Any]]) -> Any:
        """One of them, once all that is due has happened; None when there is none."""
        self.tell(acd.Tick())
        there = sorted(them())
        return data.draw(st.sampled_from(there)) if there else None

    # ---- what happens ------------------------------------------------------------------------

    @initialize(to=CONFIGURATIONS)
    def it_starts(self, to: Any) -> None:
        self.queues, self.agents = to
        self.tell(self.configured())

    @rule(to=CONFIGURATIONS)
    def the_configuration_changes(self, to: Any) -> None:
        self.queues, self.agents = to
        ids = {agent.id for agent in self.agents}
        for id in set(IDS) - ids:
            if id not in self.talks:  # who is on a call is forgotten after it
                self._forget(id)
        self.tell(self.configured())
        for id in self.off_hook & ids:
            self.tell(acd.AgentReachable(id, WHY))

    def _forget(self, id: str) -> None:
        self.modes[id] = acd.AgentMode.AVAILABLE
        self.logged_out = {(agent, queue) for agent, queue in self.logged_out if agent != id}

    @rule(
        queue=st.sampled_from(QUEUES), caller=st.sampled_from(["", "555", "556"]), priority=st.integers(0, 5),
        required=SKILLS, callback=st.booleans(), due=st.none() | st.floats(0, 50),
    )  # fmt: skip
    def a_call_joins(
        self, queue: str, caller: str, priority: int, required: dict[str, int], callback: bool, due: float | None
    ) -> None:
        self.count += 1
        call = f"call{self.count}"
        self.inside[call] = queue
        if callback:
            self.callbacks.add(call)
        due_at = self.now + due if callback and due is not None else None
        self.tell(acd.CallJoined(call, queue, caller, priority, required, callback=callback, due_at=due_at))

    @precondition(lambda self: self.inside)
    @rule(data=st.data())
    def a_caller_gives_up(self, data: Any) -> None:
        if not (call := self.one_of(data, lambda: self.inside)):
            return
        del self.inside[call]
        self.callbacks.discard(call)
        self.tell(acd.CallLeft(call))
        assert call not in {ringing for ringing, _ in self.ringing}

    @precondition(lambda self: set(self.inside) - self.callbacks)
    @rule(data=st.data())
    def a_caller_asks_to_be_called_back(self, data: Any) -> None:
        if not (call := self.one_of(data, lambda: set(self.inside) - self.callbacks)):
            return
        before = self.acd.position(call)
        self.inside[f"{call} back"] = self.inside.pop(call)
        self.callbacks.add(f"{call} back")
        self.tell(acd.PlaceKept(call, f"{call} back"))
        place = self.acd.position(f"{call} back")
        assert place is None or before is None or place <= before

    def a_caller(self, data: Any) -> str | None:
        """One on the line."""
        call: str | None = self.one_of(data, lambda: set(self.inside) - self.callbacks)
        return call

    @precondition(lambda self: set(self.inside) - self.callbacks)
    @rule(data=st.data(), queue=st.sampled_from(QUEUES), keep_wait=st.booleans())
    def a_supervisor_moves_a_caller(self, data: Any, queue: str, keep_wait: bool) -> None:
        if not (call := self.a_caller(data)):
            return
        if self.acd.why_not_move(call, queue) is None:
            self.inside[call] = queue
        self.tell(acd.Moved(call, queue, keep_wait))

    @precondition(lambda self: set(self.inside) - self.callbacks)
    @rule(data=st.data(), priority=st.none() | st.integers(-5, 5))
    def a_supervisor_orders_the_line(self, data: Any, priority: int | None) -> None:
        if not (call := self.a_caller(data)):
            return
        self.tell(acd.ToFront(call) if priority is None else acd.PrioritySet(call, priority))
        assert priority is not None or self.acd.position(call) == 1

    @precondition(lambda self: set(self.inside) - self.callbacks)
    @rule(data=st.data())
    def a_supervisor_assigns_a_caller(self, data: Any) -> None:
        if not (call := self.a_caller(data)):
            return
        agent = data.draw(st.sampled_from(self.agents)).id
        why_not = self.acd.why_not_assign(call, agent)
        before = {ring for ring in self.ringing if ring[0] == call}
        self.tell(acd.Assigned(call, agent))
        assert {ring for ring in self.ringing if ring[0] == call} == (before if why_not else {(call, agent)})

    @precondition(lambda self: set(self.inside) - self.callbacks)
    @rule(data=st.data())
    def a_supervisor_takes_a_caller(self, data: Any) -> None:
        if not (call := self.a_caller(data)):
            return
        del self.inside[call]
        self.tell(acd.PickedUp(call))
        assert call not in {ringing for ringing, _ in self.ringing}

    @precondition(lambda self: self.ringing)
    @rule(data=st.data())
    def a_phone_is_answered(self, data: Any) -> None:
        if not (ring := self.one_of(data, lambda: self.ringing)):
            return
        call, agent = ring
        self.ringing.discard((call, agent))
        del self.inside[call]
        self.callbacks.discard(call)
        self.talks[agent] = call
        self.tell(acd.Answered(call, agent))
        assert call not in {ringing for ringing, _ in self.ringing}, "no other phone rings on"

    @precondition(lambda self: self.count)
    @rule(data=st.data(), agent=st.sampled_from(IDS))
    def a_phone_is_answered_too_late(self, data: Any, agent: str) -> None:
        call = f"call{data.draw(st.integers(1, self.count))}"
        self.tell(acd.Tick())
        if (call, agent) not in self.ringing and self.talks.get(agent) != call:
            commands = self.acd.handle(acd.Answered(call, agent), self.now)
            assert any(isinstance(c, acd.Withdraw) and (c.call, c.agent) == (call, agent) for c in commands)

    @precondition(lambda self: self.ringing)
    @rule(data=st.data(), outcome=st.sampled_from(list(acd.Outcome)))
    def a_phone_is_not_answered(self, data: Any, outcome: acd.Outcome) -> None:
        if not (ring := self.one_of(data, lambda: self.ringing)):
            return
        call, agent = ring
        self.ringing.discard((call, agent))
        self.tell(acd.NotAnswered(call, agent, outcome))

    @precondition(lambda self: self.talks)
    @rule(data=st.data())
    def a_talk_ends(self, data: Any) -> None:
        agent = data.draw(st.sampled_from(sorted(self.talks)))
        call = self.talks.pop(agent)
        if agent not in {known.id for known in self.agents}:
            self._forget(agent)
        self.tell(acd.TalkEnded(agent, call))
        self.tell(acd.TalkEnded(agent, call))  # told twice: harmless

    @rule(data=st.data(), mode=st.sampled_from(list(acd.AgentMode)))
    def an_agent_chooses(self, data: Any, mode: acd.AgentMode) -> None:
        agent = data.draw(st.sampled_from(self.agents)).id
        self.modes[agent] = mode
        self.tell(acd.AgentSet(agent, mode, "lunch"))
        assert mode == acd.AgentMode.AVAILABLE or agent not in {ringing for _, ringing in self.ringing}

    @rule(data=st.data(), queue=st.sampled_from(QUEUES), inside=st.booleans())
    def an_agent_logs_in_or_out_of_a_queue(self, data: Any, queue: str, inside: bool) -> None:
        agent = data.draw(st.sampled_from(self.agents)).id
        (self.logged_out.discard if inside else self.logged_out.add)((agent, queue))
        self.tell(acd.QueueLogin(agent, queue, inside))

    @rule(data=st.data(), seconds=st.none() | st.floats(1, 60))
    def wrap_up_changes(self, data: Any, seconds: float | None) -> None:
        agent = data.draw(st.sampled_from(self.agents)).id
        self.tell(acd.WrapUpEnded(agent) if seconds is None else acd.WrapUpExtended(agent, seconds))

    @rule(data=st.data(), dead=st.booleans())
    def a_phone_dies_or_comes_back(self, data: Any, dead: bool) -> None:
        agent = data.draw(st.sampled_from(self.agents)).id
        (self.off_hook.add if dead else self.off_hook.discard)(agent)
        self.tell(acd.AgentReachable(agent, WHY if dead else ""))
        assert not dead or agent not in {ringing for _, ringing in self.ringing}

    @rule(seconds=st.floats(0.1, 40))
    def time_passes(self, seconds: float) -> None:
        """As the box does it: a tick at each deadline on the way."""
        until = self.now + seconds
        while (deadline := self.acd.deadline(self.now)) is not None and deadline <= until:
            self.now = max(self.now, deadline)
            self.tell(acd.Tick())
        self.now = until
        self.tell(acd.Tick())

    @rule()
    def the_clock_stumbles(self) -> None:
        """A time before the last one: it stands still."""
        self.tell(acd.Tick(), earlier_s=3600)

    @rule()
    def a_day_begins(self) -> None:
        self.tell(acd.DayBegan())

    @rule(gone_s=st.floats(0, 100))
    def the_core_dies_and_starts_again(self, gone_s: float) -> None:
        """Calls with a caller on the line end with it. Call-backs, pauses and log-ins do not."""
        self.now += gone_s
        self.acd = acd.AcdState()
        self.ringing, self.talks = set(), {}
        self.inside = {call: queue for call, queue in self.inside.items() if call in self.callbacks}
        for id in set(IDS) - {agent.id for agent in self.agents}:
            self._forget(id)
        self.tell(acd.Restored(dict(self.store)))
        self.tell(self.configured())

    # ---- what always holds -------------------------------------------------------------------

    @invariant()
    def nobody_is_lost(self) -> None:
        places = [p for queue in self.acd.queues.values() for p in [*queue.waiting, *queue.sleeping.values()]]
        assert {place.call: place.queue for place in places} == self.inside
        assert {place.call for place in places if place.callback} == self.callbacks
        assert len(places) == len(self.inside)

    @invariant()
    def everybody_knows_what_rings(self) -> None:
        places = [place for queue in self.acd.queues.values() for place in queue.waiting]
        assert {(place.call, agent) for place in places for agent in place.offered_to} == self.ringing
        assert {(a.offered, a.id) for a in self.acd.agents.values() if a.offered} == self.ringing
        assert {a.id: a.talking for a in self.acd.agents.values() if a.talking} == self.talks

    @invariant()
    def nobody_waits_while_somebody_is_free_who_fits(self) -> None:
        for name, queue in self.acd.queues.items():
            members = [agent for agent in self.acd.agents.values() if name in agent.settings.queues]
            free = [a for a in members if not a.busy(self.now) and name not in a.logged_out_of]
            assert set(queue.free) == {agent.id for agent in free}
            seeking = [place for place in queue.waiting if not place.offered_to]
            assert list(queue.seeking) == seeking
            assert not [(p.call, a.id) for p in seeking for a in free if not unfit(queue, p, a, self.now)]

    @invariant()
    def figures_are_right(self) -> None:
        for name, queue in self.acd.queues.items():
            assert queue.talking == sum(
                1 for agent in self.acd.agents.values() if agent.talking and agent.queue == name
            )
            ranks = [place.order for place in queue.waiting]
            assert ranks == sorted(ranks)
            assert [self.acd.position(place.call) for place in queue.waiting] == list(range(1, len(ranks) + 1))

    @invariant()
    def choices_are_kept(self) -> None:
        for agent in self.acd.agents.values():
            if not agent.gone:
                assert agent.mode == self.modes[agent.id]
                assert {(agent.id, q) for q in agent.logged_out_of} == {x for x in self.logged_out if x[0] == agent.id}


Histories.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestHistories = Histories.TestCase
