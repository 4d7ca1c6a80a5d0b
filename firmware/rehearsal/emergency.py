# SPDX-License-Identifier: GPL-2.0-or-later
"""The proof that whoever calls for help gets out: every telephone, every emergency number, at any hour.

By simulation: each number as it is, and behind each prefix for the outside, with every combination in which schedules
can be open. A change that takes away what could be called before is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from firmware import countries, times
from firmware.config import Config
from firmware.errors import Invalid
from firmware.rehearsal.stretches import State, stretches, zone
from firmware.routing.outward import emergency_numbers
from firmware.routing.schedules import Night
from firmware.routing.simulate import Question, simulate

UNREACHABLE = "emergency_unreachable"
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Lost:
    """Somebody who dials `dialled` at `extension` does not reach the emergency number; `why`, in a sentence."""

    extension: str
    dialled: str
    number: str
    why: str


def unreachable(config: Config, ports: Collection[str], now: datetime) -> list[Lost]:
    """Everything that does not reach help. `ports`: those of the box."""
    lines = [port for port in (*ports, *(modem.port for modem in config.modems)) if port.startswith("fxo")]
    country = countries.load(config.site.country)
    numbers = emergency_numbers(config, country)
    found: dict[tuple[str, str], Lost] = {}
    for at, switch in _moments(config, now):
        for extension in config.extensions:
            for dialled, number in _dialled(config, numbers):
                answer = simulate(config, country, Question(at, "", dialled, extension.number), switch, (), lines)
                if answer.target != f"external:{number}" or answer.ends != "answered":
                    key = extension.number, dialled
                    found.setdefault(key, Lost(extension.number, dialled, number, answer.steps[-1]))
    return list(found.values())


def guard(old: Config | None, new: Config, ports: Collection[str], now: datetime | None = None) -> None:
    """Invalid (`emergency_unreachable`) when a change takes away that help can be called.

    A box on which nobody could call for help before may be set up step by step.
    """
    lost = newly_lost(old, new, ports, now or times.now()) if old else []
    if lost:
        raise Invalid(told(lost), code=UNREACHABLE)


def newly_lost(old: Config, new: Config, ports: Collection[str], now: datetime) -> list[Lost]:
    """What does not reach help any more."""
    found = unreachable(new, ports, now)
    if not found:
        return []
    before = unreachable(old, ports, now)
    if not _could_call(old, before):
        return []
    known = {(lost.extension, lost.dialled) for lost in before}
    return [lost for lost in found if (lost.extension, lost.dialled) not in known]


def _could_call(config: Config, lost: Iterable[Lost]) -> bool:
    plain = {each.extension for each in lost if each.dialled == each.number}
    return any(extension.number not in plain for extension in config.extensions)


def told(lost: list[Lost]) -> str:
    """In one sentence."""
    numbers = ", ".join(dict.fromkeys(each.dialled for each in lost))
    extensions = list(dict.fromkeys(each.extension for each in lost))
    who = ", ".join(extensions[:5]) + (f" and {len(extensions) - 5} more" if len(extensions) > 5 else "")
    return f"With this change a call to {numbers} from {who} would not reach help. {lost[0].why}"


def _dialled(config: Config, numbers: Iterable[str]) -> Iterator[tuple[str, str]]:
    """What people dial for help, and the number that it is; prefixes for the outside are those that are stripped."""
    prefixes = {route.pattern[: route.strip] for route in config.outbound if route.strip and not route.prepend}
    for number in numbers:
        yield number, number
        yield from ((prefix + number, number) for prefix in sorted(prefixes) if prefix.isdigit())


def _moments(config: Config, now: datetime) -> Iterator[tuple[datetime, Night]]:
    """One of each combination of open schedules within a week, and the night switch both ways."""
    local = now.astimezone(zone(config))
    yield local, Night.DAY
    yield local, Night.NIGHT
    seen: set[State] = set()
    for stretch in stretches((config,), now, now + WEEK):
        if stretch.states[0] not in seen:
            seen.add(stretch.states[0])
            yield stretch.begin.astimezone(local.tzinfo), Night.AUTO
