# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls of Asterisk come into the history once, and reports count them; what is configured comes as one revision."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from firmware.cli import main
from firmware.core.import_office import ImportOffice
from firmware.errors import Invalid
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_reading
from firmware.store.writer import HistoryWriter
from tests.importing.conftest import DOCUMENT, PORTS, outcome

ROW = '"","{src}","{dst}","ctx","""{name}"" <{src}>","{channel}","{other}","{app}","{data}","{start}","{answer}","{end}",{duration},{talk},"{disposition}","DOCUMENTATION","{id}",""\n'  # noqa: E501


def _row(id: str, **values: Any) -> str:
    usual = {
        "src": "+4930123", "dst": "600", "name": "Kunde", "channel": "PJSIP/acme-00000001", "other": "", "app": "Dial",
        "data": "", "start": "2026-07-01 10:00:00", "answer": "", "end": "2026-07-01 10:01:00", "duration": 60,
        "talk": 0, "disposition": "NO ANSWER",
    }  # fmt: skip
    return ROW.format(**usual | values, id=id)


CALLS = (
    _row("1.1", app="Queue", data="600,t,,", disposition="ANSWERED", talk=60)
    + _row("1.2", app="Queue", data="600,t,,", other="Local/201@from-queue-00000003;1", disposition="NO ANSWER")
    + _row("1.2", app="Queue", data="600,t,,", other="PJSIP/201-00000004", disposition="ANSWERED", talk=45)
    + _row("1.3", src="201", dst="90171555", channel="PJSIP/201-00000005", disposition="BUSY")
    + _row("1.4", src="201", dst="202", channel="PJSIP/201-00000006", disposition="ANSWERED", talk=10)
    + "no call at all\n"
)


def _found(tmp_path: Path) -> dict[str, Any]:
    file = tmp_path / "Master.csv"
    file.write_text(CALLS)
    return outcome(
        [file], DOCUMENT | {"extension": [{"number": "201", "sip": {}}, {"number": "202", "sip": {}}]}, PORTS, "keep"
    )


def test_rows_of_master_csv(tmp_path: Path) -> None:
    found = _found(tmp_path)
    told = {(call["direction"], call["disposition"], call["queue"], call["agent"]) for call in found["calls"]}
    assert told == {
        ("inbound", "abandoned", "support", None), ("inbound", "answered", "support", "alice"),
        ("outbound", "busy", None, None), ("internal", "answered", None, None),
    }  # fmt: skip
    assert found["calls"][0]["started_at"] == "2026-07-01T08:00:00.000Z"  # summer in Berlin
    assert [note["where"] for note in found["not_understood"]] == ["Master.csv:6"]


@pytest.mark.parametrize("start", ["2026-13-01 10:00:00", "2026-02-30 10:00:00", "0001-01-01 10:00:00"])
def test_a_day_that_there_is_not_is_told_with_its_line(tmp_path: Path, start: str) -> None:
    (tmp_path / "Master.csv").write_text(_row("1.1") + _row("1.2", start=start))
    found = outcome([tmp_path / "Master.csv"], DOCUMENT, PORTS, "keep")
    assert found["call_count"] == 1
    assert [note["where"] for note in found["not_understood"]] == ["Master.csv:2"]


def _import(state: Path, *arguments: str) -> int:
    return main(["--state", str(state), "import", *arguments])


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A box with a configuration, whose core does not run."""
    state = tmp_path / "state"
    state.mkdir()
    configs = ConfigDb(state)
    configs.apply(DOCUMENT, "test")
    configs.remember_ports(PORTS)
    return state


def _count(state: Path, sql: str) -> int:
    with contextlib.closing(open_for_reading(state / "history.db")) as db:
        return int(db.execute(sql).fetchone()[0])


def test_a_dry_run_changes_nothing(state: Path, freepbx: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _import(state, str(freepbx), "--dry-run") == 0
    out = capsys.readouterr().out
    assert "new: 1 queue: 700" in out
    assert "there already: Core.json: Users.users[0]: extension 201 is there already: it stays as it is." in out
    assert ConfigDb(state).current().document == DOCUMENT
    assert not (state / "history.db").exists()


def test_one_revision_and_each_call_once(state: Path, freepbx: Path, tmp_path: Path) -> None:
    (tmp_path / "Master.csv").write_text(CALLS)
    for _ in range(2):
        assert _import(state, str(freepbx), str(tmp_path / "Master.csv"), "--json") == 0
    assert ConfigDb(state).current().id == 2
    assert _count(state, "SELECT count(*) FROM calls WHERE ended_at IS NOT NULL") == 5
    assert _count(state, "SELECT count(*) FROM facts") == 5
    assert _count(state, "SELECT count(*) FROM facts WHERE queue = 'support' AND outcome = 'abandoned'") == 1
    assert _count(state, "SELECT count(*) FROM outbox") == 0


def test_a_file_that_is_not_there_is_named(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _import(state, str(state / "nowhere.csv")) == 1
    assert "nowhere.csv cannot be read" in capsys.readouterr().err


async def test_the_core_takes_a_batch_whole_or_not_at_all(tmp_path: Path) -> None:
    writer = HistoryWriter(tmp_path / "history.db")
    try:
        take = ImportOffice(writer).handlers()["calls.import"]
        items = _found(tmp_path)["calls"]
        with pytest.raises(Invalid):
            await take({"items": [*items, {"id": "../x"}]})
        assert await take({"items": items}) == {"count": 4}
        assert await take({"items": items}) == {"count": 0}
    finally:
        writer.close()
