# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever an alarm says, pages, mails and calls can say in Chinese."""

from __future__ import annotations

import ast
import errno
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.dahdi import sentences as dahdi
from drivers.dahdi.ioctls import Alarm, Params, SpanInfo
from drivers.port import PortKind
from firmware.alarms import box
from firmware.core.alarm_office import _spoken
from firmware.language import said

ROOT = Path(__file__).parents[2]
TOLD_ELSEWHERE = {"debug", "info", "warning", "error", "exception", "ArgumentParser"}
HAN = re.compile(r"[\u4e00-\u9fff]")
SENTENCE = re.compile(r"[A-Z7].*\.", re.DOTALL)
RAISED_IN = (
    "firmware/alarms", "firmware/archive/archivist.py", "firmware/backup", "firmware/board",
    *(f"firmware/calls/{name}.py" for name in (
        "disa", "emergency", "journal", "pin_guard", "recording_room", "toll_meter")),
    *(f"firmware/core/{name}.py" for name in (
        "board_office", "card_watch", "certificate_watch", "clock_watch", "database_watch", "line_watch", "ports",
        "quality_watch", "trial_office", "trunks_office")),
    *(f"firmware/store/{name}.py" for name in ("mending", "notices", "read_only", "salvage")),
    *(f"firmware/uplink/{name}.py" for name in (
        "alarms", "box_watch", "forwarder", "mail", "report_mail", "smdr", "webhooks")),
)  # fmt: skip


def _files() -> list[Path]:
    there = [ROOT / name for name in RAISED_IN if (ROOT / name).exists()]
    files = (file for path in there for file in ([path] if path.suffix else path.rglob("*.py")))
    return sorted(file for file in files if file.name != "__main__.py")


def _not_shown(tree: ast.Module) -> set[ast.AST]:
    """Docstrings, what a log or a --help says, and the pieces of what is put together."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            found.add(node.value)
        elif isinstance(node, ast.JoinedStr):
            found |= set(node.values)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TOLD_ELSEWHERE:
            found |= set(ast.walk(node))
    return found


def _sentences(file: Path) -> Iterator[str]:
    """Whole sentences of a source file; 7 stands for each fact."""
    tree = ast.parse(file.read_text())
    not_shown = _not_shown(tree)
    for node in ast.walk(tree):
        text = ""
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
        if node not in not_shown and text.count(" ") > 1 and SENTENCE.fullmatch(text):
            yield re.sub(r"{[^}]*}", "7", text)


def test_every_sentence_of_an_alarm_has_its_chinese() -> None:
    told = {(file.name, text) for file in _files() for text in _sentences(file)}
    assert len(told) > 60
    assert sorted((name, text) for name, text in told if not HAN.search(said(text, "zh"))) == []


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("The last backup at nas could not be restored in the test: The backup was changed or damaged, about 3 MB "
         "after its beginning.", "nas"),
        ("The update to version 2.1 failed: RAUC does not answer: no reply.", "2.1"),
        ("Port fxo1: DAHDI does not answer (No such device). Look at dmesg.", "fxo1"),
        ("The configuration was damaged (its end is missing). The last good copy, of 2026-11-22T10:00:00.000Z, is in "
         "force: look whether later changes are missing. The damaged file is kept as config.db.bad.", "config.db.bad"),
    ],
)  # fmt: skip
def test_a_reason_inside_is_chinese_too(english: str, chinese: str) -> None:
    told = said(english, "zh")
    assert chinese in told
    assert not re.search(r"\b(the|was|its|not|does)\b", told)


@pytest.mark.parametrize(
    "number", [errno.ENOENT, errno.EACCES, errno.EIO, errno.EBUSY, errno.ENXIO, errno.ENODEV, errno.ENODATA]
)
def test_what_a_card_says_has_its_chinese(number: int) -> None:
    error, span = OSError(number, "why", "/dev/dahdi/ctl"), SpanInfo(alarms=Alarm.RED, desc=b"OpenVox A400P")
    for text in (
        dahdi.no_card(error), dahdi.no_channels(), dahdi.not_opened(PortKind.FXO, 3, error),
        dahdi.wrong_signalling(PortKind.FXS, 1, Params()), dahdi.card_alarm(span),
    ):  # fmt: skip
        assert HAN.search(said(text, "zh")), text
        assert HAN.search(said(f"Port fxo1: {text}", "zh")[4:]), text


@pytest.mark.parametrize("free", [10**6, 5 * 10**8])
def test_a_full_disk_is_told_in_chinese(free: int) -> None:
    wrong = box.disk(free, 10**11)
    assert wrong
    assert HAN.search(said(wrong[1], "zh"))


def test_english_needs_no_catalog_and_no_patterns() -> None:
    program = (
        "import sys; from firmware.language import said; "
        "print(said('The disk is full.', 'en'), 'firmware.sentences' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "The disk is full. False\n"


def test_a_call_says_it_with_the_voice_of_its_language() -> None:
    text = said("The disk is full: soon nothing can be recorded or remembered. Keep recordings for a shorter time, or "
                "use a larger disk.", "zh")  # fmt: skip
    (chinese,), (english,) = _spoken([text], "zh"), _spoken([text], "en")
    assert chinese
    assert chinese != english
