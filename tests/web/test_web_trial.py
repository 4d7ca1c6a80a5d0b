# SPDX-License-Identifier: GPL-2.0-or-later
"""A change on trial, as everybody who may change something sees it on every page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import office
import pytest
from applying import applies
from fake_core import FakeCore
from test_web_settings import save
from web_client import Browser
from web_service import PASSWORD

from firmware.deadline import Moment
from firmware.store.access import Access
from firmware.store.config_db import ConfigDb

STRIP = re.compile(r'<aside class="trial".*?</aside>', re.DOTALL)
ADMINS = "/settings/network/admins"


@pytest.fixture
def core(state: Path) -> Iterator[FakeCore]:
    with FakeCore(state, office.status()) as core:
        applies(core, state)
        core.answers |= {"bans": [], "modems": []}
        yield core


@pytest.fixture
def configs(state: Path) -> ConfigDb:
    return ConfigDb(state)


def try_it(owner: Browser, **more: str) -> None:
    """Another network may come in, for five minutes."""
    done = save(owner, ADMINS, admin_networks="203.0.113.0/24", trial_s="300", **more)
    assert done.status == 303, done.text


def test_a_form_asks_for_how_long_and_every_page_says_what_is_left(live_url: str, owner: Browser) -> None:
    assert "On trial: it goes back after 5 minutes unless you keep it" in owner.get(ADMINS).text
    assert not STRIP.search(owner.get("/calls").text)
    try_it(owner)
    for page in ("/", "/calls", "/settings", "/phones"):
        strip = STRIP.search(owner.get(page).text)
        assert strip, page
        assert "is on trial. In" in strip[0]
        assert re.search(r'<time data-until="[^"]+">(5:00|4:\d\d)</time>', strip[0])
        assert f'name="next" value="{page}"' in strip[0]


def test_it_is_kept_from_any_page(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    try_it(owner)
    tried = configs.current()
    assert owner.get(f"/trial?of={tried.id}").status == 204
    kept = owner.submit("/trial/keep", "/calls", next="/calls")
    assert (kept.status, kept.headers["location"]) == (303, "/calls")
    assert configs.current() == tried
    assert configs.trial() is None
    assert owner.get("/trial").text.strip() == ""


def test_it_is_ended_from_any_page(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    before = configs.current().document
    try_it(owner)
    assert owner.submit("/trial/back", "/calls", next="/calls").status == 303
    assert configs.current().document == before
    assert not STRIP.search(owner.get("/calls").text)


def test_a_second_trial_is_refused_with_what_to_do(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    try_it(owner)
    refused = save(owner, "/settings/network/sip", ban_after="9", trial_s="120")
    assert refused.status == 409
    assert "Keep it or go back first" in refused.text
    assert '<option value="120" selected>' in refused.text


@pytest.mark.parametrize(("role", "sees"), [("supervisor", True), ("agent", False), ("readonly", False)])
def test_who_may_not_change_anything_may_not_keep_it_either(
    live_url: str, state: Path, owner: Browser, role: str, sees: bool
) -> None:
    try_it(owner)
    Access(state).create_user(role, PASSWORD, role)
    visitor = Browser(live_url)
    visitor.submit("/login", name=role, password=PASSWORD)
    strip = STRIP.search(visitor.get("/calls").text)
    assert bool(strip) is sees
    assert "/trial/keep" not in (strip[0] if strip else "")
    assert visitor.submit("/trial/keep", "/me", next="/").status == 403


def test_another_address_is_on_trial_unless_told_otherwise_and_says_where_the_box_moves(
    live_url: str, owner: Browser, configs: ConfigDb
) -> None:
    place = "/settings/network/address"
    assert '<option value="300" selected>' in owner.get(place).text
    done = save(owner, place, address="192.168.1.5/24", gateway="192.168.1.1", trial_s="300")
    assert done.status == 303, done.text
    assert configs.trial()
    strip = STRIP.search(owner.get("/settings/network").text)
    assert strip
    assert re.search(r'<a href="http://192\.168\.1\.5:\d+/">', strip[0])
    owner.submit("/trial/back", "/calls", next="/")
    wrong = save(owner, place, address="192.168.1.5")
    assert wrong.status == 422
    assert "use one with its prefix such as 192.168.1.5/24" in wrong.text


def line(configs: ConfigDb) -> dict[str, Any]:
    return next(line for line in configs.current().document["line"] if line["port"] == "fxo1")


def test_a_telephone_line_is_changed_on_trial(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    before = line(configs)
    assert '<a class="row-link" href="/settings/lines/fxo1">' in owner.get("/outside").text
    place = "/settings/lines/fxo1"
    wanted = {"name": "Main line", "number": "5550100", "echo_canceller": "on", "dialling": "pulse", "port": "fxo7"}
    wrong = save(owner, place, **wanted, rx_gain_db="40", trial_s="900")
    assert wrong.status == 422
    assert '<option value="900" selected>' in wrong.text
    assert configs.trial() is None
    assert save(owner, place, **wanted, rx_gain_db="-3", trial_s="900").status == 303
    assert line(configs) == before | {"dialling": "pulse", "rx_gain_db": -3}
    strip = STRIP.search(owner.get("/outside").text)
    assert strip
    assert 'href="/wizard/calls"' in strip[0]
    owner.submit("/trial/back", "/calls", next="/")
    assert line(configs) == before


def test_names_and_numbers_of_the_wizard_go_back_too(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    before = line(configs)
    given = {"name.fxo1": "Front desk", "number.fxo1": "5550123", "trial_s": "120"}
    assert save(owner, "/wizard/lines", "/settings/lines/fxo1", **given).status == 303
    assert line(configs)["number"] == "5550123"
    trial = configs.trial()
    assert trial
    assert 0 < trial.left_s(Moment.now()) <= 120
    owner.submit("/trial/back", "/calls", next="/")
    assert line(configs) == before
