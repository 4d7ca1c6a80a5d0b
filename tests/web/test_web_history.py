# SPDX-License-Identifier: GPL-2.0-or-later
"""The history of the configuration in API and page: seen by supervisors, taken back by administrators."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fake_core import CoreError, FakeCore
from web_client import Browser

CHANGE = {"path": "site.name", "before": "Old <b>", "after": "New"}
STEPS = [
    {"revision": 2, "at": "2026-11-22T11:00:00.000Z", "author": "cli:root", "changes": [CHANGE]},
    {"revision": 1, "at": "2026-11-22T10:00:00.000Z", "author": "first start", "changes": []},
]
PREVIEW = {"revision": 2, "changes": [{"path": "site.name", "before": "New", "after": "Old <b>"}], "notices": []}
ANSWERS = {"config.history": STEPS, "config.preview": PREVIEW, "config.rollback": {"revision": 3}}


@pytest.fixture
def admin(live_url: str, token: Callable[[str], str]) -> Browser:
    return Browser(live_url, token("admin"))


def asked(core: FakeCore) -> list[tuple[str, dict[str, object]]]:
    return [(method, params) for method, params in core.asked if method.startswith("config")]


def test_what_a_change_would_do_is_asked_without_doing_it(admin: Browser, core: FakeCore) -> None:
    core.answers |= ANSWERS
    assert admin.send("POST", "/api/v1/config/preview", {"to": 1}).json == PREVIEW
    admin.send("POST", "/api/v1/config/preview", {"document": {"site": {}}, "revision": 2})
    admin.send("POST", "/api/v1/config/preview", {"site": {}})
    given = {"document": {"site": {}}}
    assert asked(core) == [("config.preview", {"to": 1}), ("config.preview", given), ("config.preview", given)]


def test_supervisors_read_the_history_and_administrators_go_back(
    live_url: str, core: FakeCore, token: Callable[[str], str]
) -> None:
    core.answers |= ANSWERS
    supervisor, admin = (Browser(live_url, token(role)) for role in ("supervisor", "admin"))
    assert supervisor.get("/api/v1/config/history").json == {"items": STEPS, "next": None}
    assert supervisor.send("POST", "/api/v1/config/rollback", {"to": 1}).status == 403
    assert supervisor.send("POST", "/api/v1/config/preview", {"to": 1}).status == 403
    assert Browser(live_url, token("readonly")).get("/api/v1/config/history").status == 403
    answer = admin.send("POST", "/api/v1/config/rollback", {"to": 1}, If_Match='"2"')
    assert (answer.json, answer.headers["etag"]) == ({"revision": 3}, '"3"')
    assert asked(core)[-1][1] == {"to": 1, "author": "api:admin", "revision": 2}
    assert admin.send("POST", "/api/v1/config/rollback", {}).status == 422


def test_the_page_shows_what_the_way_back_changes_before_it_does(live_url: str, owner: Browser, core: FakeCore) -> None:
    core.answers |= ANSWERS
    page = owner.get("/history").text
    assert "first start" in page
    assert "Old &lt;b&gt;" in page
    assert "/history/1/return" in page
    assert "/history/2/return" not in page
    part = owner.get("/history/1/return", HX_Request="true").text
    assert 'name="shown" value="2"' in part
    owner.submit("/history/1/return", "/history", shown="2")
    assert asked(core)[-2] == ("config.rollback", {"to": 1, "author": "owner", "revision": 2})


def test_a_change_in_between_is_told_and_nothing_goes_back(live_url: str, owner: Browser, core: FakeCore) -> None:
    def refuse(params: object) -> object:
        raise CoreError("config_conflict", "The configuration was changed meanwhile.")

    core.answers |= ANSWERS | {"config.rollback": refuse}
    assert owner.submit("/history/1/return", "/history", shown="1").status == 409
