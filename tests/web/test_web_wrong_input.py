# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever is typed into a form is either taken as it was meant, or refused at its field; no page is ever broken."""

from __future__ import annotations

import html
import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from test_web_before_saving import FORMS, core, tables_of  # noqa: F401
from test_web_settings import save
from web_client import Answer, Browser

from firmware.store.config_db import ConfigDb
from webui.pages import settings
from webui.pages.settings import channels
from webui.pages.settings.sheet import Sheet
from webui.settings.fields import Field

EVIL = "🐙 <script>alert(1)</script>"
WRONG = {
    "text": EVIL, "phone": "20 1x🐙", "number": "many🐙", "choice": EVIL, "target": f"queue:{EVIL}", "members": EVIL,
    "ordered": EVIL, "lines": EVIL, "patterns": EVIL, "levels": EVIL, "secret": EVIL,
}  # fmt: skip
FREE = {
    ("extension", "name"), ("line", "name"), ("agent", "name"), ("trunk", "sip.username"), ("trunk", "sip.password"),
    ("mail", "username"), ("mail", "password"), ("smdr", "format"), ("backup", "passphrase"),
    ("alarm_channel", "snmp.password"), ("alarm_channel", "snmp.privacy_password"),
}  # fmt: skip
"""Fields that take any text."""
OF_THE_LINK = {("alarm_channel", "way"), ("line", "port")}
"""Nobody types it: it comes with the link that led to the form."""
GOOD: dict[str, dict[str, str]] = {
    **{tables_of(path)[0]: fields for path, (fields, _, _) in FORMS.items()},
    "route": {"origin": "line:fxo2", "to": "queue:support"},
    "outbound": {"pattern": "8.", "trunks": "lines"},
    "extension": {"number": "203", "port": "fxs3", "has_sip": "on", "has_voicemail": "on"},
    "mail": {"server": "mail.example.com", "sender": "box@example.com"},
    "smdr": {"port": "/dev/ttyUSB0"},
}
CHANNELS = {
    "snmp": {"snmp.server": "192.0.2.1", "snmp.user": "box", "snmp.password": "long enough"},
    "syslog": {"syslog.server": "192.0.2.1"},
    "mail": {"mail": "a@example.com"},
}


def sheets() -> list[Sheet]:
    modules = [importlib.import_module(f"{settings.__name__}.{found.name}")
               for found in pkgutil.iter_modules(settings.__path__)]  # fmt: skip
    return list({id(v): v for module in modules for v in vars(module).values() if isinstance(v, Sheet)}.values())


ALL = sheets()


def good(sheet: Sheet, field: Field) -> dict[str, str]:
    """Fields of a form that can be sent: of an alarm channel, in the way that asks for `field`."""
    if sheet.table == "alarm_channel":
        way = next((way for way, fields in channels.OF_WAYS.items() if field in fields), "mail")
        return {"name": field.key.replace(".", "-"), "way": way} | CHANNELS.get(way, {})
    return GOOD.get(sheet.table, {})


def address(sheet: Sheet) -> str:
    """Of a form that can be sent."""
    if sheet.single:
        return sheet.path
    name = next((path for path in FORMS if path.startswith(f"{sheet.path}/")), "")
    return name or (f"{sheet.path}/support" if sheet.table == "queue" else f"{sheet.path}/new")


def is_harmless(answer: Answer) -> bool:
    return "<script>alert" not in answer.text


@pytest.mark.parametrize("sheet", ALL, ids=[sheet.path for sheet in ALL])
def test_each_field_of_each_form_refuses_what_it_cannot_take(live_url: str, owner: Browser, sheet: Sheet) -> None:
    for field in sheet.fields:
        if field.kind in WRONG and (sheet.table, field.key) not in OF_THE_LINK:
            _refuses(owner, sheet, field)


def _refuses(owner: Browser, sheet: Sheet, field: Field) -> None:
    wrong = WRONG[field.kind]
    answer = save(owner, address(sheet), **good(sheet, field) | {field.key: wrong})
    assert is_harmless(answer), field.key
    if (sheet.table, field.key) in FREE:
        assert answer.status == 303, answer.text
        assert is_harmless(owner.get(address(sheet))), field.key
        return
    assert answer.status == 422, f"{field.key} was taken"
    assert re.search(rf'id="w-{re.escape(field.key)}"', answer.text), f"{field.key}: not told at its field"
    if field.kind in ("text", "phone", "number"):
        assert html.escape(wrong, quote=False) in answer.text, f"{field.key}: what was typed is gone"


def test_numbers_are_taken_as_people_write_them(live_url: str, owner: Browser, state: Path) -> None:
    assert save(owner, "/settings/conferences/new", name="open", number=" 7 01 ").status == 303
    routed = {"origin": "external:", "origin.number": "555 01 77", "to": "external:", "to.number": "(555) 01-99"}
    assert save(owner, "/settings/routes/new", **routed).status == 303
    lists = "0900.\n+49 (30) 123-45\n 1 900 NXX-[2-4]X. "
    assert save(owner, "/settings/lists", block_out=lists).status == 303
    assert save(owner, "/settings/outbound/new", pattern="00 [1-5] NX.", trunks="lines").status == 303
    assert save(owner, "/settings/emergency", numbers="1 33\n144", callback="+49 (30) 123-45/67").status == 303
    now = ConfigDb(state).current().document
    assert now["numbers"]["block_out"] == ["0900.", "+493012345", "1900NXX[2-4]X."]
    assert now["outbound"][-1]["pattern"] == "00[1-5]NX."
    assert now["emergency"]["numbers"] == ["133", "144"]
    assert now["conference"][-1]["number"] == "701"
    assert now["emergency"]["callback"] == "+49301234567"
    assert now["route"][-1] == {"did": "5550177", "to": "external:5550199"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        b"RIFF\x24\x00\x00\x00WAVE",
        b"#!/bin/sh\nrm -rf /\n",
        b"ID3\x04" + bytes(400),
    ],
    ids=["empty", "picture", "cut off", "script", "mp3"],
)
def test_a_file_that_is_no_sound_is_named_at_the_file(live_url: str, owner: Browser, content: bytes) -> None:
    home = "/settings/prompts"
    refused = owner.upload(f"{home}/upload", home, content, name="hours", language="any")
    assert refused.status == 422
    field = re.search(r'id="upload-file".*?</div>', refused.text, re.S)
    assert field
    assert 'class="wrong"' in field[0]


@pytest.mark.parametrize("name", [EVIL, "a b", "../../etc/passwd", "x" * 300, ""])
def test_a_prompt_with_a_wrong_name_is_refused_at_its_name(live_url: str, owner: Browser, name: str) -> None:
    home = "/settings/prompts"
    refused = owner.submit(f"{home}/say", home, name=name, language="any", text="Hello")
    assert refused.status == 422
    assert is_harmless(refused)
    assert re.search(r'id="say-name"[^>]*aria-invalid="true"', refused.text)
