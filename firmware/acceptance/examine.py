# SPDX-License-Identifier: GPL-2.0-or-later
"""Every check of the box as it is now. The order is that of the wizard."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from firmware.acceptance.check import Check, Result, Seen, failed, not_yet, of_seen, passed
from firmware.config import Config
from firmware.countries import Country
from firmware.routing.outward import emergency_numbers, outward
from firmware.routing.simulate import Question, simulate

Json = Mapping[str, Any]

PLACE, PHONE, SIP_PHONE, CALL_IN, CALL_OUT = "place", "phone", "sip_phone", "call_in", "call_out"
"""Those that a person does."""
FREE_LEAST = 0.05  # of the disk


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checks look at. `reports` are the Line Doctor's newest by line, `now` is the site's time, `registered`
    are extensions whose SIP phone would ring."""

    config: Config
    country: Country
    now: datetime
    ports: Sequence[Json] = ()
    trunks: Sequence[Json] = ()
    alarms: Sequence[str] = ()
    reports: Mapping[str, Json | None] = field(default_factory=dict)
    prompts: Collection[str] = ()
    owner: bool = False
    disk_free: float = 1.0
    seen: Mapping[str, Seen] = field(default_factory=dict)
    left_out: Mapping[str, Seen] = field(default_factory=dict)
    registered: Collection[str] = ()


def examine(facts: Facts) -> list[Check]:
    """All of them. What was left out is so only while it does not pass."""
    return [_decided(check, facts.left_out.get(check.id)) for check in _all(facts)]


def _decided(check: Check, decision: Seen | None) -> Check:
    return check.left_out(decision) if decision and check.result is not Result.PASS else check


def _all(facts: Facts) -> Iterator[Check]:
    yield _owner(facts)
    yield _seen(facts, PLACE, "Language, country and time zone", "Look at them and save them.")
    yield from (_port(port) for port in facts.ports)
    yield from _phones(facts)
    yield from _sip_phones(facts)
    for line in _of_kind(facts, "fxo"):
        yield _examined(line, facts.reports.get(line))
        yield _number(facts, line)
    yield from _office(facts)
    yield from (_trunk(trunk) for trunk in facts.trunks if trunk["kind"] == "sip")
    if facts.config.cloud:
        yield _cloud(facts)
    yield from _test_calls(facts)
    yield _alarms(facts)
    yield _disk(facts)


def _seen(facts: Facts, id: str, title: str, todo: str) -> Check:
    found = facts.seen.get(id)
    return of_seen(found, title, todo) if found else not_yet(id, title, todo)


def _of_kind(facts: Facts, kind: str) -> list[str]:
    return [port["id"] for port in facts.ports if port["kind"] == kind]


def _owner(facts: Facts) -> Check:
    title = "Owner's password"
    if facts.owner:
        return passed("owner", title, "An owner has set a password.")
    return failed("owner", title, "Nobody has set a password yet.", "Open the set-up link that the box printed.")


# ---- what is plugged in ----------------------------------------------------------------------------


def _port(port: Json) -> Check:
    id, title = f"port:{port['id']}", f"Port {port['id']}"
    if port["state"] == "fault":
        return failed(id, title, port["detail"], "See that the card sits firmly; then replace it.")
    if port["state"] == "no_battery":
        todo = "Check the cable to the telephone company's socket; if there is no line, leave it out."
        return failed(id, title, "There is no current on the line.", todo)
    return passed(id, title, "It works.")


def _phones(facts: Facts) -> Iterator[Check]:
    for port in _of_kind(facts, "fxs"):
        yield _seen(facts, f"{PHONE}:{port}", f"Telephone on {port}", "Lift it once.")


def _sip_phones(facts: Facts) -> Iterator[Check]:
    """A telephone at a port may have a SIP phone beside it, and mostly has none."""
    for extension in facts.config.extensions:
        if extension.sip and (not extension.port or extension.number in facts.registered):
            yield _sip_phone(facts, extension.number)


def _sip_phone(facts: Facts, number: str) -> Check:
    """It registers, rings, and is heard both ways."""
    id, title = f"{SIP_PHONE}:{number}", f"SIP phone {number}"
    if number not in facts.registered:
        return not_yet(id, title, "It is not registered. Scan its QR code, or enter its settings.")
    return _seen(facts, id, title, "Ring it, and speak there: it plays back what was heard.")


def _examined(line: str, report: Json | None) -> Check:
    id, title = f"line:{line}", f"Line {line} examined"
    if not report or report["state"] in ("running", "cancelled"):
        return not_yet(id, title, "Test the line: the Line Doctor says how.")
    at = datetime.fromisoformat(report["at"])
    if report["state"] == "failed":
        return failed(id, title, report["error"]["message"], "Test the line again.", at=at)
    return passed(id, title, "Dial tone, ring, caller and hang-up were looked at.", at=at)


