# SPDX-License-Identifier: GPL-2.0-or-later
"""An agent at a telephone: number and PIN, reasons and codes by key, and how it stands, read back."""

from __future__ import annotations

import pytest
import virtual_time
from agents_office import ALICE, BOB, AgentsOffice
from told_dialogue import ToldDialogue

from firmware.calls.agent_codes import AgentDialogue

Said = list[str]


async def dialled(office: AgentsOffice, extension: str, name: str, argument: str = "", keys: str = "") -> Said:
    """What the box says to a phone that dialled a code; `keys` are pressed one by one."""
    dialogue = ToldDialogue(keys)
    dialogue.known = {"pause-lunch"}
    await AgentDialogue(office.agents, office.config, dialogue, extension).serve(name, argument)
    return dialogue.said


@pytest.fixture
def office() -> AgentsOffice:
    return AgentsOffice()


def test_an_agent_logs_in_at_any_phone_by_number_and_pin(office: AgentsOffice) -> None:
    async def told() -> None:
        office.open()
        said = await dialled(office, "203", "agent_log_in", keys="32#4712#")
        assert said == ["agent-number", "enter-pin", "agent-available"]
        assert office.agents.sitting_at("203") == office.agents.agent("bob")
        assert await dialled(office, "203", "agent_log_out") == ["agent-logged_out"]
        assert await dialled(office, "203", "agent_log_out") == ["agent-none"]

    virtual_time.run(told())


def test_at_the_own_phone_neither_number_nor_pin_is_needed(office: AgentsOffice) -> None:
    async def told() -> None:
        office.open()
        office.agents.log_out("alice", None, ALICE)
        assert await dialled(office, "201", "agent_log_in", keys="#") == ["agent-number", "agent-available"]
        office.agents.log_out("alice", None, ALICE)
        assert (await dialled(office, "202", "agent_log_in", keys="#")) == ["agent-number", "goodbye"]
        assert office.is_("alice") == "logged_out"

    virtual_time.run(told())


def test_a_wrong_pin_is_refused_and_strangers_learn_nothing(office: AgentsOffice) -> None:
    async def told() -> None:
        office.open()
        wrong = await dialled(office, "203", "agent_log_in", keys="32#1111#2222#3333#")
        unknown = await dialled(office, "203", "agent_log_in", keys="77#1111#2222#3333#")
        assert wrong == unknown == ["agent-number", *["enter-pin", "wrong-pin"] * 3, "goodbye"]
        await dialled(office, "203", "agent_log_in", keys="32#1111#2222#")
        assert set(office.journal.alarms) == {"agent_pin:bob"}
        assert "agent-available" not in await dialled(office, "203", "agent_log_in", keys="32#4712#")

    virtual_time.run(told())


def test_a_pause_takes_its_reason_from_the_code_or_asks_for_it(office: AgentsOffice) -> None:
    async def told() -> None:
        office.open()
        assert await dialled(office, "201", "agent_pause", "1") == ["agent-paused", "pause-lunch"]
        assert office.agents.watch.now("alice").reason == "lunch"
        assert await dialled(office, "201", "agent_pause", keys="2") == ["agent-which-reason", "agent-paused"]
        assert office.agents.watch.now("alice").reason == "training"
        assert (await dialled(office, "201", "agent_pause", keys="9"))[-1] == "invalid-choice"
        assert await dialled(office, "201", "agent_state") == ["agent-paused"]
        assert await dialled(office, "201", "agent_ready") == ["agent-available"]

    virtual_time.run(told())


def test_an_office_without_reasons_asks_for_none() -> None:
    async def told() -> None:
        office = AgentsOffice(pause_reason=[])
        office.open()
        assert await dialled(office, "201", "agent_pause") == ["agent-paused"]

    virtual_time.run(told())


def test_one_queue_more_or_less_by_its_number(office: AgentsOffice) -> None:
    async def told() -> None:
        office.open()
        assert await dialled(office, "201", "queue_log_out", "600") == ["agent-available"]
        assert office.agents.watch.queues(office.config.agents[0]) == ("support",)
        assert await dialled(office, "201", "queue_log_in", "600") == ["agent-available"]
        assert office.agents.watch.queues(office.config.agents[0]) == ("sales", "support")
        office.agents.log_in("bob", "202", None, BOB)
        assert await dialled(office, "202", "queue_log_in", "601") == ["agent-not-in-queue"]

    virtual_time.run(told())


def test_what_came_of_a_call_is_told_by_key(office: AgentsOffice) -> None:
    async def told() -> None:
        office.open()
        await office.talks("alice", "c1", "sales")
        assert await dialled(office, "201", "agent_ready") == ["agent-code-missing"]
        assert await dialled(office, "201", "disposition", keys="2") == ["agent-which-code", "agent-coded"]
        last = office.agents.figures.last_call("alice")
        assert last is not None
        assert last.code == "no_sale"
        assert await dialled(office, "201", "disposition", "3") == ["invalid-choice"]  # of another queue
        assert await dialled(office, "201", "disposition", "1") == ["agent-coded"]

    virtual_time.run(told())


def test_anybody_may_ask_how_an_agent_stands(office: AgentsOffice) -> None:
    async def told() -> None:
        office.open()
        assert await dialled(office, "203", "agent_state", "31") == ["agent-available"]
        assert await dialled(office, "203", "agent_state", "32") == ["agent-logged_out"]
        office.away.add("201")
        office.check_phones()
        assert await dialled(office, "203", "agent_state", "31") == ["agent-unavailable"]
        assert await dialled(office, "201", "agent_state") == ["agent-available"]  # once it is put down

    virtual_time.run(told())
