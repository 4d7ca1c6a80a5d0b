# SPDX-License-Identifier: GPL-2.0-or-later
"""Asterisk's dial plan, as far as it can be said for sure; every other line is told, and nothing is guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from firmware.config import check
from firmware.importing.asterisk.dialplan import matches
from tests.importing.conftest import DOCUMENT, PORTS, STRONG, outcome

PJSIP = f"""
[phone](!)
type=endpoint
context=internal
[210](phone)
auth=210
[210]
type=auth
password={STRONG}
[anna](phone)
auth=anna
[anna]
type=auth
password={STRONG}x
[acme]
type=endpoint
context=from-acme
outbound_auth=acme
[acme]
type=auth
username=4930555
password=trunksecret
[acme-reg]
type=registration
endpoint=acme
outbound_auth=acme
server_uri=sip:sip.acme.example
"""
VOICEMAIL = "[default]\n210 => 4321,Ida Berg\n211 => 4321,Anna\n"
QUEUES = "[sales]\nstrategy=ringall\nmember => PJSIP/anna\n"
EXTENSIONS = """[general]
static=yes
[globals]
HELP=Queue(sales)
RECEPTION=PJSIP/210
[internal]
exten => 210,1,NoOp(Ida)
 same => n,Dial(${RECEPTION},25,tr)
 same => n,VoiceMail(210@default,u)
 same => n,Hangup()
exten => 210,hint,PJSIP/210
exten => 211,1,Dial(PJSIP/anna,20)
exten => 30,1,Dial(PJSIP/210&PJSIP/anna,15)
 same => n,VoiceMail(211)
exten => 601,1,Answer()
 same => n,Queue(sales,t,,,120)
 same => n,Goto(30,1)
exten => 800,1,Goto(menu,s,1)
exten => 900,1,AGI(weather.php)
 same => n,Hangup()
include => out
[out]
exten => _9NXXXXXX.,1,Dial(PJSIP/+49${EXTEN:1}@acme)
 same => n,Hangup()
exten => _0.,1,Dial(DAHDI/g0/${EXTEN:1})
[from-acme]
exten => +4930555,1,Answer()
 same => n,GotoIfTime(09:00-17:00,mon-fri,*,*?open)
 same => n,GotoIfTime(*,*,25,dec?closed:later)
 same => n(later),VoiceMail(210@default)
 same => n(open),Playback(welcome)
 same => n,Goto(menu,s,1)
 same => n(closed),VoiceMail(211)
