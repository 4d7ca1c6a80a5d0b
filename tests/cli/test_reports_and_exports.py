# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports and exports in the shell, of October 2026 (tests/reports/october.py)."""

import contextlib
import csv
import io
import json

import pytest

from firmware.cli import main
from firmware.store import migrations
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_writing, transaction
from tests.reports import october

SPAN = ["--since", "2026-10-01", "--until", "2026-10-31"]


@pytest.fixture
def shell(tmp_path, capsys):
    """What a command prints."""
    path = tmp_path / "history.db"
    migrations.ensure(path)
    ConfigDb(tmp_path).apply(october.DOCUMENT, "test")
    with contextlib.closing(open_for_writing(path)) as db, transaction(db, path):
        october.write(db)

    def run(*arguments):
        assert main([*arguments, "--state", str(tmp_path)]) == 0
        return capsys.readouterr().out

    return run


def test_a_report_is_a_table_a_sheet_or_json(shell):
    table = shell("report", *SPAN).splitlines()
    assert table[0].split()[:3] == ["KEY", "OFFERED", "ANSWERED"]
    assert [line.split()[:2] for line in table[1:]] == [["sales", "5"], ["support", "16"], ["total", "21"]]
    sheet = list(csv.DictReader(io.StringIO(shell("report", "--csv", "--by", "day", *SPAN))))
    assert len(sheet) == 32
    assert json.loads(shell("report", "--json", "--of", "calls", *SPAN))["total"]["calls"] == 24
    assert "No calls" in shell("report", "--since", "2020-01-01", "--until", "2020-01-02")


def test_lines_and_staffing(shell):
    assert [line.split()[0] for line in shell("report", "lines", *SPAN).splitlines()] == [
        "NAME", "fxo1", "fxo2", "provider"
    ]  # fmt: skip
    assert json.loads(shell("report", "staffing", "--json", "--queue", "support", *SPAN))["threshold_s"] == 20


def test_exports_go_to_standard_output(shell):
    calls = [json.loads(line) for line in shell("export", "calls", *SPAN).splitlines()]
    assert len(calls) == 25
    assert [json.loads(line)["seq"] for line in shell("export", "calls", "--after", "25").splitlines()] == [26]
    assert len(json.loads(shell("export", "calls", "--format", "json", *SPAN))) == 25
    assert shell("export", "trail", "--format", "csv", *SPAN).startswith("call,at,event,data\r\n")
    assert "|ENTERQUEUE|" in shell("export", "queue_log", *SPAN)


def test_a_wrong_day_is_told(tmp_path, capsys):
    assert main(["report", "--since", "soon", "--state", str(tmp_path)]) == 1
    assert "must be a day" in capsys.readouterr().err
