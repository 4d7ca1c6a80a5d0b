# SPDX-License-Identifier: GPL-2.0-or-later
"""Time cut where a schedule opens or closes, or a day begins: within a stretch the dial plan does not change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from firmware.config import Config, Schedule
from firmware.routing.schedules import is_open, spans_of
from firmware.times import milliseconds

State = tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `begin` until `end` (UTC). `states`: which schedules of each configuration are open."""

    begin: datetime
    end: datetime
    states: tuple[State, ...]

    @property
    def span_ms(self) -> tuple[int, int]:
        """As the history keeps times."""
        return milliseconds(self.begin), milliseconds(self.end)


def stretches(configs: tuple[Config, ...], since: datetime, until: datetime) -> Iterator[Stretch]:
    """All of a span of time, in order. Night switches are not known of the past: schedules alone count."""
    cuts = {since, until}
    for config in configs:
        cuts |= {cut for cut in _cuts(config, since, until) if since < cut < until}
    for begin, end in pairwise(sorted(cuts)):
        yield Stretch(begin, end, tuple(state(config, begin) for config in configs))


def state(config: Config, at: datetime) -> State:
    """Which schedules are open, in the configuration's order."""
    local = at.astimezone(zone(config))
    return tuple(is_open(schedule, local) for schedule in config.schedules)


def zone(config: Config) -> ZoneInfo:
    """The site's."""
    return ZoneInfo(config.site.timezone)


def _cuts(config: Config, since: datetime, until: datetime) -> Iterator[datetime]:
    site = zone(config)
    day, last = since.astimezone(site).date() - timedelta(days=1), until.astimezone(site).date()
    while day <= last:
        yield datetime.combine(day, datetime.min.time(), site)
        yield from (at.replace(tzinfo=site) for schedule in config.schedules for at in _of(schedule, day))
        day += timedelta(days=1)


def _of(schedule: Schedule, day: date) -> Iterator[datetime]:
    for span in spans_of(schedule, day):
        yield from span
