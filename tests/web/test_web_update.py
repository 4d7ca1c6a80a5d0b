# SPDX-License-Identifier: GPL-2.0-or-later
"""Updates as a page: the version that runs, how far an update is, what went wrong."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from core_answers import AT, UPDATE
from fake_core import CoreError, FakeCore
from web_client import Browser

from firmware.deadline import Deadline
from firmware.update.progress import Phase, Progress, UpdateFiles

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


def test_it_says_what_it_waits_for_and_is_called_off(live_url: str, owner: Browser, core: FakeCore) -> None:
    waiting = {"phase": "waiting", "version": "0.2.0", "calls": 2, "until": "2026-11-22T07:10:00.000Z"}
    shown(core, under_way=True, may_call_off=True, progress=waiting)
    page = owner.get(PAGE).text
    assert "Calls that go on: 2" in page
    assert re.search(r"If somebody still calls at [^,]*:10", page)
    core.answers["update.call_off"] = UPDATE
    assert owner.submit(f"{PAGE}/call-off", PAGE).status == 303
    assert dict(core.asked)["update.call_off"] == {"author": "owner"}
    shown(core, progress={"phase": "called_off", "at": AT, "text": "It was called off by bob. Nothing has changed."})
    assert "已由 bob 取消" in owner.get(PAGE, Accept_Language="zh").text


def test_a_version_on_trial_is_kept_from_any_page(live_url: str, owner: Browser, core: FakeCore, state: Path) -> None:
    core.answers |= dict.fromkeys(("update.start", "update.keep", "update.back"), UPDATE)
    shown(core)
    owner.submit(PAGE, PAGE, source="/a.raucb", trial_s="600")
    assert dict(core.asked)["update.start"]["trial_s"] == 600
    assert "update-trial" not in owner.get("/calls").text
    files = UpdateFiles(state)
    files.make()
    files.tell(Progress(Phase.CONFIRM, "0.2.0", "0.1.0", limit=Deadline.after(600)))
    strip = owner.get("/calls").text
    assert re.search(r'Version 0\.2\.0 is on trial\. In <time data-until="[^"]+">(10:00|9:\d\d)</time>', strip)
    assert owner.get(f"{PAGE}/trial?of=0.2.0").status == 204
    kept = owner.submit(f"{PAGE}/keep", "/calls", next="/calls")
    assert (kept.status, kept.headers["location"]) == (303, "/calls")
    owner.submit(f"{PAGE}/back", "/calls")
    assert [name for name, _ in core.asked if name in ("update.keep", "update.back")] == ["update.keep", "update.back"]
    files.tell(Progress(Phase.DONE, "0.2.0", "0.1.0"))
    assert owner.get(f"{PAGE}/trial?of=0.2.0").text.strip() == ""


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
