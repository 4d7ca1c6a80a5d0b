# SPDX-License-Identifier: GPL-2.0-or-later
"""The history of October 2026."""

import contextlib

import pytest

from firmware.reports.choice import Office, read
from firmware.store import migrations
from firmware.store.connect import open_for_writing, transaction
from firmware.store.history import History
from tests.reports import october

NOW = october.when("11-20 12:00:00")


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    state = tmp_path_factory.mktemp("october")
    path = state / "history.db"
    migrations.ensure(path)
    with contextlib.closing(open_for_writing(path)) as db, transaction(db, path):
        october.write(db)
    return state


@pytest.fixture
def history(folder):
    with contextlib.closing(History(folder / "history.db")) as reader:
        yield reader


@pytest.fixture
def office():
    return Office.of(october.DOCUMENT)


@pytest.fixture
def chosen(office):
    """A choice from texts; the month of October if nothing else is said."""

    def make(**text):
        return read({"since": "2026-10-01", "until": "2026-10-31"} | text, office.clock, NOW)

    return make
