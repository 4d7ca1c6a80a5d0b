# SPDX-License-Identifier: GPL-2.0-or-later
"""config.db: a configuration is applied whole or not at all, and none is forgotten."""

import json
import threading

import pytest

from firmware.errors import Conflict, NotFound
from firmware.store.config_db import ConfigDb, canonical


@pytest.fixture
def configs(state):
    return ConfigDb(state)


def test_before_the_first_configuration_there_is_none(configs):
    with pytest.raises(NotFound) as caught:
        configs.current()
    assert caught.value.code == "no_config"


def test_what_was_applied_last_is_in_force_and_all_is_kept(configs):
    first = configs.apply({"site": {"name": "办公室"}}, "installer")
    second = configs.apply({"site": {"name": "B"}}, "cli:root", expected=first.id)
    assert configs.current() == second
    assert configs.current().document == {"site": {"name": "B"}}
    assert configs.revisions() == [second, first]
    assert configs.revision(first.id) == first
    with pytest.raises(NotFound):
        configs.revision(99)


def test_who_works_from_an_old_one_is_told(configs):
    first = configs.apply({}, "one", expected=0)
    configs.apply({"a": 1}, "two", expected=first.id)
    with pytest.raises(Conflict, match="revision 2, yours is made from 1") as caught:
        configs.apply({"b": 1}, "three", expected=first.id)
    assert caught.value.code == "config_conflict"
    assert configs.current().author == "two"


def test_of_many_at_once_exactly_one_wins(configs):
    outcomes = []

    def apply(author: str) -> None:
        try:
            outcomes.append(configs.apply({"by": author}, author, expected=0).author)
        except Conflict:
            outcomes.append(None)

    threads = [threading.Thread(target=apply, args=(f"t{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    (winner,) = [outcome for outcome in outcomes if outcome]
    assert configs.current().author == winner
    assert len(outcomes) == 8


def test_the_same_document_has_one_text():
    assert canonical({"b": [1, {"d": 2, "c": "ü"}], "a": None}) == '{"a":null,"b":[1,{"c":"ü","d":2}]}'
    assert json.loads(canonical({"x": 1.5})) == {"x": 1.5}


def test_the_ports_of_the_last_run_are_remembered(configs, state):
    assert configs.ports() is None
    configs.remember_ports({"fxs1", "fxo1"})
    assert ConfigDb(state).ports() == ["fxo1", "fxs1"]


def test_the_box_has_one_identity(configs, state):
    assert configs.box_id() == ConfigDb(state).box_id()


def test_what_was_chosen_for_an_extension_is_kept_until_nothing_is_left_of_it(configs, state):
    configs.keep_choices("201", {"do_not_disturb": True, "forward_busy": "202"})
    configs.keep_choices("202", {"forward_always": ""})
    configs.keep_choices("201", {"forward_busy": "203"})
    assert ConfigDb(state).choices() == {"201": {"forward_busy": "203"}, "202": {"forward_always": ""}}
    configs.keep_choices("201", {})
    assert ConfigDb(state).choices() == {"202": {"forward_always": ""}}
    assert configs.phone_passwords() == {}
