# SPDX-License-Identifier: GPL-2.0-or-later
"""Each mistake in a dial plan is named by its path, with what is allowed."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from firmware.config import ConfigInvalid, check, notices

PORTS = ["fxo1", "fxo2", "fxs1", "fxs2"]
GOOD: dict[str, Any] = {
    "extension": [{"number": "201", "port": "fxs1"}, {"number": "202", "port": "fxs2", "class": "local"}],
    "line": [{"port": "fxo1"}],
    "trunk": [{"name": "lines", "ports": ["fxo1"]}],
    "queue": [{"name": "a", "overflow": "queue:b"}, {"name": "b", "overflow": "queue:c"}, {"name": "c"}],
    "schedule": [{"name": "day", "hours": {"mon-fri": ["08:00-17:00"]}}],
    "route": [{"line": "fxo1", "schedule": "day", "to": "queue:a"}, {"line": "fxo1", "to": "disa:door"}],
    "outbound": [{"pattern": "9.", "trunks": ["lines"]}, {"pattern": "9.", "cost": 1, "trunks": ["lines"]}],
    "disa": [{"name": "door", "pin": "123456"}],
    "emergency": {"trunks": ["lines"], "alert": ["201"]},
}


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    document = copy.deepcopy(GOOD)
    place: Any = document
    for part in path[:-1]:
        place = place.setdefault(part, {}) if isinstance(place, dict) else place[part]
    place[path[-1]] = to
    return document


def problems(document: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(ConfigInvalid) as invalid:
        check(document, PORTS)
    return {problem.path: problem.message for problem in invalid.value.errors}


def test_the_plan_that_all_mistakes_start_from_is_right() -> None:
    assert notices(check(GOOD, PORTS)) == []


@pytest.mark.parametrize(
    ("path", "to", "where", "says"),
    [
        (("extension", 1, "number"), "911", "extension[1].number", '"911" is an emergency number here'),
        (("site", "country"), "no-such", "site.country", "is not a country this box knows"),
        (("emergency", "numbers"), ["201"], "extension[0].number", '"201" is an emergency number here'),
        (("emergency", "alert"), ["299"], "emergency.alert[0]", 'there is no extension "299"; use one of 201, 202'),
        (("emergency", "trunks"), ["isp"], "emergency.trunks[0]", 'there is no trunk "isp"; use one of lines'),
        (("extension", 0, "class_pin"), "2468", "extension[0].class_pin", "may call everything without it"),
        (("extension", 1, "class_pin"), "24", "extension[1].class_pin", "use 4 to 12 digits"),
        (("extension", 1, "class"), "galactic", "extension[1].class", '"galactic" is not allowed'),
        (("outbound", 1, "cost"), 0, "outbound[1].pattern", "is taken by outbound[0].pattern"),
        (("route", 0, "schedule"), "night", "route[0].schedule", 'there is no schedule "night"; use one of day'),
        (("route", 1, "schedule"), "day", "route[1].line", "already in the same hours"),
        (("route", 1, "to"), "disa:gate", "route[1].to", 'there is no disa "gate"; use one of door'),
        (("disa", 0, "pin"), "1234", "disa[0].pin", "use 6 to 12 digits"),
        (("schedule", 0, "hours"), {"monday": []}, "schedule[0].hours.monday", '"monday" is no day'),
        (("schedule", 0, "hours"), {"mon": ["8-17"]}, "schedule[0].hours.mon[0]", "use from and to like 08:00-12:30"),
        (("schedule", 0, "holidays"), ["24.12."], "schedule[0].holidays[0]", "is no date"),
        (("numbers", "block_in"), ["+49-"], "numbers.block_in[0]", "cannot stand at place 4"),
        (("tolls", "premium"), {"calls_per_hour": -1}, "tolls.premium.calls_per_hour", "use at least 0"),
    ],
)
def test_a_mistake_is_named(path: tuple[str | int, ...], to: Any, where: str, says: str) -> None:
    found = problems(changed(*path, to=to))
    assert set(found) == {where}
    assert says in found[where]


def test_a_route_that_would_never_have_its_turn_is_refused() -> None:
    document = changed("route", to=GOOD["route"][::-1])
    assert problems(document)["route[1].line"].startswith(
        'line "fxo1" is routed by route[0].line already, at all times'
    )


def test_a_ring_of_overflows_is_named_at_each_of_its_queues() -> None:
    found = problems(changed("queue", 2, "overflow", to="queue:a"))
    assert set(found) == {f"queue[{n}].overflow" for n in range(3)}
    assert "a → b → c → a" in found["queue[0].overflow"]


def test_the_installer_is_told_of_hours_in_which_nobody_answers() -> None:
    document = changed("route", to=GOOD["route"][:1])
    assert [notice.path for notice in notices(check(document, PORTS))] == ["line[0]"]


def test_an_extension_that_begins_like_an_emergency_number_is_noticed() -> None:
    document = changed("extension", 0, "number", to="9112") | {"emergency": {}}
    assert [notice.path for notice in notices(check(document, PORTS))] == ["extension[0].number"]
