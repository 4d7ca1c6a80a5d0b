# SPDX-License-Identifier: GPL-2.0-or-later
"""The settings: what forms make of the configuration, and where they say what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import office
import pytest
from applying import applies
from core_answers import UPDATE
from fake_core import FakeCore
from web_client import Answer, Browser
from web_service import PASSWORD

from firmware import SUPPORTED_UNTIL
from firmware.prompts.store import PromptStore
from firmware.store.access import Access
from firmware.store.config_db import ConfigDb
from webui.http import as_json

REVISION = re.compile(r'name="revision" value="(\d+)"')
NIGHT = {"mode": "auto", "schedules": [{"name": "day", "open": False, "until": "2033-11-23T08:00"}]}
TOLLS = [
    {"kind": "international", "stopped_since": "2026-11-22T05:04:58.123Z",
     "reason": "more than 30 calls to international numbers within an hour",
     "used": {"calls_per_hour": 31, "minutes_per_hour": 2.4, "calls_per_day": 31, "minutes_per_day": 2.4},
     "limits": {"calls_per_hour": 30, "minutes_per_hour": 120, "calls_per_day": 100, "minutes_per_day": 600}},
]  # fmt: skip
DOCUMENT: dict[str, Any] = office.DOCUMENT | {
    "schedule": [{"name": "day", "hours": {"mon-fri": ["08:00-12:00", "13:00-17:30"]}, "holidays": ["12-24/12-26"]}],
    "ivr": [{"name": "main", "digits": {"1": "queue:support", "3": "ivr:opening"}, "timeout": "queue:support"},
            {"name": "opening", "prompt": "hours", "digits": {"*": "repeat"}}],
    "route": [{"line": "fxo1", "schedule": "day", "to": "ivr:main"}, {"line": "fxo1", "to": "extension:201"}],
    "conference": [{"name": "board", "number": "700", "pin": "2468"}],
    "outbound": [{"pattern": "9.", "strip": 1, "trunks": ["lines"]}],
    "trunk": [{"name": "lines", "ports": ["fxo1", "fxo2"]}],
}  # fmt: skip


@pytest.fixture
def core(state: Path) -> Iterator[FakeCore]:
    ConfigDb(state).apply(DOCUMENT, "test")
    with FakeCore(state, office.status()) as core:
        applies(core, state)
        guest = {"call": "c", "number": "202", "name": "Office", "since": office.ago(60)}
        core.answers |= {
            "bans": [],
            "night": NIGHT, "night.set": lambda params: NIGHT | {"mode": params["mode"]}, "tolls": TOLLS,
            "conferences": [{"name": "board", "number": "700", "locked": True, "guests": [guest]}],
            "prompt.record": {"id": "c"}, "phones": [], "extensions": [], "trunks": [], "modems": [],
            "modems.voice": [], "update": UPDATE, "tolls.lift": TOLLS,
            "acceptance": office.acceptance(),
            "simulate": {"steps": ["A call comes in on fxo1 at 2026-11-22 20:00 from somebody unknown.",
                                   "It goes to extension:201."], "ends": "answered", "target": "extension:201"},
            "phone": {"extension": "205", "name": "", "server": "192.0.2.1", "port": 5061, "transport": "tls",
                      "user": "205", "password": "gull", "transports": [], "websocket": None, "sip": "sip:205"},
            "board": {"up": False, "report": None, "drills": [], "moves": [], "resets": []},
        }  # fmt: skip
        yield core


@pytest.fixture
def configs(state: Path) -> ConfigDb:
    return ConfigDb(state)


def document(configs: ConfigDb) -> dict[str, Any]:
    return configs.current().document


def save(browser: Browser, path: str, page: str | None = None, **fields: str) -> Answer:
    """Sends the form of a page, made from the revision that it shows."""
    shown = browser.get(page or path).text
    revision = REVISION.search(shown)
    assert revision, shown
    return browser.submit(path, page or path, **({"revision": revision[1]} | fields))


def test_every_page_of_settings_opens(live_url: str, owner: Browser) -> None:
    listed = re.findall(r'class="panel room" href="([^"]+)"', owner.get("/settings").text)
    assert {"/settings/menus", "/settings/hours", "/settings/plan", "/wizard"} <= set(listed)
    forms = [
        "/settings/queues/new", "/settings/queues/support", "/settings/agents/new", "/settings/agents/alice",
        "/settings/menus/new", "/settings/menus/main", "/settings/hours/new", "/settings/hours/day",
        "/settings/routes/new", "/settings/outbound/new", "/settings/conferences/board", "/settings/ring-groups/new",
        "/settings/paging/new", "/settings/tolls", "/settings/lists", "/settings/emergency", "/settings/disa/new",
        "/settings/extensions/new", "/settings/extensions/202", "/settings/trunks/new", "/settings/trunks/lines",
        "/settings/lines/fxo1", "/settings/lines/new?port=fxo9",
        "/wizard/phones", "/wizard/provider", "/wizard/answer",
    ]  # fmt: skip
    for path in [path for path in [*listed, *forms] if path != "/history"]:
        assert owner.get(path).status == 200, path


def test_a_reader_finds_no_button_and_is_refused_by_the_server(
    core: FakeCore, live_url: str, token: Callable[[str], str]
) -> None:
    reader = Browser(live_url, token("readonly"))
    for path in ("/settings/menus", "/settings/groups", "/settings/plan", "/settings/codes", "/settings/classes"):
        page = reader.get(path)
        assert page.status == 200, path
        assert not re.search(r'href="[^"]*/new"', page.text), path
        assert ">Save</button>" not in page.text, path
    assert "2468" not in reader.get("/settings/groups").text
    assert reader.get("/settings/menus/main").status == 403
    assert reader.post_form("/settings/hours/night", mode="day").status == 403
    assert "/wizard" not in reader.get("/settings").text


def test_menus_stand_as_a_tree_with_what_leads_to_them(live_url: str, owner: Browser) -> None:
    text = re.sub(r"<[^>]+>|\s+", " ", owner.get("/settings/menus").text)
    assert re.search(r"main.*reached from Main line.*while day is open.*Queue support.*3.*opening.*Say it again", text)
    assert text.count("opening") == 1 + text.count("opening hours")


def test_a_menu_is_made_with_another_one_below_it(
    live_url: str, owner: Browser, configs: ConfigDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmware.prompts.speech.speak", lambda text, voice: office.wav())
    monkeypatch.setattr("firmware.prompts.convert.convert", lambda wav: wav)
    answer = save(owner, "/settings/menus/new", name="sales", say="Press one.", key0="ivr:+", key1="external:",
                  **{"key1.number": "95551234", "more0.keys": "12", "more0": "names", "retries": "1"})  # fmt: skip
    assert (answer.status, answer.headers["location"]) == (303, "/settings/menus?saved=1")
    made = {menu["name"]: menu for menu in document(configs)["ivr"]}
    assert made["sales"] == {
        "name": "sales", "prompt": "sales", "retries": 1,
        "digits": {"1": "ivr:sales-1", "2": "external:95551234", "12": "names"},
    }  # fmt: skip
    assert made["sales-1"] == {"name": "sales-1"}
    assert owner.get("/settings/prompts/sales/any/audio").status == 200


def test_what_is_wrong_stands_at_its_field_in_the_readers_language(
    live_url: str, owner: Browser, configs: ConfigDb
) -> None:
    owner.submit("/language", "/", language="zh", next="/")
    answer = save(owner, "/settings/menus/new", name="a b", timeout_s="soon", key4="queue:gone")
    assert answer.status == 422
    for field, says in (("name", "字母"), ("timeout_s", "必须是数字"), ("key4", "没有队列“gone”")):
        assert re.search(rf'<p class="wrong" id="w-{field}">[^<]*{says}', answer.text), field
    assert 'value="soon"' in answer.text
    assert len(document(configs)["ivr"]) == 2


def test_a_renamed_menu_takes_everything_that_leads_to_it_along(
    live_url: str, owner: Browser, configs: ConfigDb
) -> None:
    assert save(owner, "/settings/menus/main", name="front", key0="queue:support").status == 303
    assert document(configs)["route"][0]["to"] == "ivr:front"


def test_what_is_in_use_is_not_deleted_and_the_page_says_where(
    live_url: str, owner: Browser, configs: ConfigDb
) -> None:
    refused = save(owner, "/settings/menus/main/delete", "/settings/menus/main")
    assert refused.status == 422
    assert "Calls that come in Main line (fxo1)" in refused.text
    assert save(owner, "/settings/conferences/board/delete", "/settings/conferences/board").status == 303
    assert "conference" not in document(configs)


def test_a_second_editor_is_told_and_nothing_is_overwritten(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    before = configs.current().id
    other = document(configs) | {"conference": [{"name": "board", "number": "701"}]}
    configs.apply(other, "bob")
    told = save(owner, "/settings/menus/opening", revision=str(before), name="opening", number="651")
    assert told.status == 409
    assert "bob changed the configuration meanwhile" in told.text
    assert 'value="651"' in told.text
    assert document(configs) == other
    again = REVISION.search(told.text)
    assert again
    assert save(owner, "/settings/menus/opening", revision=again[1], name="opening", number="651").status == 303
    assert document(configs)["conference"] == other["conference"]


def test_who_edits_the_same_thing_as_another_has_to_look_at_it_first(
    live_url: str, owner: Browser, configs: ConfigDb
) -> None:
    before = configs.current().id
    configs.apply(document(configs) | {"conference": [{"name": "board", "number": "701"}]}, "bob")
    told = save(owner, "/settings/conferences/board", revision=str(before), name="board", number="702")
    assert "changed this very entry" in told.text
    assert REVISION.findall(told.text) == [str(before)] * 2
    assert document(configs)["conference"][0]["number"] == "701"


def test_opening_hours_are_written_as_people_say_them(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    times = {f"day{day}.{key}": text for day in (0, 1, 2) for key, text in (("from", "09:00"), ("to", "00:00"))}
    holiday = {"holiday0.first": "2026-12-24", "holiday0.last": "2026-12-26", "holiday0.yearly": "on",
               "holiday1.first": "2027-05-06"}  # fmt: skip
    assert save(owner, "/settings/hours/day", name="day", **times, **holiday).status == 303
    assert document(configs)["schedule"] == [
        {"name": "day", "hours": {"mon-wed": ["09:00-24:00"]}, "holidays": ["12-24/12-26", "2027-05-06"]}
    ]
    form = owner.get("/settings/hours/day").text
    assert form.count('value="09:00"') == 3
    assert 'name="holiday0.yearly" checked' in form


def test_half_a_time_is_refused_at_its_day(live_url: str, owner: Browser) -> None:
    answer = save(owner, "/settings/hours/day", **{"name": "day", "day4.from": "09:00"})
    assert answer.status == 422
    friday = re.search(r"<legend>Friday</legend>.*?</fieldset>", answer.text, re.S)
    assert friday
    assert "is no time of the day" in friday[0]
    assert answer.text.count("is no time of the day") == 1


def test_the_night_switch_says_how_it_stands(core: FakeCore, live_url: str, owner: Browser) -> None:
    page = owner.get("/settings/hours").text
    assert "Closed" in page
    assert "Nov 23, 2033 8:00\u00a0AM" in page
    part = owner.submit("/settings/hours/night", "/settings/hours", mode="day").text
    assert "Open, by hand" in part
    assert ("night.set", {"mode": "day", "author": "web:owner"}) in core.asked


def test_routes_of_a_line_are_shown_as_they_are_tried_and_the_open_one_stays_last(
    live_url: str, owner: Browser, configs: ConfigDb
) -> None:
    assert save(owner, "/settings/routes/new", origin="line:fxo2", to="queue:support").status == 303
    night = {"origin": "line:fxo2", "schedule": "day", "to": "extension:201"}
    assert save(owner, "/settings/routes/new", **night).status == 303
    assert [route for route in document(configs)["route"] if route["line"] == "fxo2"] == [
        {"line": "fxo2", "schedule": "day", "to": "extension:201"},
        {"line": "fxo2", "to": "queue:support"},
    ]
    twice = save(owner, "/settings/routes/new", origin="line:fxo2", to="queue:support")
    assert re.search(r'id="w-origin">[^<]*already', twice.text)


def test_what_would_happen_to_a_call_is_told_step_by_step(core: FakeCore, live_url: str, owner: Browser) -> None:
    owner.submit("/language", "/", language="zh", next="/")
    asked = "way=line:fxo1&number=&caller=5551234&day=2026-11-22&clock=20:00"
    text = owner.get(f"/settings/plan/simulate?{asked}", HX_Request="true").text
    assert "分机 201 Reception" in text
    assert "A call comes in" not in text
    assert ("simulate", {"at": "2026-11-22T20:00", "private": False, "line": "fxo1", "number": "",
                         "from": "5551234"}) in core.asked  # fmt: skip
    owner.get("/settings/plan/simulate?way=from:201&number=911", HX_Request="true")
    assert core.asked[-1][1] == {"at": "", "private": False, "from": "201", "number": "911"}


def test_a_stop_against_fraud_is_shown_and_lifted(core: FakeCore, live_url: str, owner: Browser) -> None:
    assert "more than 30 calls to international numbers" in owner.get("/settings/limits").text
    assert owner.submit("/settings/limits/international/lift", "/settings/limits").status == 303
    assert ("tolls.lift", {"kind": "international"}) in core.asked


def test_limits_and_lists_are_kept_and_what_is_wrong_is_said(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    given = {"premium.calls_per_day": "0", "premium_numbers": "0900.\r\n0190.", "cut_calls": "on"}
    assert save(owner, "/settings/tolls", **given).status == 303
    assert document(configs)["tolls"] == {
        "premium": {"calls_per_day": 0}, "premium_numbers": ["0900.", "0190."], "cut_calls": True,
    }  # fmt: skip
    wrong = save(owner, "/settings/lists", block_in="0900.\n12?")
    assert re.search(r'id="w-block_in">[^<]*12\?', wrong.text)


def test_who_is_in_a_conference_is_seen(live_url: str, owner: Browser) -> None:
    page = owner.get("/settings/groups").text
    assert "1 in it" in page
    assert 'href="/calls/c"' in page


def test_a_feature_code_that_clashes_is_refused_at_its_field(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    clash = save(owner, "/settings/codes", park="*71")
    assert re.search(r'id="w-park">[^<]*taken by retrieve', clash.text)
    assert save(owner, "/settings/codes", park="*75", night="").status == 303
    assert document(configs)["features"] == {"park": "*75", "night": ""}


def test_classes_of_all_telephones_are_one_form(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    wrong = save(owner, "/settings/classes", **{"class.201": "international", "pin.201": "1234"})
    assert wrong.status == 422
    assert re.search(r'id="w-201">[^<]*narrower class', wrong.text)
    assert save(owner, "/settings/classes", **{"class.201": "local", "pin.201": "1234"}).status == 303
    assert document(configs)["extension"][0] == DOCUMENT["extension"][0] | {"class": "local", "class_pin": "1234"}


def test_a_trunks_password_stays_when_its_field_is_left_empty(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    account = {"name": "northcall", "sip.registrar": "sip.example.net", "sip.register": "on"}
    assert save(owner, "/settings/trunks/new", **account, **{"sip.password": "gull"}).status == 303
    assert "gull" not in owner.get("/settings/trunks/northcall").text
    assert save(owner, "/settings/trunks/northcall", **account, **{"sip.number": "5550100"}).status == 303
    assert document(configs)["trunk"][1] == {
        "name": "northcall", "sip": {"registrar": "sip.example.net", "password": "gull", "number": "5550100"},
    }  # fmt: skip


def test_an_extension_with_a_mailbox_is_made_and_its_pin_is_checked(
    live_url: str, owner: Browser, configs: ConfigDb
) -> None:
    given = {"number": "205", "name": "Lab", "has_sip": "on", "has_voicemail": "on"}
    wrong = save(owner, "/settings/extensions/new", **given, box_pin="12")
    assert re.search(r'id="w-box_pin">[^<]*4 to 12 digits', wrong.text)
    done = save(owner, "/settings/extensions/new", **given, box_pin="1234")
    assert done.headers["location"] == "/phones/205"
    assert document(configs)["extension"][-1] == {
        "number": "205", "name": "Lab", "sip": {}, "voicemail": {"pin": "1234"},
    }  # fmt: skip


# ---- the wizard ----------------------------------------------------------------------------------------------


def test_the_wizard_adds_a_phone_and_shows_its_code_at_once(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    page = save(owner, "/wizard/phones", number="205", name="Lab").text
    assert "<svg" in page
    assert "gull" in page
    assert document(configs)["extension"][-1] == {"number": "205", "sip": {}, "name": "Lab"}
    clash = save(owner, "/wizard/phones", number="600", name="")
    assert re.search(r'id="w-number">[^<]*taken', clash.text)


def test_the_wizard_takes_a_provider_and_calls_out_over_it_first(
    live_url: str, owner: Browser, configs: ConfigDb
) -> None:
    given = {"name": "northcall", "registrar": "sip.example.net", "username": "u", "password": "p", "prefix": "9"}
    wrong = save(owner, "/wizard/provider", **(given | {"registrar": "a b"}))
    assert re.search(r'id="w-registrar">[^<]*cannot be used', wrong.text)
    assert save(owner, "/wizard/provider", **given).status == 303
    assert document(configs)["outbound"] == [{"pattern": "9.", "strip": 1, "trunks": ["northcall", "lines"]}]


def test_the_wizard_answers_by_day_and_takes_messages_by_night(
    live_url: str, owner: Browser, configs: ConfigDb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmware.prompts.speech.speak", lambda text, voice: office.wav())
    monkeypatch.setattr("firmware.prompts.convert.convert", lambda wav: wav)
    given = {"origin": "line:fxo2", "mon-fri.from": "08:00", "mon-fri.to": "17:00", "key1": "queue:support",
             "silent": "queue:support", "mailbox": "201"}  # fmt: skip
    assert "Write what callers are to hear" in save(owner, "/wizard/answer", **given).text
    assert save(owner, "/wizard/answer", **given, text="Welcome.").status == 303
    now = document(configs)
    assert now["route"][2:] == [
        {"line": "fxo2", "schedule": "day", "to": "ivr:main"}, {"line": "fxo2", "to": "voicemail:201"},
    ]  # fmt: skip
    assert now["schedule"][0]["hours"] == {"mon-fri": ["08:00-17:00"]}
    assert now["ivr"][0]["digits"] == {"1": "queue:support", "3": "ivr:opening"} | {"1": "queue:support"}
    assert now["extension"][0]["voicemail"] is True


# ---- the API ---------------------------------------------------------------------------------------------


def test_the_api_changes_one_thing_at_a_time(
    live_url: str, core: FakeCore, token: Callable[[str], str], configs: ConfigDb
) -> None:
    admin, path = Browser(live_url, token("admin")), "/api/v1/config/tables/conference"
    made = admin.send("POST", path, {"name": "open"})
    assert (made.status, made.json) == (201, {"revision": 3, "id": "open"})
    assert admin.send("PUT", f"{path}/open", {"name": "open", "number": "701"}, If_Match='"3"').status == 200
    stale = admin.send("PUT", f"{path}/open", {"name": "open"}, If_Match='"3"')
    assert (stale.status, stale.json["error"]["code"]) == (409, "config_conflict")
    wrong = admin.send("POST", path, {"name": "more", "number": "600"})
    assert (wrong.status, wrong.json["error"]["field"]) == (422, "conference[2].number")
    assert admin.ask("DELETE", f"{path}/open").status == 200
    assert admin.get(f"{path}/open").json["error"]["code"] == "no_such_conference"
    assert admin.get("/api/v1/config/tables/stars").json["error"]["code"] == "no_such_table"
    assert document(configs) == DOCUMENT


def test_the_api_covers_secrets_and_takes_changes_of_admins_only(
    live_url: str, core: FakeCore, token: Callable[[str], str]
) -> None:
    reader, path = Browser(live_url, token("readonly")), "/api/v1/config/tables/conference"
    assert reader.get(path).json["items"] == [
        {"id": "board", "item": {"name": "board", "number": "700", "pin": "********"}}
    ]
    assert reader.send("POST", path, {"name": "x"}).status == 403
    assert reader.ask("DELETE", f"{path}/board").status == 403
    assert reader.get("/api/v1/conferences").json[0]["guests"][0]["number"] == "202"


def test_an_item_without_a_name_is_known_by_what_it_says(
    live_url: str, core: FakeCore, token: Callable[[str], str], configs: ConfigDb
) -> None:
    admin, path = Browser(live_url, token("admin")), "/api/v1/config/tables/route"
    first = admin.get(path).json["items"][0]
    changed = admin.send("PUT", f"{path}/{first['id']}", first["item"] | {"to": "queue:support"})
    assert changed.json["id"] != first["id"]
    assert admin.get(f"{path}/{first['id']}").status == 404
    assert document(configs)["route"][0]["to"] == "queue:support"


def test_a_forward_that_cannot_be_is_bad_input(live_url: str, core: FakeCore, token: Callable[[str], str]) -> None:
    from fake_core import CoreError

    def refuse(_: dict[str, Any]) -> Any:
        raise CoreError("bad_forward", "201 cannot be forwarded to itself.", field="forward_always")

    core.answers["extension.set"] = refuse
    answer = Browser(live_url, token("admin")).send("PUT", "/api/v1/extensions/201/settings", {"forward_always": "201"})
    assert (answer.status, answer.json["error"]["field"]) == (422, "forward_always")
    assert as_json({}) == "{}"


# ---- prompts -------------------------------------------------------------------------------------------------


def test_a_prompt_is_uploaded_heard_and_deleted_when_nothing_needs_it(
    live_url: str, owner: Browser, configs: ConfigDb
) -> None:
    home = "/settings/prompts"
    sent = owner.upload(f"{home}/upload", home, office.wav(), name="hours", language="any")
    assert (sent.status, sent.headers["location"]) == (303, f"{home}?saved=1")
    assert "used by Menu opening" in owner.get(home).text
    assert owner.get(f"{home}/hours/any/audio").headers["content-type"] == "audio/wav"
    refused = owner.submit(f"{home}/hours/any/delete", home)
    assert refused.status == 409
    assert "hours is in use: Menu opening" in refused.text
    assert save(owner, "/settings/menus/opening", name="opening", key10="repeat").status == 303
    assert owner.submit(f"{home}/hours/any/delete", home).status == 303
    assert owner.get(f"{home}/hours/any/audio").status == 404


def test_a_file_that_is_no_sound_is_refused_at_the_file(live_url: str, owner: Browser) -> None:
    home = "/settings/prompts"
    refused = owner.upload(f"{home}/upload", home, b"no sound", name="x", language="any")
    assert refused.status == 422
    field = re.search(r'id="upload-file".*?</div>', refused.text, re.S)
    assert field
    assert "The sound cannot be used" in field[0]


def test_a_telephone_rings_to_record_a_prompt(core: FakeCore, live_url: str, owner: Browser) -> None:
    home = "/settings/prompts"
    given = {"extension": "201", "name": "hours", "language": "en"}
    assert owner.submit(f"{home}/record", home, **given).headers["location"] == f"{home}?called=201"
    assert ("prompt.record", given) in core.asked
    bad = owner.submit(f"{home}/record", home, **(given | {"name": "a b"}))
    assert re.search(r'id="record-name"[^>]*aria-invalid', bad.text)


def test_the_api_records_a_prompt_and_keeps_one_that_is_needed(
    core: FakeCore, live_url: str, token: Callable[[str], str], state: Path
) -> None:
    admin = Browser(live_url, token("admin"))
    made = admin.send("POST", "/api/v1/prompts/hours/record", {"extension": "201"})
    assert (made.status, made.json) == (201, {"id": "c"})
    PromptStore(state).put("hours", "any", office.wav())
    kept = admin.ask("DELETE", "/api/v1/prompts/hours")
    assert (kept.status, kept.json["error"]["code"]) == (409, "prompt_in_use")
    PromptStore(state).put("hours", "en", office.wav())
    assert admin.ask("DELETE", "/api/v1/prompts/hours").status == 200


# ---- the own mailbox -------------------------------------------------------------------------------------------


def test_an_agent_hears_the_own_mailbox_and_no_other_one(core: FakeCore, live_url: str, state: Path) -> None:
    mine, other = office.message_in(state), office.message_in(state, box="202")
    core.answers |= {"voicemail": [{"box": "201", "name": "", "new": 1, "saved": 0},
                                   {"box": "202", "name": "", "new": 1, "saved": 0}],
                     "voicemail.mark": {"id": mine.id}}  # fmt: skip
    alice, path = Browser(live_url, Access(state).create_token("agent", "alice")), "/api/v1/voicemail"
    assert [box["box"] for box in alice.get(path).json] == ["201"]
    assert [item["id"] for item in alice.get(f"{path}/messages").json["items"]] == [mine.id]
    assert alice.get(f"{path}/messages?box=202").status == 403
    assert alice.get(f"{path}/messages/{mine.id}/audio").status == 200
    for answer in (alice.get(f"{path}/messages/{other.id}"), alice.get(f"{path}/messages/{other.id}/audio"),
                   alice.send("POST", f"{path}/messages/{other.id}/mark", {"state": "saved"}),
                   alice.ask("DELETE", f"{path}/messages/{other.id}")):  # fmt: skip
        assert answer.json["error"]["code"] == "no_such_message"
    assert alice.send("POST", f"{path}/messages/{mine.id}/mark", {"state": "saved"}).status == 200


def test_an_agents_page_of_messages_is_the_own_one(core: FakeCore, live_url: str, state: Path) -> None:
    core.answers["voicemail"] = []
    mine, other = office.message_in(state), office.message_in(state, box="202")
    Access(state).create_user("alice", PASSWORD, "agent")
    alice = Browser(live_url)
    alice.submit("/login", name="alice", password=PASSWORD)
    page = alice.get("/messages").text
    assert mine.id in page
    assert other.id not in page
    assert alice.get(f"/messages/{other.id}/audio").status == 404


def test_a_queue_keeps_what_is_folded_away(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    page = owner.get("/settings/queues/support").text
    assert page.count('<details class="folded"') == 7
    answer = save(
        owner, "/settings/queues/support", name="support", strategy="skills", max_callers="12",
        required="german 5\nbilling 3", join_while="working", **{"waiting.position": "on"},
    )  # fmt: skip
    assert answer.status == 303
    (queue,) = document(configs)["queue"]
    assert (queue["strategy"], queue["max_callers"], queue["join_while"]) == ("skills", 12, "working")
    assert queue["required"] == {"german": 5, "billing": 3}
    assert queue["waiting"] == {"position": True}
    assert "german 5" in owner.get("/settings/queues/support").text


def test_what_is_wrong_in_a_folded_part_of_a_queue_is_opened(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    before = configs.current().id
    answer = save(owner, "/settings/queues/support", name="support", required="german 11")
    assert answer.status == 422
    opened = re.search(r'<details class="folded" open>.*?</details>', answer.text, re.S)
    assert opened, answer.text
    assert "german 11" in opened[0]
    assert "at most 10" in opened[0]
    assert configs.current().id == before


def test_an_agent_serves_queues_in_tiers_with_weights(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    fields = {"id": "alice", "name": "Alice", "extension": "201", "serves": "support", "skills": "german 8"}
    assert save(owner, "/settings/agents/alice", **fields, **{"tier.support": "2"}).status == 303
    alice = next(agent for agent in document(configs)["agent"] if agent["id"] == "alice")
    assert alice["queues"] == {"support": 2}
    assert alice["skills"] == {"german": 8}
    weighted = {"tier.support": "2", "weight.support": "1.5"}
    assert save(owner, "/settings/agents/alice", **fields, **weighted).status == 303
    alice = next(agent for agent in document(configs)["agent"] if agent["id"] == "alice")
    assert alice["queues"] == {"support": {"tier": 2, "weight": 1.5}}
    wrong = save(owner, "/settings/agents/alice", **fields, **{"tier.support": "0"})
    assert wrong.status == 422
    assert "0 is no tier" in wrong.text


def test_a_form_that_is_too_large_is_refused_before_it_is_read(live_url: str, owner: Browser) -> None:
    head = {"Content_Type": "multipart/form-data; boundary=x", "X_CSRF_Token": owner.csrf("/")}
    answer = owner.ask("POST", "/settings/prompts/upload", Content_Length=str(34 << 20), **head)
    assert answer.status == 413


def test_the_hub_says_until_when_there_are_security_updates(live_url: str, owner: Browser) -> None:
    assert f"Security updates until {SUPPORTED_UNTIL}" in owner.get("/settings").text
