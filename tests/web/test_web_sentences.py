# SPDX-License-Identifier: GPL-2.0-or-later
"""What the core says in English is read in the language of the page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.sentences import TEMPLATES, translated
from webui import i18n

HAN = re.compile(r"[\u4e00-\u9fff]")


def chinese(sentence: str) -> str:
    return translated(sentence, i18n.catalog("zh").gettext)


def test_a_sentence_keeps_its_facts_in_chinese() -> None:
    assert chinese("is in wrap-up for 12 s more") == "事后处理中，还有 12 秒"
    assert chinese("longest idle: idle for 7 s, tier 1") == "空闲最久：已空闲 7 秒，第 1 梯队"
    assert "acme" in chinese("The trunk acme cannot register (403 Forbidden). Check its registrar and password.")


def test_a_reason_inside_a_sentence_is_translated_too() -> None:
    assert chinese("Refused: fxo1 has no route.") == "拒绝：fxo1 没有路由。"


def test_tables_and_reasons_of_the_system_are_translated_inside_a_sentence() -> None:
    assert chinese('there is no group "a"; use one of b') == "没有振铃组“a”；请用以下之一：b"
    assert chinese('"fxs1" is of the wrong kind, lines are on fxo ports; use one of fxo1').count("fxo") == 2
    assert chinese("/var/backups cannot be used: No space left on device.").endswith("磁盘已满。")


def test_an_agents_own_words_stay_as_they_are() -> None:
    assert chinese("is paused (lunch)") == "已暂停（lunch）"
    assert chinese("gone to the dentist") == "gone to the dentist"


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_sentence_is_found_again_and_translated(template: str) -> None:
    said = re.sub(r"{\w+}", "7", template)
    assert HAN.search(chinese(said)), said
    assert translated(said, i18n.catalog("en").gettext) == said


ROOT = Path(__file__).parents[2]
ERRORS = ("Invalid", "Conflict", "NotFound", "Denied", "Unavailable", "ValueError", "ConfigProblem", "matching",
          "Damaged", "NotABackup", "BadSound", "UpdateFailed", "Later", "Never")  # fmt: skip
READ_ON_PAGES = (
    "firmware/backup", "firmware/config", "firmware/importing", "firmware/prompts", "firmware/update",
    "firmware/uplink/alarm_ways.py", "firmware/contacts_csv.py", "firmware/edge/bans.py", "firmware/sms",
    "firmware/calls/orders.py", "firmware/calls/call_backs.py", "firmware/calls/phone_book.py",
    "firmware/core/line_doctor", "firmware/core/modem_office.py", "firmware/core/sms_office.py",
    "firmware/core/trial_office.py", "firmware/core/update_office.py", "firmware/core/recordings_office.py",
    "firmware/store/call_notes.py", "firmware/store/second_factors.py", "drivers/modem",
    "webui/pages", "webui/backups.py", "webui/imports.py", "webui/seat.py", "webui/uploads.py",
)  # fmt: skip
MADE_OF_OTHERS = re.compile(r"7(; or | )(7|call_back)\.?|7 (Install without a trial|Take the right one)\.|"
                            r'7[,;] (or give|keep) one of the two.*|7 "7" is taken by 7; 7|.*tipring doctor 7|.* 7\.7|'
                            r"7 characters or more|fxo7 to fxo7|this is not TOML: 77")  # fmt: skip
FOR_PROGRAMS = ("`", "'", "the id of a past call", "numbers and a name")


def literal(node: ast.expr) -> str | None:
    """A text of the program; 7 stands for each fact."""
    match node:
        case ast.Constant(value=str(said)):
            return said
        case ast.JoinedStr(values=parts):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)
    return None


def said_in(path: Path) -> Iterator[str]:
    """The sentences of errors that a file raises, or lists."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
            yield from filter(None, map(literal, node.args[:2]))


def test_errors_that_forms_show_are_read_in_chinese() -> None:
    files = [file for name in READ_ON_PAGES for file in ([ROOT / name] if "." in name else (ROOT / name).rglob("*.py"))]
    said = {text for file in files for text in said_in(file) if " " in text and not text.startswith(FOR_PROGRAMS)}
    bare = {text for text in said if not HAN.search(chinese(text)) and not MADE_OF_OTHERS.fullmatch(text)}
    assert len(said) > 200
    assert bare == set()
