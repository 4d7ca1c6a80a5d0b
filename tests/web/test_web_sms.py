# SPDX-License-Identifier: GPL-2.0-or-later
"""Text messages and cellular modems on pages and by the API, with a core that takes every order."""

from __future__ import annotations

from core_answers import answers
from fake_core import CoreError, FakeCore
from web_client import Browser


def test_text_messages_are_read_and_written(core: FakeCore, owner: Browser) -> None:
    core.answers = answers()
    page = owner.get("/sms").text
    assert "hello" in page
    assert "<html" not in owner.get("/sms", HX_Request="true").text
    assert owner.submit("/sms", "/sms", number="+12125550123", text="Hi").status == 303
    params = next(params for method, params in reversed(core.asked) if method == "sms.send")
    assert (params["number"], params["text"], params["author"]) == ("+12125550123", "Hi", "web:owner")


def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(core: FakeCore, owner: Browser) -> None:
    def refuse(params: object) -> None:
        raise CoreError("emergency_number", "911 is an emergency number.", kind="invalid", field="number")

    core.answers = answers() | {"sms.send": refuse}
    answer = owner.submit("/sms", "/sms", number="911", text="Help, please")
    assert answer.status == 422
    assert "911 is an emergency number." in answer.text
    assert "Help, please" in answer.text


def test_modems_are_seen_found_and_asked(core: FakeCore, owner: Browser) -> None:
    core.answers = answers()
    shown = owner.get("/settings/cellular").text
    assert "Testnet" in shown
    assert "-71 dBm" in shown
    assert "good" in shown
    assert "Testnet" in owner.get("/outside").text
    assert "/dev/serial/by-id/usb-other" in owner.submit("/settings/cellular/find", "/settings/cellular").text
    asked = owner.submit("/settings/cellular/mobile/ussd", "/settings/cellular", code="*100#")
    assert "Your balance is 4.20" in asked.text


def test_a_voice_modem_becomes_a_line_by_a_click_and_none_again(core: FakeCore, owner: Browser) -> None:
    core.answers = answers()
    page = owner.get("/settings/cellular").text
    assert "CX93010" in page
    assert "sound one way at a time" in page
    taken = owner.submit("/settings/cellular/take", "/settings/cellular", device="/dev/serial/by-id/usb-voice")
    assert "The modem is line fxo202 now." in taken.text
    assert owner.submit("/settings/cellular/voice/fxo201/give-back", "/settings/cellular").status == 303
    asked = {method: params for method, params in core.asked if method.startswith("modem.")}
    assert asked["modem.take"] == {"device": "/dev/serial/by-id/usb-voice", "author": "owner"}
    assert asked["modem.give_back"] == {"port": "fxo201", "author": "owner"}


def test_who_holds_a_modem_is_said_beside_what_is_plugged_in(core: FakeCore, owner: Browser) -> None:
    why = "There is no voice modem at /dev/x. /dev/x is held by ModemManager. Switch it off."

    def refuse(params: object) -> None:
        raise CoreError("no_voice_modem", why, kind="conflict", field="device")

    core.answers = answers() | {"modem.take": refuse}
    answer = owner.submit("/settings/cellular/take", "/settings/cellular", device="/dev/x")
    assert why in answer.text
    assert "usb-voice" in answer.text
