# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/security.md is whole, what it names is there, and what it says of keys and policy holds."""

from __future__ import annotations

import re
from pathlib import Path

from firmware.edge.certificate import ensure
from firmware.edge.files import EdgeFiles
from firmware.store.config_db import ConfigDb

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text()
# ETSI EN 303 645 V2.1.1 (2020-06), annex B: how many provisions each clause has.
CLAUSES = {
    "5.1": 5, "5.2": 3, "5.3": 16, "5.4": 4, "5.5": 8, "5.6": 9, "5.7": 2, "5.8": 3, "5.9": 3, "5.10": 1, "5.11": 4,
    "5.12": 3, "5.13": 1, "6": 5,
}  # fmt: skip
NAMED = re.compile(r"`((?:tests|hil)/[\w/]+\.py)(?:::(\w+))?`")


def test_every_provision_has_its_row() -> None:
    rows = re.findall(r"^\| (\d[\d.]*-\d+) \|", PAGE, re.MULTILINE)
    assert rows == [f"{clause}-{number}" for clause, count in CLAUSES.items() for number in range(1, count + 1)]


def test_every_test_that_is_named_exists() -> None:
    named = NAMED.findall(PAGE)
    assert len(named) > 40
    missing = [f"{file}::{test}" for file, test in named if not _is_there(ROOT / file, test)]
    assert missing == []


def _is_there(file: Path, test: str) -> bool:
    return file.is_file() and (not test or f"def {test}(" in file.read_text())


def test_the_disclosure_policy_says_whom_to_tell_and_when_an_answer_comes() -> None:
    policy = (ROOT / "SECURITY.md").read_text()
    for what in ("Report a vulnerability", "3 working days", "90 days", "31 December 2031"):
        assert what in policy


def test_every_dependency_is_locked_by_its_hash() -> None:
    lock = (ROOT / "requirements/run.txt").read_text()
    packages = re.findall(r"^[\w.-]+==\S+ \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+", lock, re.MULTILINE)
    assert len(packages) == len(re.findall(r"^[\w.-]+==", lock, re.MULTILINE)) > 30


def test_two_boxes_have_no_secret_in_common(tmp_path: Path) -> None:
    boxes = []
    for name in ("one", "other"):
        files = EdgeFiles(tmp_path / name)
        (tmp_path / name).mkdir()
        ensure(files)
        boxes.append({files.key.read_text(), files.secret(), ConfigDb(tmp_path / name).box_id()})
    assert len(boxes[0]) == len(boxes[1]) == 3
    assert not boxes[0] & boxes[1]
