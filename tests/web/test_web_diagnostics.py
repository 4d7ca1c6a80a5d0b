# SPDX-License-Identifier: GPL-2.0-or-later
"""The file of diagnostics from the pages, and whether the box lives and takes calls."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable

from web_client import Browser

API = "/api/v1"


def names(packed: bytes) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        return tar.getnames()


def test_it_is_for_those_who_configure(url: str, owner: Browser, token: Callable[..., str]) -> None:
    answer = Browser(url, token("installer")).get(f"{API}/diagnostics")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/gzip")
    assert "tipring/config.json" in names(answer.body)
    assert Browser(url, token("supervisor")).get(f"{API}/diagnostics").status == 403
    assert "/settings/diagnostics/file" in owner.get("/settings/logs").text
    assert "tipring/versions.json" in names(owner.get("/settings/diagnostics/file").body)


def test_it_is_ready_while_calls_are_taken(live_url: str) -> None:
    asked = Browser(live_url)
    assert asked.get(f"{API}/health/live").status == 200
    assert asked.get(f"{API}/health/ready").status == 200


def test_it_lives_without_call_control_but_is_not_ready(url: str) -> None:
    asked = Browser(url)
    assert asked.get(f"{API}/health/live").status == 200
    gone = asked.get(f"{API}/health/ready")
    assert (gone.status, gone.json["error"]["code"]) == (503, "not_ready")


def test_the_log_says_more_when_somebody_wants_it(url: str, owner: Browser, token: Callable[..., str]) -> None:
    assert owner.submit("/settings/logs/levels", "/settings/logs", area="firmware.calls", level="debug").status == 303
    assert "firmware.calls" in owner.get("/settings/logs").text
    admin = Browser(url, token("admin"))
    assert admin.get(f"{API}/logs/levels").json == {"firmware.calls": "debug"}
    assert admin.send("PUT", f"{API}/logs/levels", {"area": "firmware.calls", "level": ""}).json == {}
    wrong = admin.send("PUT", f"{API}/logs/levels", {"area": "!", "level": "info"})
    assert (wrong.status, wrong.json["error"]["field"]) == (422, "area")
