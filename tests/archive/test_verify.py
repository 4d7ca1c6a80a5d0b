# SPDX-License-Identifier: GPL-2.0-or-later
"""What was changed, swapped, lost or put in is found."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from firmware.archive.verify import Verification
from firmware.records import Recording
from firmware.store.connect import open_for_reading
from hil.listen import speech_like
from tests.archive.conftest import Office


def found(office: Office, head: str = "") -> list[tuple[str, str]]:
    db = open_for_reading(office.state / "history.db")
    verification = Verification(db, office.state / "recordings")
    findings = [(finding.what, finding.recording) for finding in verification.findings(head)]
    db.close()
    return findings


@pytest.fixture
def two(office: Office) -> tuple[Recording, Recording]:
    made = [office.recorded(left=speech_like(1, seed=n), right=speech_like(1, seed=n + 9)) for n in (1, 2)]
    office.archive()
    one, other = (office.recording(recording.id) for recording in made)
    return one, other


def path(office: Office, recording: Recording) -> Path:
    return office.state / "recordings" / recording.path


def swap(office: Office, one: Recording, other: Recording) -> None:
    a, b = path(office, one), path(office, other)
    a_content = a.read_bytes()
    a.write_bytes(b.read_bytes())
    b.write_bytes(a_content)


def change(office: Office, one: Recording, other: Recording) -> None:
    file = path(office, one)
    file.write_bytes(file.read_bytes()[:-1] + b"!")


def sql(text: str) -> Callable[[Office, Recording, Recording], None]:
    return lambda office, one, other: office.write(lambda db: db.execute(text.format(one=one.id, other=other.id)))


CRIMES = {
    "nothing": (lambda office, one, other: None, []),
    "a file changed": (change, [("changed", "one")]),
    "a file deleted": (lambda office, one, other: path(office, one).unlink(), [("missing", "one")]),
    "two files swapped": (swap, [("swapped", "one"), ("swapped", "other")]),
    "a row says another time": (
        sql("UPDATE recordings SET started_at = '2020-01-01T00:00:00.000Z' WHERE id = '{one}'"),
        [("row_changed", "one")],
    ),
    "a row belongs to another call": (
        sql("UPDATE recordings SET call = 'x' WHERE id = '{other}'"),
        [("row_changed", "other")],
    ),
    "a row deleted": (sql("DELETE FROM recordings WHERE id = '{one}'"), [("row_changed", "one")]),
    "a link changed": (
        sql("UPDATE recording_chain SET at = '2020' WHERE recording = '{one}'"),
        [("chain_changed", "one")],
    ),
    "a link taken out": (
        sql("DELETE FROM recording_chain WHERE recording = '{one}'"),
        [("chain_missing", "other"), ("unproven", "one")],
    ),
}


@pytest.mark.parametrize(("crime", "expected"), CRIMES.values(), ids=CRIMES.keys())
def test_it_is_found(office: Office, two: tuple[Recording, Recording], crime, expected) -> None:
    crime(office, *two)
    names = {two[0].id: "one", two[1].id: "other", "": ""}
    what = [(what, names[id]) for what, id in found(office) if what != "unknown_file"]
    assert sorted(what) == sorted(expected)


def test_a_file_that_was_put_in_is_found(office: Office, two: tuple[Recording, Recording]) -> None:
    (path(office, two[0]).parent / "new.opus").write_bytes(b"OggS")
    assert found(office) == [("unknown_file", "")]


def test_what_was_deleted_by_the_rules_is_no_finding(office: Office, two: tuple[Recording, Recording]) -> None:
    office.configure(recordings={"max_gb": 1e-9})
    office.archive().keep_house()
    assert found(office) == []
    assert office.files() == []


def test_a_chain_that_was_cut_at_its_end_does_not_have_the_link_that_was_noted(
    office: Office, two: tuple[Recording, Recording]
) -> None:
    head = office.rows("SELECT link FROM recording_chain ORDER BY seq DESC LIMIT 1")[0]["link"]
    assert found(office, head) == []
    sql("DELETE FROM recording_chain WHERE recording = '{other}'")(office, *two)
    sql("DELETE FROM recordings WHERE id = '{other}'")(office, *two)
    for file in path(office, two[1]).parent.glob(f"{two[1].id}*"):
        file.unlink()
    assert found(office) == []
    assert found(office, head) == [("head_unknown", "")]


def test_the_command_ends_with_1_and_names_it(office: Office, two: tuple[Recording, Recording]) -> None:
    command = [sys.executable, "-m", "firmware.cli", "recordings", "verify", "--json", "--state", str(office.state)]
    good = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert good.returncode == 0
    assert json.loads(good.stdout) | {"head": ""} == {"links": 2, "files": 2, "head": "", "findings": []}
    change(office, *two)
    bad = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert bad.returncode == 1
    assert json.loads(bad.stdout)["findings"][0]["recording"] == two[0].id
