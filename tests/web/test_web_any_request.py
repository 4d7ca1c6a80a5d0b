# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever a program sends, the API answers as its document says: schemathesis over every route, with a fixed seed.

`tipring bench api` does the same for longer, against a whole box.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import core_answers
import office
import pytest
from fake_core import CoreError, FakeCore
from web_service import serve, wait_until

from firmware.store.access import Access
from firmware.store.config_db import ConfigDb
from firmware.store.history import History
from hil.any_request import faults

EXAMPLES, PARTS, SEED = 1, 6, 1
CHANNELS = [{"name": "log", "syslog": {"server": "192.0.2.1"}}]
WEBHOOK = {"name": "crm", "url": "http://192.0.2.1/", "secret": "a-secret-of-the-crm"}


class _Core(FakeCore):
    def _result(self, method: str, params: dict[str, Any]) -> Any:
        """What is not among the answers (yet) is not judged either: the route says 503."""
        if method not in (*self.answers, "subscribe", "status"):
            raise CoreError("unavailable", f"This core does not know {method}.", kind="unavailable")
        return super()._result(method, params)


@pytest.fixture(scope="module")
def office_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of an office in which there is one of everything, and the token of an admin."""
    state: Path = tmp_path_factory.mktemp("any")
    document = office.DOCUMENT | {"api": {"requests_per_minute": 0}, "webhook": [WEBHOOK], "alarm_channel": CHANNELS}
    ConfigDb(state).apply(document, "test")
    History(state / "history.db").close()
    office.recording_of(state, office.past_call(state, office.NOON))
    office.message_in(state)
    with _Core(state, office.status()) as core:
        core.answers = core_answers.answers()
        running = serve(state)
        box, server = next(running)
        try:
            core.await_subscriber()
            wait_until(lambda: box.live.up)
            yield server.url, Access(state).create_token("admin", "admin")
        finally:
            next(running, None)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_answer_is_a_fault_or_missing_in_the_document(office_url: tuple[str, str], part: int) -> None:
    assert list(faults(*office_url, EXAMPLES, SEED, part, PARTS)) == []