exten => +4930556,1,Dial(PJSIP/anna)
exten => +4930557,1,Set(X=${CURL(http://x.example)})
 same => n,GotoIf($["${X}"="1"]?internal,210,1)
exten => _X.,1,Goto(internal,601,1)
[menu]
exten => s,1,Set(TIMEOUT(response)=8)
 same => n,Background(welcome-menu)
 same => n,WaitExten()
 same => n,Queue(sales)
exten => 1,1,Queue(sales)
exten => 2,1,Goto(internal,211,1)
exten => 9,1,Goto(s,1)
exten => *,1,Directory(default)
exten => i,1,Playback(invalid)
 same => n,Goto(s,1)
include => internal
"""


def _found(tmp_path: Path, extensions: str = EXTENSIONS, **files: str) -> dict[str, Any]:
    paths = []
    for name, text in ({"pjsip": PJSIP, "voicemail": VOICEMAIL, "queues": QUEUES} | files).items():
        paths.append(tmp_path / f"{name}.conf")
        paths[-1].write_text(text)
    (tmp_path / "extensions.conf").write_text(extensions)
    return outcome([*paths, tmp_path / "extensions.conf"], DOCUMENT, PORTS, "keep")


@pytest.fixture
def found(tmp_path: Path) -> dict[str, Any]:
    return _found(tmp_path)


def _new(found: dict[str, Any], table: str) -> list[dict[str, Any]]:
    return [item for item in found["document"].get(table, ()) if item not in DOCUMENT.get(table, ())]


def test_devices_ring_as_the_extensions_that_the_plan_makes_of_them(found: dict[str, Any]) -> None:
    ida, anna = _new(found, "extension")
    assert (ida["number"], ida["no_answer_s"], ida["voicemail"]["after_s"]) == ("210", 25, 25)
    assert (anna["number"], anna["sip"], anna["no_answer_s"]) == ("211", {"password": f"{STRONG}x"}, 20)
    assert {item["extension"]: item["queues"] for item in _new(found, "agent")} == {"211": {"sales": 1}}


def test_several_devices_are_a_ring_group_with_what_follows(found: dict[str, Any]) -> None:
    assert _new(found, "group") == [{
        "name": "internal-30", "number": "30", "members": ["210", "211"], "strategy": "together", "timeout_s": 15,
        "then": "voicemail:211",
    }]  # fmt: skip


def test_a_queue_gets_its_number_and_where_callers_go_who_waited(found: dict[str, Any]) -> None:
    (queue,) = _new(found, "queue")
    assert (queue["number"], queue["max_wait_s"], queue["overflow"]) == ("601", 120, "group:internal-30")


def test_a_menu_has_its_keys_its_patience_and_its_number(found: dict[str, Any]) -> None:
    (menu,) = _new(found, "ivr")
    assert menu == {
        "name": "menu", "number": "800", "digits": {"1": "queue:sales", "2": "extension:211", "9": "ivr:menu"},
        "timeout_s": 8, "timeout": "queue:sales", "extensions": True,
    }  # fmt: skip


def test_calls_from_outside_go_by_number_and_hours(found: dict[str, Any]) -> None:
    hours, day = _new(found, "schedule")
    assert hours == {"name": "hours", "hours": {"mon-fri": ["09:00-17:00"]}}
    assert day == {"name": "holidays", "holidays": ["12-25"], "holiday_hours": ["00:00-24:00"]}
    assert _new(found, "route") == [
        {"did": "+4930555", "schedule": "hours", "to": "ivr:menu"},
        {"did": "+4930555", "schedule": "holidays", "to": "voicemail:211"},
        {"did": "+4930555", "to": "voicemail:210"},
        {"did": "+4930556", "to": "extension:211"},
        {"trunk": "acme", "to": "queue:sales"},
    ]
    assert _new(found, "outbound") == [
        {"pattern": "9NXXXXXX.", "strip": 1, "prepend": "+49", "trunks": ["acme"]},
    ]
    check(found["document"], PORTS)


def test_every_other_line_is_told_and_only_those(found: dict[str, Any]) -> None:
    told = [note["message"] for note in found["not_understood"] if note["message"].startswith("Not understood")]
    assert told == [
        'Not understood: "exten => 900,1,AGI(weather.php)"',
        'Not understood: "same => n,Hangup()"',
        'Not understood: "exten => _0.,1,Dial(DAHDI/g0/${EXTEN:1})"',
        'Not understood: "exten => +4930557,1,Set(X=${CURL(http://x.example)})"',
        'Not understood: "same => n,GotoIf($["${X}"="1"]?internal,210,1)"',
        'Not understood: "exten => *,1,Directory(default)"',
    ]
    others = {note["where"]: note["message"] for note in found["not_understood"]}
    assert others["extensions.conf:31"].startswith("welcome is said to callers")


def test_a_plan_without_its_phones_makes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "extensions.conf"
    file.write_text(EXTENSIONS)
    found = outcome([file], DOCUMENT, PORTS, "keep")
    assert not found["changed"]
    assert "nobody knows who comes into which context" in found["not_understood"][0]["message"]


@pytest.mark.parametrize(
    "plan",
    [
        "[internal]\nexten => 1,1,Goto(2,1)\nexten => 2,1,Goto(1,1)\n",
        "[internal]\ninclude => internal\ninclude => b\n[b]\ninclude => internal\nexten => 1,1,Goto(1,1)\n",
        "[from-acme]\nexten => _X.,1,GotoIfTime(*,*,*,*?a:b)\n same => n(a),Goto(b)\n same => n(b),Goto(a)\n",
        "[internal]\nsame => n,Hangup()\nexten => ,1,Dial()\nexten => 5,n(\nexten => 6,1,Dial(PJSIP/\n",
        "[internal]\nexten => s,1,Background()\nexten => 1,1,Goto(s,1)\nexten => _[,1,Hangup()\n",
    ],
)
def test_plans_that_lead_nowhere_do_no_harm(tmp_path: Path, plan: str) -> None:
    found = _found(tmp_path, plan)
    check(found["document"], PORTS)
    assert not _new(found, "route")


def test_patterns_of_numbers() -> None:
    assert matches("_9NXXXXXX.", "92345678901")
    assert not matches("_9NXXXXXX.", "91345678901")
    assert matches("_[3-5]Z", "41")
    assert not matches("_[3-5]Z", "40")


def test_phones_and_trunks_of_the_wizard(tmp_path: Path) -> None:
    (tmp_path / "pjsip_wizard.conf").write_text(f"""[phones](!)
type = wizard
endpoint/context = internal
endpoint/allow = !all,alaw,g722
[215](phones)
inbound_auth/password = {STRONG}
endpoint/callerid = "Otto" <215>
[acme]
type = wizard
sends_registrations = yes
remote_hosts = sip.acme.example:5070,sip2.acme.example
outbound_auth/username = 4930555
outbound_auth/password = trunksecret
endpoint/allow = alaw,g729
[peer]
type = wizard
remote_hosts = 192.0.2.7
[nobody]
type = wizard
""")
    found = outcome([tmp_path / "pjsip_wizard.conf"], DOCUMENT, PORTS, "keep")
    assert _new(found, "extension") == [{"number": "215", "name": "Otto", "sip": {"password": STRONG}}]
    acme, peer = _new(found, "trunk")
    assert acme["sip"] == {
        "registrar": "sip.acme.example:5070", "username": "4930555", "password": "trunksecret", "codecs": ["alaw"],
    }  # fmt: skip
    assert (peer["sip"]["registrar"], peer["sip"]["register"]) == ("192.0.2.7", False)
    (told,) = found["not_understood"]
    assert (told["where"], "neither a phone" in told["message"]) == ("pjsip_wizard.conf:18", True)
