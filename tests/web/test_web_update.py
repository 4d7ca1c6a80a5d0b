# SPDX-License-Identifier: GPL-2.0-or-later
"""Updates as a page: the version that runs, how far an update is, what went wrong."""

from __future__ import annotations

from typing import Any

import pytest
from core_answers import UPDATE
from fake_core import CoreError, FakeCore
from web_client import Browser

PAGE = "/settings/update"


def shown(core: FakeCore, **more: Any) -> None:
    progress = UPDATE["progress"] | more.pop("progress", {})
    core.answers["update"] = UPDATE | more | {"progress": progress}


@pytest.mark.parametrize(
    ("phase", "says"),
    [("installing", "The update is installed."), ("waiting", "waits until nobody calls"), ("trial", "is looked at")],
)
def test_the_page_says_how_far_it_is(live_url: str, owner: Browser, core: FakeCore, phase: str, says: str) -> None:
    shown(core, under_way=True, progress={"phase": phase, "percent": 40, "version": "0.2.0"})
    page = owner.get(PAGE).text
    assert says in page
    assert '<progress max="100" value="40"' in page
    assert "disabled" in page[page.index("Install an update") :]
    assert says in owner.get(PAGE, HX_Request="true").text


def test_an_update_is_begun_from_an_address(live_url: str, owner: Browser, core: FakeCore) -> None:
    shown(core)
    core.answers["update.start"] = UPDATE
    begun = owner.submit(PAGE, PAGE, source=" https://example.com/box.raucb ", downgrade="on")
    assert (begun.status, begun.headers["location"]) == (303, PAGE)
    asked = dict(core.asked)["update.start"]
    assert asked == {"author": "owner", "source": "https://example.com/box.raucb", "downgrade": True}


def test_why_it_failed_is_said_in_the_readers_language(live_url: str, owner: Browser, core: FakeCore) -> None:
    text = "Version 9.0.0 did not start, or did not work."
    shown(core, progress={"phase": "rolled_back", "text": text})
    assert text in owner.get(PAGE).text
    assert "未能启动" in owner.get(PAGE, Accept_Language="zh").text


def test_a_box_from_a_checkout_offers_nothing(live_url: str, owner: Browser, core: FakeCore) -> None:
    shown(core, method="none")
    core.answers["update.start"] = lambda params: _refused()
    page = owner.get(PAGE).text
    assert "started by hand from a checkout" in page
    assert "Install an update" not in page
    assert owner.submit(PAGE, "/me", source="/a.raucb").status == 409


def _refused() -> None:
    raise CoreError("no_updates", "This box was started by hand from a checkout.", kind="conflict")
