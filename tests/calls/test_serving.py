# SPDX-License-Identifier: GPL-2.0-or-later
"""Callers, agents and what both are told, at their most awkward instants: nobody is lost, nobody stays busy in vain."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
import virtual_time
from agents_office import Notebook
from ringing_office import Office, Wire

from firmware import acd
from firmware.calls import phone_dialogue, serving, talking
from firmware.calls.agent_desk import AgentDesk
from firmware.calls.agent_figures import AgentFigures
from firmware.calls.asking_back import Wish
from firmware.calls.call import Call, CallState
from firmware.calls.call_backs import CallBacks, World
from firmware.calls.leg import Caller
from firmware.calls.queueing import Found, Queues
from firmware.calls.scope import Gone
from firmware.config import Target
from firmware.errors import Conflict
from firmware.records import CallBack, Direction

WORD_S = 1.0


class Journal(Notebook):
    """Remembers the trail, too."""

    def __init__(self) -> None:
        super().__init__()
        self.trail: list[str] = []

    def note(self, event: Any) -> None:
        self.trail.append(event.event)

    def began(self, call: Call) -> None:
        self.calls[call.id] = call

    def save(self, call: Call) -> None: ...

    changed = ended = save


class CallCentre(Office):
    """Alice at 201 and bob at 202 serve one queue. Prompts last a second each, and are not heard."""

    def __init__(self, answers_s: dict[str, float], **queue: Any) -> None:
        agents = [{"id": "alice", "extension": "201", "queues": {"support": 1}},
                  {"id": "bob", "extension": "202", "queues": {"support": 2}}]  # fmt: skip
        settings = {"name": "support", "number": "600", "wrap_up_s": 0, "ring_timeout_s": 30, **queue}
        ways_out = {"line": [{"port": "fxo1"}], "trunk": [{"name": "lines", "ports": ["fxo1"]}],
                    "outbound": [{"pattern": "5.", "trunks": ["lines"]}]}  # fmt: skip
        sales = {"name": "sales", "number": "601", "waiting": {"keys": {"9": "extension:203"}}}
        super().__init__(answers_s=answers_s, agent=agents, queue=[settings, sales], **ways_out)
        self.journal, self.events = Journal(), None
        self.tolls = SimpleNamespace(refuses=lambda kind: "")
        me, journal = cast(Any, self), cast(Any, self.journal)
        self.agents = AgentDesk(me, AgentFigures(journal, lambda: self.config, self.local_time))
        self.queues = Queues(me, lambda event, item: None)
        self.promised: list[CallBack] = []
        keep = self._keep
        world = World(lambda: self.config, self.promised.append, keep, lambda item, agent: keep(item), lambda at: at)
        self.call_backs = CallBacks(world)
        self.queues.configure()
        self.caller = Wire("fxo1", 0)
        self.call = Call(journal, Direction.INBOUND, Caller("5551234"), "600", CallState.GREETING)

    async def _keep(self, item: CallBack) -> None:
        await asyncio.sleep(1000)

    def local_time(self) -> datetime:
        return datetime(2026, 11, 23, 10, tzinfo=UTC)

    def prompt(self, name: str, language: str = "") -> str:
        return name

    def has_prompt(self, name: str, language: str) -> bool:
        return True

    def music(self, prompt: str = "") -> None: ...

    # ---- what stories ask ------------------------------------------------------------------------

    async def wait(self) -> serving.Left:
        """The caller's time in the queue."""
        return await serving.wait(cast(Any, self), self.call, self.caller, self.config.queues[0])

    def after(self, seconds: float, act: Callable[..., object], *args: Any) -> None:
        asyncio.get_running_loop().call_later(seconds, act, *args)

    def press(self, **at: str) -> None:
        """Keys by their times: s3="1"."""
        for when, key in at.items():
            self.after(float(when[1:]), self.caller.digits.put_nowait, key)

    def states(self) -> list[str]:
        """Of alice and bob."""
        now = asyncio.get_running_loop().time()
        return [agent.state(now).value for agent in self.queues.state.agents.values()]

    def waiting(self) -> int:
        return len(self.queues.state.queues["support"].waiting)


