# SPDX-License-Identifier: GPL-2.0-or-later
"""Agents at a telephone: what the box asks them and tells them after a feature code."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from firmware.acd import AgentState
from firmware.calls.agent_desk import Actor, AgentDesk
from firmware.calls.dialogue import Dialogue
from firmware.calls.host import Host
from firmware.calls.leg import Leg
from firmware.calls.phone_dialogue import PhoneDialogue
from firmware.calls.scope import while_present
from firmware.config import Agent, Config, Disposition, PauseReason
from firmware.errors import TipringError

NAMES = (
    "agent_log_in", "agent_log_out", "queue_log_in", "queue_log_out", "agent_pause", "agent_ready", "agent_state",
    "disposition",
)  # fmt: skip
IN_CALL = ("disposition", "agent_pause", "agent_ready", "agent_log_out")  # also while a caller waits
LONGEST_PIN = 12
SAID = {  # what a domain error is at the phone
    "phone_taken": "agent-phone-taken",
    "agent_busy": "agent-busy",
    "not_in_queue": "agent-not-in-queue",
    "disposition_required": "agent-code-missing",
}


async def served(host: Host, leg: Leg, number: str, name: str, argument: str) -> None:
    """What the box does for the agent at extension `number`. Failed, Gone."""
    async with while_present(leg):
        await leg.answer()
        with host.agents.seats.engaged(number), closing(PhoneDialogue(host, leg)) as dialogue:
            await AgentDialogue(host.agents, host.config, dialogue, number).serve(name, argument)


class AgentDialogue:
    """With whoever dialled a code at an extension."""

    def __init__(self, desk: AgentDesk, config: Config, dialogue: Dialogue, extension: str) -> None:
        self._desk, self._config, self._dialogue, self._extension = desk, config, dialogue, extension

    async def serve(self, name: str, argument: str) -> None:
        """Does what the code says and tells how it stands then; what cannot be done is told too."""
        try:
            await self._serve(name, argument)
        except TipringError as error:
            await self._dialogue.say(SAID.get(error.code, "invalid-choice"))

    async def _serve(self, name: str, argument: str) -> None:
        if name in ("agent_log_in", "queue_log_in"):
            await self._log_in(self._queue(argument))
            return
        if name == "agent_state" and argument:
            agent = self._config.agent_numbered(argument)
        else:
            agent = self._desk.sitting_at(self._extension)
        if not agent:
            await self._dialogue.say("agent-none")
            return
        await self._change(agent, name, argument)

    async def _change(self, agent: Agent, name: str, argument: str) -> None:
        by = Actor(agent.id, "phone")
        match name:
            case "agent_log_out":
                self._desk.log_out(agent.id, None, by)
            case "queue_log_out":
                self._desk.log_out(agent.id, self._queue(argument), by)
            case "agent_pause":
                reasons = self._config.pause_reasons
                self._desk.pause(agent.id, await self._chosen(reasons, argument, "agent-which-reason"), by)
            case "agent_ready":
                self._desk.ready(agent.id, by)
            case "disposition":
                self._desk.code(agent.id, await self._code(agent, argument), None, by)
                await self._desk.kept()
                await self._dialogue.say("agent-coded")
                return
        await self.tell(agent)

    def _queue(self, number: str) -> str | None:
        return next((queue.name for queue in self._config.queues if number and queue.number == number), None)

    async def _code(self, agent: Agent, argument: str) -> str:
        own = self._desk.codes_of_last(agent)
        known = [disposition for disposition in self._config.dispositions if disposition.name in own]
        return await self._chosen(known, argument, "agent-which-code")

    async def _chosen(self, known: Sequence[PauseReason] | Sequence[Disposition], key: str, prompt: str) -> str:
        """The name of what a key stands for, "" when there is nothing to choose; the key is asked for if need be."""
        keys = [item.key for item in known]
        if keys and not key:
            key = await self._dialogue.one_of(await self._dialogue.ask(prompt), keys)
        return next((item.name for item in known if item.key == key), key)

    # ---- log in ------------------------------------------------------------------------------------

    async def _log_in(self, queue: str | None) -> None:
        agent = self._desk.sitting_at(self._extension) if queue else None
        agent = agent or await self._who()
        if not agent:
            await self._dialogue.say("goodbye")
            return
        self._desk.log_in(agent.id, self._extension, queue, Actor(agent.id, "phone"))
        await self.tell(agent)

    async def _who(self) -> Agent | None:
        """Whoever proves to be an agent. At the own phone # is enough."""
        own = next((agent for agent in self._config.agents if agent.extension == self._extension), None)
        if own and not any(agent.number for agent in self._config.agents):
            return own
        number = await self._dialogue.number("agent-number")
        agent = self._config.agent_numbered(number) if number else own
        knows = agent is not None and (agent is own or await self._knows_pin(agent))
        if not agent and number:
            await self._dialogue.knows_pin("", longest=LONGEST_PIN)  # a stranger learns nothing
        return agent if knows else None

    async def _knows_pin(self, agent: Agent) -> bool:
        """An agent without a PIN logs in at the own phone only."""
        pins, id = self._desk.pins, agent.id
        knows = await self._dialogue.knows_pin(
            agent.pin, longest=LONGEST_PIN, locked=lambda: pins.locked(id), wrong=lambda: pins.wrong(id)
        )
        if knows:
            pins.right(id)
        return knows

    # ---- how it stands -----------------------------------------------------------------------------

    async def tell(self, agent: Agent) -> None:
        """The agent's state, in words; for the phone's own agent as it is once the phone is put down."""
        await self._desk.kept()
        state, now = self._desk.watch.state(agent), self._desk.watch.now(agent.id)
        here = self._desk.seats.of(agent) == self._extension
        if state is AgentState.UNAVAILABLE and here:
            state = AgentState.AVAILABLE
        reason = f"pause-{now.reason}" if state is AgentState.PAUSED else ""
        await self._dialogue.say(f"agent-{state.value}", *([reason] if reason and self._dialogue.has(reason) else []))
