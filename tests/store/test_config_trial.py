# SPDX-License-Identifier: GPL-2.0-or-later
"""A change on trial: it is kept with the configuration, its time goes on over restarts, and its way back stays open."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from firmware.config.trial import RETURNED, go_back, guard
from firmware.deadline import Moment
from firmware.errors import Conflict, NotFound
from firmware.store.config_db import ConfigDb, Revision
from firmware.store.config_trial import Trial

OFFICE = {
    "site": {"name": "Office"},
    "extension": [{"number": "201", "name": "Reception", "sip": {}}],
    "trunk": [{"name": "old", "sip": {"registrar": "sip.example.com", "username": "me", "password": "long enough pw"}}],
    "outbound": [{"pattern": "9.", "strip": 1, "trunks": ["old"]}],
}
NEW = [{"name": "new", "sip": {"registrar": "sip.example.net", "username": "me", "password": "long enough pw"}}]
TRIED = OFFICE | {"trunk": NEW, "outbound": [{"pattern": "9.", "strip": 1, "trunks": ["new"]}]}


@pytest.fixture
def configs(state: Path) -> ConfigDb:
    """An office in force, and other trunks on trial for five minutes."""
    configs = ConfigDb(state)
    configs.apply(OFFICE, "installer")
    configs.apply(TRIED, "installer", trial_s=300)
    return configs


def standing(configs: ConfigDb) -> Trial:
    found = configs.trial()
    assert found
    return found


def test_a_trial_lasts_over_a_restart_and_ends_with_its_time(configs: ConfigDb) -> None:
    trial, now = standing(configs), Moment.now()
    assert (trial.revision, trial.former, trial.author) == (2, 1, "installer")
    assert 200 < trial.left_s(now) <= 300
    assert trial.left_s(replace(now, seconds=now.seconds + 301)) == 0
    set_meanwhile = replace(now, wall=now.wall + timedelta(days=9))
    assert trial.left_s(set_meanwhile) > 200, "the clock was set: what counts is the time that passed"
    after_a_restart = Moment(trial.began + timedelta(seconds=100), "another boot", 7.0)
    assert trial.left_s(after_a_restart) == pytest.approx(200)
    assert trial.left_s(replace(after_a_restart, wall=trial.until)) == 0
    no_clock = replace(after_a_restart, wall=trial.began - timedelta(days=365))
    assert trial.left_s(no_clock) == 0, "who cannot tell the time goes back at once"


def test_what_is_kept_stays(configs: ConfigDb) -> None:
    configs.confirm()
    assert configs.trial() is None
    assert configs.current().document == TRIED
    with pytest.raises(NotFound):
        configs.confirm()


def test_nobody_confirmed(configs: ConfigDb) -> None:
    back = go_back(configs, standing(configs), RETURNED, None)
    assert (back.id, back.author, back.document) == (3, RETURNED, OFFICE)
    assert configs.current() == back
    assert configs.trial() is None


def test_what_others_changed_beside_it_survives_the_way_back(configs: ConfigDb) -> None:
    second = TRIED | {"extension": [{"number": "201", "name": "Front desk", "sip": {}}, {"number": "202", "sip": {}}]}
    guard(configs, second, None)
    configs.apply(second, "another installer")
    back = go_back(configs, standing(configs), RETURNED, None)
    assert back.document == OFFICE | {"extension": second["extension"]}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"outbound": []}, "outbound"),
        ({"trunk": [{**NEW[0], "sip": {**NEW[0]["sip"], "registrar": "sip.example.org"}}]}, "trunk[new]"),  # type: ignore[dict-item]
        ({"queue": [{"name": "support", "number": "600", "overflow": "trunk:new"}]}, "queue[0].overflow"),
    ],
    ids=["the same list", "the same trunk", "what is needed"],
)  # fmt: skip
def test_a_change_that_would_block_the_way_back_is_refused(configs: ConfigDb, change: dict, field: str) -> None:
    with pytest.raises(Conflict, match=r"A change by installer is on trial.*Keep it or go back first") as refused:
        guard(configs, TRIED | change, None)
    assert (refused.value.code, refused.value.field) == ("on_trial", field)


def test_two_trials_at_once_are_refused_and_nothing_is_kept_of_the_second(configs: ConfigDb) -> None:
    with pytest.raises(Conflict, match=r"A change by installer is on trial") as refused:
        configs.apply(TRIED | {"site": {"name": "B"}}, "another", trial_s=60)
    assert refused.value.code == "trial_stands"
    assert configs.current().document == TRIED


def test_a_network_reset_needs_no_permission_of_a_trial(configs: ConfigDb) -> None:
    reset: Revision = configs.apply(OFFICE, "button", ends_trial=True)
    assert configs.trial() is None
    assert configs.current() == reset


def test_a_port_that_is_gone_meanwhile_does_not_keep_a_trial_for_ever(configs: ConfigDb) -> None:
    """What was changed beside it cannot be used with the former configuration any more: that comes back alone."""
    configs.apply(TRIED | {"line": [{"port": "fxo7"}]}, "another installer")
    assert go_back(configs, standing(configs), RETURNED, ["fxs1"]).document == OFFICE