Story = Callable[[CallCentre], Coroutine[Any, Any, None]]


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Tells a story in virtual time, in a call centre with a queue of these settings."""

    async def play(events: object, leg: object, source: object) -> None:
        await asyncio.sleep(WORD_S)

    monkeypatch.setattr(talking, "play", play)
    monkeypatch.setattr(phone_dialogue, "play", play)

    def run(story: Story, answers_s: dict[str, float], **queue: Any) -> None:
        async def whole() -> None:
            await story(CallCentre(answers_s, **queue))

        virtual_time.run(whole())

    return run


def test_an_agent_is_told_first_and_the_caller_has_music_meanwhile(tell: Callable[..., None]) -> None:
    async def story(office: CallCentre) -> None:
        found = await office.wait()
        assert isinstance(found, Found)
        assert (found.agent, asyncio.get_running_loop().time()) == ("alice", 2 + 4 * WORD_S)
        assert office.states() == ["on_call", "available"]
        assert "agent_left" not in office.journal.trail

    tell(story, {"201": 2}, whisper=True)  # queue-support, waited, two, seconds


def test_a_caller_who_hangs_up_while_the_agent_is_told_leaves_the_agent_free(tell: Callable[..., None]) -> None:
    async def story(office: CallCentre) -> None:
        office.after(3, office.caller.hang_up)
        with pytest.raises(Gone):
            await office.wait()
        assert office.wires[0].ended is not None
        assert office.states() == ["available", "available"]
        assert office.waiting() == 0

    tell(story, {"201": 2}, whisper=True)


def test_an_agent_who_hangs_up_while_told_leaves_the_caller_in_the_old_place(tell: Callable[..., None]) -> None:
    async def story(office: CallCentre) -> None:
        office.after(2.5, lambda: office.wires[0].hang_up())
        waited = asyncio.create_task(office.wait())
        await asyncio.sleep(2.6)
        assert office.journal.trail[-3:] == ["agent_left", "queued", "offered"]
        assert office.waiting() == 1
        assert isinstance(await waited, Found)
        assert office.states() == ["on_call", "available"]

    tell(story, {"201": 2}, whisper=True)


def test_an_agent_waits_until_the_caller_knows_of_the_recording(tell: Callable[..., None]) -> None:
    async def story(office: CallCentre) -> None:
        found = await office.wait()
        assert isinstance(found, Found)
        assert asyncio.get_running_loop().time() == 3 * WORD_S + 2  # consent, how to refuse, the key, time to press it

    tell(story, {"201": 0.5}, consent="caller", refuse_key="9")


def test_an_agent_who_answers_while_the_caller_asks_for_a_call_back_has_the_caller(tell: Callable[..., None]) -> None:
    async def story(office: CallCentre) -> None:
        office.press(s1="1", s3="1")
        assert isinstance(await office.wait(), Found)
        assert office.promised == []

    tell(story, {"201": 5}, waiting={"keys": {"1": "call_back"}})


def test_whoever_is_promised_a_call_back_leaves_the_queue_and_every_phone_is_quiet(tell: Callable[..., None]) -> None:
    async def story(office: CallCentre) -> None:
        office.press(s1="1", s2="1", s3="1")
        wish = await office.wait()
        assert wish == Wish("5551234")
        (promise,) = office.promised
        assert (promise.number, promise.since, promise.call) == ("5551234", office.call.queued_at, office.call.id)
        assert office.waiting() == 0
        assert all(wire.ended is not None for wire in office.wires)
        assert office.states() == ["available", "available"]
        office.call_backs.stop()

    tell(story, {}, waiting={"keys": {"1": "call_back"}})


def test_a_key_at_the_very_instant_of_the_answer_loses_nobody(tell: Callable[..., None]) -> None:
    async def story(office: CallCentre) -> None:
        office.press(s2="0")
        left = await office.wait()
        assert isinstance(left, (Found, Target))
        await asyncio.sleep(0.1)
        busy = office.states().count("on_call")
        assert busy == (1 if isinstance(left, Found) else 0)
        assert office.waiting() == 0

    for answers_s in (1.999, 2, 2.001):
        tell(story, {"201": answers_s}, waiting={"keys": {"0": "extension:203"}})


def test_a_fault_in_what_is_said_does_not_lose_the_caller(
    tell: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(office: CallCentre) -> None:
        found = await office.wait()
        assert isinstance(found, Found)
        assert office.call.recording_refused  # could not be told of it
        assert office.waiting() == 0

    def broken(*args: object) -> list[str]:
        raise RuntimeError("no words")

    monkeypatch.setattr(serving.announcements, "consent", broken)
    tell(story, {"201": 3}, consent="caller")


def test_a_queue_that_gives_up_ends_what_is_said(tell: Callable[..., None]) -> None:
    async def story(office: CallCentre) -> None:
        office.away |= {"201", "202"}
        office.queues.check_phones()
        assert await office.wait() == acd.GaveUp.MAX_WAIT
        assert asyncio.get_running_loop().time() == pytest.approx(7, abs=0.1)

    tell(story, {}, max_wait_s=7, waiting={"position": True, "first_s": 6})


def test_who_is_sent_to_another_queue_hears_that_one_and_its_keys_count(tell: Callable[..., None]) -> None:
    async def story(office: CallCentre) -> None:
        office.press(s3="9", s7="9")
        office.after(5, office.queues.by_hand.move, office.call.id, "sales", True, "anna")
        left = await office.wait()
        assert (str(left), asyncio.get_running_loop().time()) == ("extension:203", 7)
        assert office.waiting() == len(office.queues.state.queues["sales"].waiting) == 0
        assert "moved" in office.journal.trail
        assert office.states() == ["available", "available"]

    tell(story, {}, consent="caller")


def test_who_is_sent_on_while_an_agent_is_told_of_him_stays_with_the_agent(tell: Callable[..., None]) -> None:
    async def story(office: CallCentre) -> None:
        refused: list[str] = []

        def move() -> None:
            try:
                office.queues.by_hand.move(office.call.id, "sales", True, "anna")
            except Conflict as error:
                refused.append(error.code)

        office.after(3, move)
        assert isinstance(await office.wait(), Found)
        assert refused == ["not_waiting"]

    tell(story, {"201": 2}, whisper=True)
