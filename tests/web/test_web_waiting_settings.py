# SPDX-License-Identifier: GPL-2.0-or-later
"""What callers of a queue may do while they wait, and surveys, are set on pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import office
import pytest
from applying import applies
from fake_core import FakeCore
from test_web_settings import save
from web_client import Browser

from firmware.store.config_db import ConfigDb

EXTENSIONS = [office.DOCUMENT["extension"][0] | {"voicemail": True}, *office.DOCUMENT["extension"][1:]]
QUEUE = {"name": "support", "number": "600", "waiting": {"position": True, "keys": {"7": "extension:202"}}}
SURVEY = {"name": "happy", "question": [{"name": "satisfied"}, {"name": "solved", "prompt": "solved", "highest": 2}]}


@pytest.fixture
def core(state: Path) -> Iterator[FakeCore]:
    ConfigDb(state).apply(office.DOCUMENT | {"extension": EXTENSIONS, "queue": [QUEUE], "survey": [SURVEY]}, "test")
    with FakeCore(state, office.status()) as core:
        applies(core, state)
        yield core


@pytest.fixture
def configs(state: Path) -> ConfigDb:
    return ConfigDb(state)


def first(configs: ConfigDb, table: str) -> dict[str, Any]:
    found: dict[str, Any] = configs.current().document[table][0]
    return found


def test_keys_of_a_queue_are_chosen_and_what_the_form_does_not_show_stays(
    live_url: str, owner: Browser, configs: ConfigDb
) -> None:
    path = "/settings/waiting/support"
    fields = {"waiting.keys.1": "call_back", "waiting.keys.2": "voicemail:201", "call_back.tries": "2"}
    answer = save(owner, path, **fields, **{"call_back.later": "on", "waiting.prompts": "web\nshop"})
    assert answer.status == 303
    queue = first(configs, "queue")
    assert queue["waiting"] == {
        "position": True, "keys": {"7": "extension:202", "1": "call_back", "2": "voicemail:201"},
        "prompts": ["web", "shop"],
    }  # fmt: skip
    assert queue["call_back"] == {"tries": 2, "other_number": False}
    text = owner.get("/settings/waiting").text
    assert "1: Keep the place and be called back · 2: Voicemail 201 Reception" in text
    assert "Delete" not in owner.get(path).text  # the queue itself is not this page's


def test_what_is_wrong_stands_at_its_key(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    answer = save(owner, "/settings/waiting/support", **{"waiting.keys.1": "voicemail:202", "refuse_key": "12"})
    assert answer.status == 422
    assert "has no voicemail" in answer.text
    assert "one of the keys" in answer.text
    assert "1" not in first(configs, "queue")["waiting"]["keys"]


def test_a_survey_is_made_of_its_questions(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    assert "solved" in owner.get("/settings/surveys/happy").text
    fields = {"name": "happy", "number": "690", "question.0.name": "satisfied", "question.1.name": "again",
              "question.1.highest": "9"}  # fmt: skip
    assert save(owner, "/settings/surveys/happy", **fields).status == 303
    assert first(configs, "survey") == {
        "name": "happy", "number": "690", "question": [{"name": "satisfied"}, {"name": "again", "highest": 9}],
    }  # fmt: skip
    assert save(owner, "/settings/surveys/happy", **(fields | {"question.1.highest": "1"})).status == 422
    assert save(owner, "/settings/surveys/happy", name="happy").status == 422  # no question
