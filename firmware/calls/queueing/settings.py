# SPDX-License-Identifier: GPL-2.0-or-later
"""Queues and agents of the configuration, as the ACD sees them."""

from __future__ import annotations

from collections.abc import Mapping

from firmware import acd
from firmware.calls.agent_wrap_up import least_s
from firmware.config import Agent, Config, Queue


def configured(config: Config, unreachable: Mapping[str, str] = {}) -> acd.Configured:
    """All of them. `unreachable`: why phones of new agents cannot ring."""
    queues = [_queue(queue) for queue in config.queues]
    return acd.Configured(queues, [_agent(agent) for agent in config.agents], unreachable)


def _queue(queue: Queue) -> acd.QueueSettings:
    return acd.QueueSettings(
        name=queue.name,
        ring_timeout_s=queue.ring_timeout_s,
        wrap_up_s=least_s(queue),
        max_wait_s=queue.max_wait_s,
        strategy=acd.Strategy(queue.strategy),
        tier_delay_s=queue.tier_delay_s,
        priority=queue.priority,
        priority_step_s=queue.priority_step_s,
        required=queue.required,
        preferred=queue.preferred,
        relax_s=queue.relax_s,
        no_answer_delay_s=queue.no_answer_delay_s,
        reject_delay_s=queue.reject_delay_s,
        busy_delay_s=queue.busy_delay_s,
        max_misses=queue.max_misses,
        max_callers=queue.max_callers,
        join_while=acd.Presence(queue.join_while),
        stay_while=acd.Presence(queue.stay_while),
        empty_after_s=queue.empty_after_s,
        return_s=queue.return_s,
    )


def _agent(agent: Agent) -> acd.AgentSettings:
    queues = {name: acd.Membership(part.tier, part.weight) for name, part in agent.queues.items()}
    return acd.AgentSettings(agent.id, queues, agent.skills)