def _number(facts: Facts, line: str) -> Check:
    id, title = f"number:{line}", f"Number of line {line}"
    known = facts.config.line(line)
    if known and known.number:
        return passed(id, title, f"Its number is {known.number}.")
    return not_yet(id, title, "Enter the number under which this line is called.")


# ---- what is set up --------------------------------------------------------------------------------


def _office(facts: Facts) -> Iterator[Check]:
    yield _hours(facts)
    yield _greeting(facts)
    yield _agents(facts)
    for line in _of_kind(facts, "fxo"):
        yield _arrival(facts, line)
    yield _emergency(facts)


def _hours(facts: Facts) -> Check:
    title = "Opening hours"
    used = {route.schedule for route in facts.config.routes if route.schedule}
    if used:
        return passed("hours", title, f"Calls follow {', '.join(sorted(used))}.")
    return not_yet("hours", title, "Give the opening hours, or leave them out: then calls are taken at all hours.")


def _greeting(facts: Facts) -> Check:
    title = "Greeting"
    config = facts.config
    named = [menu.prompt for menu in config.ivrs] + [queue.greeting or "" for queue in config.queues]
    wanted = sorted({name for name in named if name})
    lost = [name for name in wanted if name not in facts.prompts]
    if lost:
        return failed("greeting", title, f"There is no sound {lost[0]}.", "Record the greeting, or type it.")
    if wanted:
        return passed("greeting", title, f"Callers hear {', '.join(wanted)}.")
    return not_yet("greeting", title, "Record a greeting, or type it.")


def _agents(facts: Facts) -> Check:
    title = "Who answers"
    staffed = {queue for agent in facts.config.agents for queue in agent.queues}
    empty = [queue.name for queue in facts.config.queues if queue.name not in staffed]
    if empty:
        return failed("agents", title, f"Nobody answers the queue {empty[0]}.", "Choose who answers it.")
    if facts.config.queues:
        return passed("agents", title, f"{len(facts.config.agents)} people answer.")
    return not_yet("agents", title, "Choose who answers.")


def _arrival(facts: Facts, line: str) -> Check:
    """Asked for each hour of the week to come, as routes may differ."""
    id, title = f"arrival:{line}", f"Calls on {line} by day and night"
    hours = [facts.now + timedelta(hours=n) for n in range(7 * 24)]
    for at in hours:
        if simulate(facts.config, facts.country, Question(at, line=line)).ends != "answered":
            return failed(id, title, f"At {at:%Y-%m-%d %H:%M} nobody would get a call.", "See where calls go.")
    return passed(id, title, "At every hour of the week somebody or something answers.")


def _emergency(facts: Facts) -> Check:
    title = "Emergency calls"
    numbers = emergency_numbers(facts.config, facts.country)
    lost = [number for number in numbers if not outward(facts.config, facts.country, number).attempts]
    if lost:
        return failed("emergency", title, f"{lost[0]} cannot be called.", "See where calls go: there is no way out.")
    return passed("emergency", title, f"{', '.join(numbers)} have a way out.")


def _trunk(trunk: Json) -> Check:
    id, title = f"trunk:{trunk['name']}", f"Provider {trunk['name']}"
    if trunk["state"] == "up":
        return passed(id, title, "The provider answers.")
    return failed(
        id, title, trunk["last_error"] or "The provider does not answer.", "Compare with the provider's letter."
    )


def _cloud(facts: Facts) -> Check:
    wrong = [text for text in facts.alarms if "cloud" in text.lower()]
    if wrong:
        return failed("cloud", "Cloud", wrong[0], "Compare address and token with those of the cloud.")
    return passed("cloud", "Cloud", "Calls are told to the cloud.")


def _test_calls(facts: Facts) -> Iterator[Check]:
    yield _seen(facts, CALL_IN, "Test call in", "Call the box from outside, talk, and hang up.")
    yield _seen(facts, CALL_OUT, "Test call out", "Call somebody outside from the box, talk, and hang up.")


# ---- how the box is --------------------------------------------------------------------------------


def _alarms(facts: Facts) -> Check:
    if facts.alarms:
        return failed("alarms", "Alarms", facts.alarms[0], "See to it, then run the checks again.")
    return passed("alarms", "Alarms", "None stands.")


def _disk(facts: Facts) -> Check:
    found = f"{round(100 * facts.disk_free)} % of the disk is free."
    if facts.disk_free < FREE_LEAST:
        return failed("disk", "Disk", found, "Make room: recordings have a limit in the settings.")
    return passed("disk", "Disk", found)
