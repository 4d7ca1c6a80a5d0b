# SPDX-License-Identifier: GPL-2.0-or-later
"""The calls of the last 30 days through an old and a new configuration: those that would have gone elsewhere.

Nothing rings: both ways are what `firmware.routing.simulate` says, once for each bundle of calls that are alike.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from firmware import countries
from firmware.config import Config
from firmware.rehearsal import past, turns
from firmware.rehearsal.groups import Group, Kind, Way
from firmware.rehearsal.past import Bundle
from firmware.rehearsal.stretches import State, stretches, zone
from firmware.routing import lists
from firmware.routing.inside import inside
from firmware.routing.simulate import Question, simulate

DAYS = 30
EXAMPLES = 5
MOST_GROUPS = 50
MOST_PAIRS = 4000
"""Who dialled what: beyond so many pairs those with most calls stand for all, and the answer says so."""
MOST_STORIES = 20_000
"""The newest calls whose trails are read, which takes 2 s: what was pressed is in no column."""
Asker = Callable[[str, str, str, State, datetime], Way]


@dataclass(slots=True)
class Rehearsal:
    """`calls` were looked at, of the `of` that the change could touch. `groups` have most calls first."""

    calls: int = 0
    of: int = 0
    moved: int = 0
    groups: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For the control socket."""
        return {"days": DAYS, "calls": self.calls, "of": self.of, "moved": self.moved, "groups": self.groups}


def rehearse(db: sqlite3.Connection, old: Config, new: Config, now: datetime) -> Rehearsal:
    """What changes for calls such as those of the last 30 days. It reads the history: never in the asyncio thread."""
    return _Rehearsing(db, old, new, now).run()


class _Rehearsing:
    def __init__(self, db: sqlite3.Connection, old: Config, new: Config, now: datetime) -> None:
        self._db, self._configs = db, (old, new)
        self._since, self._until = now - timedelta(days=DAYS), now
        self._groups: dict[Kind, Group] = {}
        self._found = Rehearsal()

    def run(self) -> Rehearsal:
        """Only what the change can touch is looked at."""
        if _inward(self._configs[0]) != _inward(self._configs[1]):
            self._inbound()
        if _outward(self._configs[0]) != _outward(self._configs[1]):
            self._dialled()
        self._overflows()
        self._told()
        groups = sorted(self._groups.values(), key=lambda group: -group.calls)
        self._found.moved = sum(group.calls for group in groups)
        self._found.groups = [group.as_json(self._examples(group)) for group in groups[:MOST_GROUPS]]
        return self._found

    def _examples(self, group: Group) -> list[dict[str, Any]]:
        newest = sorted(group.newest, reverse=True)[:EXAMPLES]
        return [past.example(self._db, place) for place in newest]

    def _inbound(self) -> None:
        by_caller = len({_lists_in(config) for config in self._configs}) > 1
        askers = [_asker(config) for config in self._configs]
        site = zone(self._configs[1])
        for stretch in stretches(self._configs, self._since, self._until):
            for bundle in past.came_in(self._db, stretch.span_ms, by_caller):
                self._looked_at(bundle.calls)
                origin, number = (bundle.line, "") if bundle.line else (bundle.trunk or "", bundle.number)
                before, after = (
                    ask(origin, number, bundle.caller, state, stretch.begin)
                    for ask, state in zip(askers, stretch.states, strict=True)
                )
                if before != after:
                    group = self._group(Kind("inbound", origin, number, before.kind, after.kind))
                    group.add(bundle)
                    group.within(stretch.begin.astimezone(site), stretch.end.astimezone(site))

    def _dialled(self) -> None:
        bundles = sorted(past.dialled(self._db, self._since, self._until), key=lambda bundle: -bundle.calls)
        self._found.of += sum(bundle.calls for bundle in bundles[MOST_PAIRS:])
        askers = [_asker(config) for config in self._configs]
        for bundle in bundles[:MOST_PAIRS]:
            self._looked_at(bundle.calls)
            before, after = (ask("", bundle.number, bundle.caller, (), self._until) for ask in askers)
            if before != after:
                self._group(Kind("dialled", "", "", before.kind, after.kind)).add(bundle)

    def _overflows(self) -> None:
        """Who waited too long in a queue whose overflow is another one now."""
        old, new = self._configs
        for queue in old.queues:
            still = new.queue(queue.name)
            if not still or still.overflow == queue.overflow:
                continue
            before, after = (Way(str(target or "")) for target in (queue.overflow, still.overflow))
            for bundle in past.waited_too_long(self._db, queue.name, self._since, self._until):
                self._looked_at(bundle.calls)
                self._group(Kind("overflow", queue.name, "", before.kind, after.kind)).add(bundle)

    def _told(self) -> None:
        """What a caller pressed, and how a phone was found, is known of the past; where that leads is asked anew."""
        asker = turns.asker(*self._configs)
        if not asker:
            return
        for place, trail in past.told(self._db, self._since, self._until, MOST_STORIES):
            for event in trail:
                if turn := asker(event):
                    self._looked_at(1)
                    if turn.before != turn.after:
                        kind = Kind(turn.how, turn.origin, turn.number, Way(turn.before).kind, Way(turn.after).kind)
                        self._group(kind).add(Bundle(None, None, turn.number, "", 1, place))

    def _looked_at(self, calls: int) -> None:
        self._found.calls += calls
        self._found.of += calls

    def _group(self, kind: Kind) -> Group:
        return self._groups.setdefault(kind, Group(kind))


def _asker(config: Config) -> Asker:
    """Where a call goes: in by an origin, or dialled without one. Alike are times at which the same schedules are open,
    callers of one class of service, and callers from outside who are on the same lists."""
    country, site = countries.load(config.site.country), zone(config)
    classes = {extension.number: extension.call_class for extension in config.extensions}
    known: dict[tuple[str, str, str, State], Way] = {}
    refused = cache(lambda caller: lists.refused_in(config, country, caller, private=False) and "refused")

    def ask(origin: str, number: str, caller: str, state: State, at: datetime) -> Way:
        key = origin, number, refused(caller) if origin else classes.get(caller, ""), state
        if key not in known:
            question = Question(at.astimezone(site), origin, number, caller)
            known[key] = Way.of(simulate(config, country, question))
        return known[key]

    return ask


def _inward(config: Config) -> tuple[object, ...]:
    """What decides where calls from outside go."""
    lines = [(line.port, line.number) for line in config.lines]
    numbers = [(queue.name, queue.number) for queue in config.queues], {e.number for e in config.extensions}
    site = config.site.country, config.site.timezone
    return site, config.routes, lines, config.schedules, _lists_in(config), numbers, _people(config)


def _people(config: Config) -> list[tuple[object, ...]]:
    """What people have set, which counts before anything rings."""
    return [(e.number, e.forward_always, e.do_not_disturb, e.forward_busy) for e in config.extensions]


def _lists_in(config: Config) -> tuple[object, ...]:
    """Who is refused. Whether a number was withheld, the history does not know."""
    return config.numbers.block_in, config.numbers.allow_in


def _outward(config: Config) -> tuple[object, ...]:
    """What decides where dialled numbers go."""
    callers = {extension.number: extension.call_class for extension in config.extensions}
    trunks = {trunk.name for trunk in config.trunks}
    limits = config.tolls.premium_numbers, config.numbers.block_out, config.numbers.allow_out
    emergency = config.emergency.numbers, config.emergency.trunks
    own = inside(config), config.features, callers, _people(config)
    return config.site.country, config.outbound, trunks, emergency, limits, own
