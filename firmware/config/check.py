# SPDX-License-Identifier: GPL-2.0-or-later
"""The one gate that a configuration passes before it is kept or used."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pydantic import ValidationError

from firmware import countries
from firmware.config.checks import cross_check
from firmware.config.explain import explain
from firmware.config.model import Config
from firmware.config.problems import ConfigInvalid, ConfigProblem
from firmware.secrecy import SAFE_LENGTH


def check(document: dict[str, Any], ports: Collection[str] | None = None) -> Config:
    """The configuration of a document. `ports` are the ids of the box's ports; None when they are not known.

    ConfigInvalid names everything that is wrong at once.
    """
    if not isinstance(document, dict):
        raise ConfigInvalid([ConfigProblem("configuration", "must be a table of settings")])
    problems: list[ConfigProblem] = []
    config: Config | None = None
    try:
        config = Config.model_validate(document)
    except ValidationError as invalid:
        problems += explain(invalid)
    named = {problem.path for problem in problems}
    problems += [problem for problem in cross_check(document, ports) if problem.path not in named]
    if problems or config is None:
        raise ConfigInvalid(problems)
    return config


def notices(config: Config) -> list[ConfigProblem]:
    """What is allowed and yet worth telling the installer."""
    found = []
    for index, extension in enumerate(config.extensions):
        if extension.voicemail and extension.voicemail.email and not config.mail:
            path = f"extension[{index}].voicemail.email"
            found.append(ConfigProblem(path, "is kept; nothing is sent without a [mail] table"))
        if extension.sip and extension.sip.password and len(extension.sip.password) < SAFE_LENGTH:
            message = f"is short: it can be guessed over the network; leave it out for a good one, or use {SAFE_LENGTH}"
            found.append(ConfigProblem(f"extension[{index}].sip.password", f"{message} characters or more"))
    if config.cloud and config.cloud.url.startswith("http:"):
        found.append(ConfigProblem("cloud.url", "http is not encrypted; use https outside of your own network"))
    routed = {route.line for route in config.routes if not route.schedule}
    dids = {route.did for route in config.routes if route.did and not route.schedule}
    for index, line in enumerate(config.lines):
        if any(route.line == line.port for route in config.routes) and line.port not in routed:
            message = f"every route for {line.port} has a schedule: outside of them calls are not answered"
            found.append(ConfigProblem(f"line[{index}]", message))
        elif line.port not in routed and line.number not in dids:
            found.append(ConfigProblem(f"line[{index}]", f"no route for {line.port}: calls on it are not answered"))
    found += emergency_notices(config)
    found += queue_notices(config)
    return found


def queue_notices(config: Config) -> list[ConfigProblem]:
    """Callers who would wait for an agent that there is not."""
    found = []
    for index, queue in enumerate(config.queues):
        members = [agent for agent in config.agents if queue.name in agent.queues]
        fitting = [a for a in members if all(a.skills.get(s, 0) >= level for s, level in queue.required.items())]
        if members and not fitting and not queue.relax_s:
            message = "no agent of this queue has all that is required: nobody is ever asked"
            found.append(ConfigProblem(f"queue[{index}].required", message))
    return found


def emergency_notices(config: Config) -> list[ConfigProblem]:
    """Emergency calls that would have no way out, and numbers that one must wait behind."""
    numbers = (*countries.load(config.site.country).emergency, *config.emergency.numbers)
    found = []
    if config.extensions and not config.trunks and not config.lines:
        found.append(
            ConfigProblem("trunk", f"there is no trunk: emergency numbers ({', '.join(numbers)}) cannot be called")
        )
    for index, extension in enumerate(config.extensions):
        begun = next((number for number in numbers if extension.number.startswith(number)), None)
        if begun:
            message = f"begins like the emergency number {begun}, which is therefore dialled only after a short wait"
            found.append(ConfigProblem(f"extension[{index}].number", message))
    return found
