# SPDX-License-Identifier: GPL-2.0-or-later
"""The wizard's steps: left and resumed, each one alone, and what happens when something is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import office
import pytest
from applying import applies
from fake_core import CoreError, FakeCore
from web_client import Answer, Browser
from web_service import wait_until

from firmware.acceptance import certificate
from firmware.acceptance.check import Check, Result
from firmware.prompts.store import PromptStore
from firmware.store.acceptance import AcceptanceFile
from firmware.store.config_db import ConfigDb
from webui.pages.wizard.ports import picture

REVISION = re.compile(r'name="revision" value="(\d+)"')
PATHS = ("place", "ports", "telephones", "lines", "lines/fxo1", "team", "greeting", "answer", "provider", "phones",
         "cloud", "care", "calls", "acceptance")  # fmt: skip
OPEN = office.acceptance(
    office.check("place"), *(office.check(f"port:{id}") for id in ("fxo1", "fxs1")),
    office.check("phone:fxs1", "open"), office.check("phone:fxs2", "left_out", by="anna", why="The room is locked"),
    office.check("line:fxo1", "fail", found="Nobody called."), office.check("call_in", "open"),
    office.check("call_out", "open"),
)  # fmt: skip
REPORT: dict[str, Any] = {
    "id": "r", "line": "fxo1", "at": "2026-11-22T14:00:00.000Z", "state": "running", "step": "call_now",
    "steps": [{"step": "battery", "at": "", "data": {}}, {"step": "dial_tone", "at": "", "data": {}}], "error": None,
    "findings": None, "site_country": "United States", "proposal": [], "check": None, "clips": [],
}  # fmt: skip
BAD_LINE = {
    "battery": "normal", "noise": {"dbm0": -40.0, "hum_hz": 50.0}, "dial_tone": None, "ring_cadence_ms": [],
    "caller_id": None, "speech_dbm0": -36.0, "hang_up": {"means": []}, "countries": [{"name": "Germany", "score": 0.9}],
}  # fmt: skip
CALL = {"call": "c", "number": "5551234", "rang": True, "answered": True, "recorded": False, "heard_outside": False,
        "heard_inside": False, "outside_dbm0": None, "inside_dbm0": None, "ended": False}  # fmt: skip


@pytest.fixture
def core(state: Path) -> Iterator[FakeCore]:
    with FakeCore(state, office.status()) as core:
        applies(core, state)
        core.answers |= {
            "acceptance": OPEN, "acceptance.leave_out": {}, "acceptance.confirm": {}, "acceptance.expect": {},
            "acceptance.call": {"id": "c"}, "acceptance.forget": {}, "acceptance.learn_number": None,
            "acceptance.ring_phone": {"id": "c"},
            "phones": [], "trunks": [],
            "countries": [{"code": code, "name": code, "emergency": []} for code in ("us", "de", "cn")],
            "doctor.show": {"report": None}, "doctor.start": REPORT, "prompt.record": {"id": "c"},
        }  # fmt: skip
        yield core


@pytest.fixture
def configs(state: Path) -> ConfigDb:
    return ConfigDb(state)


def save(browser: Browser, path: str, **fields: str) -> Answer:
    revision = REVISION.search(browser.get(path).text)
    assert revision
    return browser.submit(path, path, **({"revision": revision[1]} | fields))


def learning(core: FakeCore, state: str, **more: str) -> None:
    base = {"line": "", "number": "", "via": "", "caller": "", "why": ""}
    core.answers["acceptance"] = OPEN | {"learning": base | {"state": state} | more}


def asked(core: FakeCore, method: str) -> dict[str, Any]:
    return next(params for name, params in reversed(core.asked) if name == method)


def test_every_step_opens_in_both_languages(live_url: str, owner: Browser) -> None:
    for language in ("en", "zh"):
        owner.submit("/language", "/", language=language, next="/")
        for path in ("", *(f"/{path}" for path in PATHS)):
            assert owner.get(f"/wizard{path}").status == 200, path


def test_without_the_core_every_step_opens_and_says_so(url: str, owner: Browser) -> None:
    for path in ("", "/ports", "/telephones", "/lines", "/lines/fxo1", "/calls", "/acceptance"):
        page = owner.get(f"/wizard{path}")
        assert (page.status, "Call control is not running." in page.text) == (200, True), path


def test_the_wizard_goes_on_where_it_was_left_whoever_opens_it(
    live_url: str, core: FakeCore, token: Callable[[str], str]
) -> None:
    page = Browser(live_url, token("installer")).get("/wizard").text
    assert re.search(r'id="go-on" href="/wizard/telephones">Go on: Telephones<', page)
    assert "to do: fxs1<" in page


def test_the_acceptance_is_done_when_its_newest_certificate_says_so(
    live_url: str, core: FakeCore, owner: Browser
) -> None:
    good = {"id": "1", "issued_at": office.ago(9), "issued_by": "anna", "verdict": "passed", "counts": {}}
    step = re.compile(r'href="/wizard/acceptance"><span class="step-number done"')
    for newest, done in ((good, True), (good | {"verdict": "failed"}, False)):
        core.answers["acceptance"] = OPEN | {"certificates": [newest, good]}
        assert bool(step.search(owner.get("/wizard").text)) is done


def test_a_reader_and_a_supervisor_are_kept_out(live_url: str, token: Callable[[str], str]) -> None:
    for role in ("readonly", "supervisor", "agent"):
        for path in ("/wizard", "/wizard/calls", "/wizard/acceptance"):
            assert Browser(live_url, token(role)).get(path).status == 403


# ---- where the box is --------------------------------------------------------------------------------------


def test_a_place_that_is_saved_was_looked_at(live_url: str, core: FakeCore, owner: Browser, configs: ConfigDb) -> None:
    given = {"name": "Zahnarzt 🦷 <script>", "language": "zh", "country": "de", "timezone": "Europe/Berlin"}
    assert save(owner, "/wizard/place", **given).headers["location"] == "/wizard"
    assert configs.current().document["site"] == given
    assert asked(core, "acceptance.confirm") == {"check": "place", "author": "owner"}
    assert "<script>" not in owner.get("/wizard/place").text.replace("<script defer", "")


def test_a_time_zone_that_is_none_is_refused_at_its_field(live_url: str, core: FakeCore, owner: Browser) -> None:
    answer = save(owner, "/wizard/place", name="x", language="en", country="de", timezone="Mars/Crater")
    assert answer.status == 422
    assert re.search(r'<p class="wrong" id="w-timezone">', answer.text)
    assert not any(method == "acceptance.confirm" for method, _ in core.asked)


# ---- ports and telephones ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "rows", "columns"), [(0, 1, 1), (1, 1, 1), (6, 1, 6), (7, 2, 6), (24, 4, 6)])
def test_a_card_of_any_size_fits_into_its_picture(count: int, rows: int, columns: int) -> None:
    card = picture([office.port(f"fxs{n}") for n in range(count)])
    assert (card["width"] // 64, card["height"] // 92) == (columns, rows)
    places = {(socket.x, socket.y) for socket in card["sockets"]}
    assert len(places) == count
    assert all(x + 64 <= card["width"] and y + 92 <= card["height"] for x, y in places)


def test_a_line_without_battery_is_marked_in_the_picture(live_url: str, core: FakeCore, owner: Browser) -> None:
    core.emit("port", office.port("fxo1", "no_battery"))
    marked = re.compile(r'data-port="fxo1" data-state="no_battery".*?class="warning"', re.S)
    wait_until(lambda: bool(marked.search(owner.get("/wizard/ports", HX_Request="true").text)))


def test_telephones_get_their_names_and_agents_follow(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    document = configs.current().document
    document["agent"][0]["name"] = "Reception"
    configs.apply(document, "test")
    answer = save(owner, "/wizard/telephones", **{"name.fxs1": "Empfang <b>", "name.fxs2": "Office", "name.fxs3": ""})
    assert answer.status == 303
    saved = configs.current().document
    assert [e.get("name") for e in saved["extension"]] == ["Empfang <b>", "Office", "Lab", "Dr. Chen"]
    assert saved["agent"][0]["name"] == "Empfang <b>"
    assert "Empfang <b>" not in owner.get("/wizard/telephones").text


def test_two_who_name_telephones_at_once_overwrite_nothing(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    looked_at = configs.current()
    configs.apply(looked_at.document | {"site": looked_at.document["site"] | {"name": "Other"}}, "bob")
    page = "/wizard/telephones"
    answer = owner.submit(page, page, revision=str(looked_at.id), **{"name.fxs1": "Front desk"})
    assert answer.status == 409
    assert 'value="Front desk"' in answer.text
    assert configs.current().author == "bob"


def test_the_open_page_hears_which_telephone_is_lifted(live_url: str, core: FakeCore, owner: Browser) -> None:
    part = owner.get("/wizard/telephones", HX_Request="true").text
    assert re.search(r'id="state-fxs2"[^>]*hx-swap-oob="true">.*?left out', part, re.S)
    assert re.search(r'id="state-fxs1".*?not lifted yet', part, re.S)
    assert "<input" not in part
    core.emit("port", office.port("fxs1", "in_use"))
    lifted = re.compile(r'id="state-fxs1" data-port="fxs1" data-state="in_use".*?lifted now', re.S)
    wait_until(lambda: bool(lifted.search(owner.get("/wizard/telephones", HX_Request="true").text)))


# ---- lines ---------------------------------------------------------------------------------------------------


def test_numbers_of_lines_may_be_written_as_people_do(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    fields = {"name.fxo1": "Main", "number.fxo1": " (0555) 01-00 ", "name.fxo2": "", "number.fxo2": "５５５"}
    assert save(owner, "/wizard/lines", **fields).status == 303
    assert configs.current().document["line"] == [
        {"port": "fxo1", "name": "Main", "number": "05550100"}, {"port": "fxo2", "number": "555"},
    ]  # fmt: skip


def test_a_number_that_is_none_is_refused_at_its_field(live_url: str, owner: Browser) -> None:
    shown = owner.get("/wizard/lines/fxo1").text
    revision = REVISION.search(shown)
    assert revision
    page = "/wizard/lines/fxo1"
    answer = owner.submit(f"{page}/number", page, revision=revision[1], number="call me")
    assert answer.status == 422
    assert re.search(r'<p class="wrong" id="w-number">', answer.text)


def test_the_page_of_a_line_says_what_to_do_now(live_url: str, core: FakeCore, owner: Browser) -> None:
    core.answers["doctor.show"] = {"report": REPORT}
    page = owner.get("/wizard/lines/fxo1").text
    assert "Call this line now from another phone, and let it ring." in page
    assert "5550100" in page
    assert page.count('class="mark good"') == 2


def test_a_line_that_is_bad_is_told_in_plain_words(live_url: str, core: FakeCore, owner: Browser) -> None:
    proposal = [{"key": "rx_gain_db", "value": 9.0, "confidence": 0.9, "why": "", "clip": ""}]
    core.answers["doctor.show"] = {"report": REPORT | {"state": "done", "findings": BAD_LINE, "proposal": proposal}}
    page = owner.get("/wizard/lines/fxo1").text
    for told in ("No dial tone came.", "There is noise on the line.", "You were heard softly.", "number does not come.",
                 "Nothing tells the box", "sounds like Germany; the box is set for United States",
                 "Set the line up as it was found"):  # fmt: skip
        assert told in page, told


def test_a_line_that_cannot_be_tested_says_why(live_url: str, core: FakeCore, owner: Browser) -> None:
    def refuse(params: dict[str, Any]) -> Any:
        raise CoreError("line_not_idle", "fxo1 cannot be examined now: a call is on it.")

    core.answers["doctor.start"] = refuse
    answer = owner.submit("/wizard/lines/fxo1/start", "/wizard/lines/fxo1")
    assert (answer.status, "cannot be examined now" in answer.text) == (409, True)
    core.answers["doctor.show"] = {"report": REPORT | {"state": "failed", "error": {"message": "Nobody called."}}}
    assert "Nobody called." in owner.get("/wizard/lines/fxo1").text


def test_what_was_found_of_a_line_is_set_up_for_good_or_on_trial(live_url: str, core: FakeCore, owner: Browser) -> None:
    proposal = [{"key": "country", "value": "de", "confidence": 0.9}]
    core.answers["doctor.show"] = {"report": REPORT | {"state": "done", "findings": BAD_LINE, "proposal": proposal}}
    core.answers["doctor.apply"] = {"revision": 2, "settings": {}}
    page = "/wizard/lines/fxo1"
    assert "On trial for 15 minutes" in owner.get(page).text
    owner.submit(f"{page}/apply", page, trial_s="900")
    assert asked(core, "doctor.apply") == {"line": "fxo1", "author": "owner", "trial_s": 900}
    owner.submit(f"{page}/apply", page)
    assert asked(core, "doctor.apply") == {"line": "fxo1", "author": "owner"}


# ---- who answers, and with what ------------------------------------------------------------------------------


def test_who_answers_is_chosen_by_telephone(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    assert save(owner, "/wizard/team", queue="support").status == 422
    assert save(owner, "/wizard/team", queue="front", extension="203").status == 303
    saved = configs.current().document
    assert saved["queue"][1] == {"name": "front", "number": "601"}
    assert saved["agent"][2] == {"id": "agent203", "name": "Lab", "extension": "203", "queues": {"front": 1}}


@pytest.mark.parametrize(
    ("content", "says"), [(b"", "Choose|no sound|WAV"), (b"MZ this is a program", "WAV"), (b"\x89PNG\r\n", "WAV")]
)
def test_a_greeting_that_is_no_sound_is_refused_at_its_field(
    live_url: str, owner: Browser, state: Path, content: bytes, says: str
) -> None:
    answer = owner.upload("/wizard/greeting/upload", "/wizard/greeting", content)
    assert answer.status == 422
    assert re.search(rf'id="w-file">[^<]*(?:{says})', answer.text)
    assert PromptStore(state).all() == []


def test_a_greeting_is_uploaded_or_typed_and_can_be_heard(
    live_url: str, owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "There is no greeting yet." in owner.get("/wizard/greeting").text
    assert owner.upload("/wizard/greeting/upload", "/wizard/greeting", office.wav()).status == 303
    assert 'data-play="/settings/prompts/welcome/any/audio' in owner.get("/wizard/greeting").text
    monkeypatch.setattr("firmware.prompts.speech.speak", lambda text, voice: office.wav(2))
    assert owner.submit("/wizard/greeting/say", "/wizard/greeting", text="Welcome.").status == 303
    assert "0:02 long" in owner.get("/wizard/greeting").text


def test_a_telephone_rings_to_be_spoken_into(live_url: str, core: FakeCore, owner: Browser) -> None:
    answer = owner.submit("/wizard/greeting/record", "/wizard/greeting", extension="201")
    assert answer.headers["location"] == "/wizard/greeting?called=201"
    assert asked(core, "prompt.record") == {"extension": "201", "name": "welcome", "language": "any"}


# ---- who is told, and the backup -----------------------------------------------------------------------------


def test_who_is_told_of_alarms_is_saved_tested_and_taken_back(live_url: str, owner: Browser, configs: ConfigDb) -> None:
    assert "no mail server yet" in owner.get("/wizard/care").text
    configs.apply(configs.current().document | {"mail": {"server": "m.example.com", "sender": "b@example.com"}}, "t")
    given = {"mail": "a@example.com, b@example.com", "call": "201, +1 555 0100"}
    assert save_care(owner, "told", **given).headers["location"] == "/wizard/care"
    mail, call = configs.current().document["alarm_channel"]
    assert mail == {"name": "mail", "mail": ["a@example.com", "b@example.com"]}
    assert call == {"name": "call", "call": ["201", "+15550100"]}
    assert "Not tested yet" in owner.get("/wizard/care").text
    owner.submit("/wizard/care/test", "/wizard/care")
    part = owner.get("/wizard/care", HX_Request="true").text
    assert part.count("Test: ") == 2
    assert "Not tested yet" not in part
    assert save_care(owner, "told", mail="nobody", call="201").status == 422
    save_care(owner, "told", mail="", call="201")
    assert [channel["name"] for channel in configs.current().document["alarm_channel"]] == ["call"]


def test_a_place_for_backups_needs_a_stick_or_a_folder_and_a_passphrase_once(
    live_url: str, owner: Browser, configs: ConfigDb
) -> None:
    refused = save_care(owner, "backup", passphrase="written on paper", folder="")
    assert (refused.status, 'id="w-folder"' in refused.text) == (422, True)
    assert "written on paper" in refused.text
    assert save_care(owner, "backup", passphrase="short", folder="/mnt/nas").status == 422
    assert save_care(owner, "backup", passphrase="written on paper", folder="/mnt/nas").status == 303
    assert save_care(owner, "backup", passphrase="another one, later", stick="BLUE").status == 303
    document = configs.current().document
    assert document["backup"] == {"passphrase": "written on paper"}
    assert document["backup_target"] == [{"name": "disk", "disk": "/mnt/nas"}, {"name": "stick", "usb": "BLUE"}]
    assert "written on paper" not in owner.get("/wizard/care").text


def save_care(browser: Browser, form: str, **fields: str) -> Answer:
    revision = REVISION.search(browser.get("/wizard/care").text)
    assert revision
    return browser.submit(f"/wizard/care/{form}", "/wizard/care", revision=revision[1], **fields)


# ---- test calls ----------------------------------------------------------------------------------------------


def test_a_test_call_that_never_comes_is_left_out_with_a_reason(live_url: str, core: FakeCore, owner: Browser) -> None:
    core.answers["acceptance"] = OPEN | {"trials": {"call_in": {"call": None}}}
    assert "It does not come" in owner.get("/wizard/calls").text
    assert owner.submit("/wizard/calls/forget", "/wizard/calls", check="call_in").status == 303
    page = "/wizard/leave-out?check=call_in&next=/wizard/calls"
    where = {"check": "call_in", "next": "/wizard/calls", "leave": "1"}
    assert owner.submit("/wizard/leave-out", page, why=" ", **where).status == 422
    answer = owner.submit("/wizard/leave-out", page, why="No mobile here", **where)
    assert answer.headers["location"] == "/wizard/calls"
    assert asked(core, "acceptance.leave_out") == {"check": "call_in", "author": "owner", "why": "No mobile here"}


def test_leaving_out_leads_to_no_other_site(live_url: str, owner: Browser) -> None:
    page = "/wizard/leave-out?check=call_in&next=//evil.example"
    assert '<input type="hidden" name="next" value="/">' in owner.get(page).text
    answer = owner.submit("/wizard/leave-out", page, why="x", check="call_in", next="https://evil.example/", leave="1")
    assert answer.headers["location"] == "/"


def test_the_steps_of_a_test_call_are_ticked_as_they_happen(live_url: str, core: FakeCore, owner: Browser) -> None:
    core.answers["acceptance"] = OPEN | {"trials": {"call_in": {"call": CALL}}}
    part = owner.get("/wizard/calls", HX_Request="true").text
    assert re.findall(r'data-step="(\w+)" data-done="yes"', part) == ["rang", "answered"]
    assert "Talk a little on both sides, then hang up." in part


def test_a_test_call_out_takes_a_number_as_people_write_it(live_url: str, core: FakeCore, owner: Browser) -> None:
    assert owner.submit("/wizard/calls/call", "/wizard/calls", **{"from": "201", "to": " "}).status == 422
    assert owner.submit("/wizard/calls/call", "/wizard/calls", **{"from": "201", "to": "9 555-12 34"}).status == 303
    assert asked(core, "acceptance.call") == {"from": "201", "to": "95551234", "author": "owner"}


# ---- the certificate -----------------------------------------------------------------------------------------


@pytest.fixture
def made(state: Path) -> dict[str, Any]:
    """A certificate that the core has made."""
    checks = [
        Check("port:fxo1", "Port fxo1", Result.PASS, "It works."),
        Check("call_in", "Test call in", Result.LEFT_OUT, by="anna", why="No <b>mobile</b>"),
        Check("disk", "Disk", Result.FAIL, "1 % of the disk is free.", "Make room: recordings have a limit."),
    ]
    box = {"id": "0198", "name": "Harbour", "version": "1", "configuration": 3}
    signed = certificate.issue(certificate.new_key(), box, checks, office.NOON, "anna")
    AcceptanceFile(state).keep(signed)
    return signed


def test_the_same_checks_run_again_by_one_button(
    live_url: str, core: FakeCore, owner: Browser, made: dict[str, Any]
) -> None:
    core.answers["acceptance.certify"] = made
    answer = owner.submit("/wizard/acceptance", "/wizard/acceptance")
    assert answer.headers["location"] == f"/wizard/acceptance/{made['id']}"
    assert asked(core, "acceptance.certify") == {"author": "owner"}


def test_the_certificate_is_shown_and_downloaded_as_it_was_signed(
    live_url: str, owner: Browser, made: dict[str, Any]
) -> None:
    page = owner.get(f"/wizard/acceptance/{made['id']}").text
    for told in (
        "Not accepted yet",
        "Left out by anna: No &lt;b&gt;mobile",
        certificate.fingerprint(made["public_key"]),
    ):
        assert told in page
    download = owner.get(f"/wizard/acceptance/{made['id']}/json")
    assert certificate.verify(download.json) == made
    assert "attachment" in download.headers["content-disposition"]
    assert owner.get("/wizard/acceptance/none").status == 404


def test_the_api_tells_the_same(
    live_url: str, core: FakeCore, token: Callable[[str], str], made: dict[str, Any]
) -> None:
    installer, reader = Browser(live_url, token("installer")), Browser(live_url, token("readonly"))
    assert installer.get("/api/v1/acceptance").json == OPEN
    assert installer.get("/api/v1/acceptance/certificates").json == [made]
    assert installer.get(f"/api/v1/acceptance/certificates/{made['id']}").json == made
    assert installer.send("POST", "/api/v1/acceptance/checks/call_in/expect", {}).status == 200
    assert installer.send("POST", "/api/v1/acceptance/checks/call_in/leave-out", {"why": "no line"}).status == 200
    core.answers |= {"acceptance.certify": made, "acceptance.again": {}}
    assert installer.send("POST", "/api/v1/acceptance/certificates", {}).status == 201
    assert installer.send("POST", "/api/v1/acceptance/again", {}).status == 200
    for method, path in (("GET", "/acceptance"), ("POST", "/acceptance/certificates"), ("POST", "/acceptance/again")):
        assert reader.send(method, f"/api/v1{path}", {}).status == 403


def test_a_lines_number_is_learnt_by_a_call_of_the_box_to_itself(
    live_url: str, core: FakeCore, owner: Browser, configs: ConfigDb
) -> None:
    document = configs.current().document
    document["line"] = [{"port": "fxo1", "number": "5550100"}, {"port": "fxo2"}]
    configs.apply(document, "test")
    page = owner.get("/wizard/lines").text
    assert 'action="/wizard/lines/fxo2/learn"' in page
    assert 'action="/wizard/lines/fxo1/learn"' not in page
    owner.submit("/wizard/lines/fxo2/learn", "/wizard/lines")
    assert asked(core, "acceptance.learn_number") == {"line": "fxo2", "author": "owner"}
    learning(core, "calling", line="fxo2", number="5550100", via="fxo1")
    page = owner.get("/wizard/lines").text
    assert "fxo2 calls 5550100 now" in page
    assert 'action="/wizard/lines/fxo2/learn"' not in page


def test_the_line_that_rings_when_a_number_is_called_gets_it(
    live_url: str, core: FakeCore, owner: Browser, configs: ConfigDb
) -> None:
    assert owner.submit("/wizard/lines/learn", "/wizard/lines", called=" ").status == 422
    owner.submit("/wizard/lines/learn", "/wizard/lines", called="555 0177")
    assert asked(core, "acceptance.learn_number") == {"number": "555 0177", "author": "owner"}
    learning(core, "rang", line="fxo2", number="5550177", caller="5551234")
    assert "fxo2 rings: 5551234 calls. Is it you?" in owner.get("/wizard/lines").text
    revision = str(configs.current().id)
    owner.submit("/wizard/lines/fxo2/number", "/wizard/lines", number="5550177", revision=revision, learnt="1")
    line = next(line for line in configs.current().document["line"] if line["port"] == "fxo2")
    assert line["number"] == "5550177"
    assert asked(core, "acceptance.learn_number") == {"author": "owner"}


def test_what_could_not_be_learnt_is_said_in_the_readers_language(
    live_url: str, core: FakeCore, owner: Browser
) -> None:
    learning(core, "failed", why="fxo1 rang, but showed no number: none came. Order caller display for fxo1, or call "
             "the box from a mobile.")  # fmt: skip
    assert "showed no number" in owner.get("/wizard/lines").text
    owner.submit("/language", "/", language="zh", next="/")
    page = owner.get("/wizard/lines").text
    assert "没有收到号码" in page
    assert "none came" not in page


def test_a_sip_phone_is_rung_and_its_check_stands_beside_it(
    live_url: str, core: FakeCore, owner: Browser, configs: ConfigDb
) -> None:
    document = configs.current().document
    document["extension"][2]["sip"] = {}
    number = document["extension"][2]["number"]
    configs.apply(document, "test")
    assert 'action="/wizard/phones/ring"' not in owner.get("/wizard/phones").text
    core.answers["phones"] = [{"extension": number}]
    check = office.check(f"sip_phone:{number}", "open", todo="Ring it, and speak there: it plays back what was heard.")
    core.answers["acceptance"] = OPEN | {"checks": [check], "ringing": []}
    assert "it plays back what was heard" in owner.get("/wizard/phones").text
    owner.submit("/wizard/phones/ring", "/wizard/phones", extension=number)
    assert asked(core, "acceptance.ring_phone") == {"extension": number, "author": "owner"}
    core.answers["acceptance"] = OPEN | {"checks": [check], "ringing": [number]}
    page = owner.get("/wizard/phones").text
    assert "press 1 when you have heard them again" in page
    assert 'action="/wizard/phones/ring"' not in page
