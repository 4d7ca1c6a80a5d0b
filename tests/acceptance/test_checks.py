# SPDX-License-Identifier: GPL-2.0-or-later
"""What the acceptance finds at a box as it is, and what a certificate proves."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from firmware import countries
from firmware.acceptance import certificate
from firmware.acceptance.check import Check, Result, Seen
from firmware.acceptance.examine import Facts, examine
from firmware.acceptance.trial_call import TrialCall
from firmware.config import check, default_document
from firmware.errors import Invalid

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
PORTS = ["fxo1", "fxs1"]
BOX = {"id": "0198", "name": "Harbour Dental", "version": "1", "configuration": 3}
DEAD = {"state": "failed", "at": "2026-11-22T14:00:00.000Z", "error": {"message": "It is dead."}}
CALL = {"id": "c", "direction": "inbound", "from_number": "5551234", "to_number": "600", "recording": False}


def port(id: str, state: str = "idle", detail: str = "") -> dict[str, Any]:
    return {"id": id, "kind": id[:3], "state": state, "name": "", "detail": detail}


def facts(document: dict[str, Any] | None = None, **more: Any) -> Facts:
    config = check(document or default_document(PORTS), PORTS)
    base: dict[str, Any] = {"ports": [port(id) for id in PORTS], "owner": True}
    return Facts(config, countries.load("us"), NOW.replace(tzinfo=None), **(base | more))


def found(facts: Facts) -> dict[str, Check]:
    return {item.id: item for item in examine(facts)}


def test_a_new_box_has_only_what_people_must_do_left_open() -> None:
    checks = found(facts())
    still = {id for id, item in checks.items() if item.result is not Result.PASS}
    assert still == {
        "place", "phone:fxs1", "line:fxo1", "number:fxo1", "hours", "greeting", "call_in", "call_out",
    }  # fmt: skip
    assert all(checks[id].result is Result.OPEN and checks[id].todo for id in still)


@pytest.mark.parametrize(
    ("more", "id", "says"),
    [
        ({"ports": [port("fxo1", "no_battery"), port("fxs1")]}, "port:fxo1", "no current"),
        ({"ports": [port("fxo1", "fault", "The board is gone."), port("fxs1")]}, "port:fxo1", "board is gone"),
        ({"alarms": ["The disk is old."]}, "alarms", "The disk is old."),
        ({"disk_free": 0.01}, "disk", "1 % of the disk"),
        ({"owner": False}, "owner", "Nobody has set a password"),
        ({"reports": {"fxo1": DEAD}}, "line:fxo1", "It is dead."),
        ({"trunks": [{"name": "north", "kind": "sip", "state": "down", "last_error": "401 from the provider"}]},
         "trunk:north", "401"),
    ],
)  # fmt: skip
def test_what_is_wrong_fails_and_says_what_to_do(more: dict[str, Any], id: str, says: str) -> None:
    item = found(facts(**more))[id]
    assert (item.result, bool(item.todo)) == (Result.FAIL, True)
    assert says in item.found


def test_a_line_that_nobody_answers_at_night_is_found_out() -> None:
    document = default_document(PORTS)
    document["schedule"] = [{"name": "day", "hours": {"mon-fri": ["08:00-17:00"]}}]
    document["route"] = [{"line": "fxo1", "schedule": "day", "to": "queue:support"}]
    item = found(facts(document))["arrival:fxo1"]
    assert (item.result, item.found) == (Result.FAIL, "At 2026-11-22 15:00 nobody would get a call.")


def test_a_box_without_a_way_out_fails_its_emergency_calls() -> None:
    document = {key: table for key, table in default_document(PORTS).items() if key not in ("outbound", "trunk")}
    assert found(facts(document))["emergency"].found == "911 cannot be called."


def test_a_greeting_that_is_named_but_not_there_fails() -> None:
    document = default_document(PORTS)
    document["queue"][0]["greeting"] = "welcome"
    assert found(facts(document))["greeting"].result is Result.FAIL
    assert found(facts(document, prompts={"welcome"}))["greeting"].result is Result.PASS


def test_what_was_left_out_is_so_only_while_it_does_not_pass() -> None:
    decision = Seen("phone:fxs1", Result.LEFT_OUT, NOW, "anna", "The room is locked")
    item = found(facts(left_out={"phone:fxs1": decision}))["phone:fxs1"]
    assert (item.result, item.by, item.why) == (Result.LEFT_OUT, "anna", "The room is locked")
    lifted = Seen("phone:fxs1", Result.PASS, NOW, "", "It was lifted.")
    seen = {"phone:fxs1": lifted}
    assert found(facts(left_out={"phone:fxs1": decision}, seen=seen))["phone:fxs1"].result is Result.PASS


# ---- test calls ------------------------------------------------------------------------------------------


def test_a_test_call_ticks_its_steps_and_passes_when_both_were_heard() -> None:
    trial = TrialCall("c")
    for state, recording in (("greeting", False), ("offered", False), ("talking", False), ("talking", True)):
        trial.goes_on(CALL | {"state": state, "recording": recording})
    assert (trial.rang, trial.answered, trial.recorded, trial.number) == (True, True, True, "5551234")
    trial.measured(-18.6, -21.2)
    seen = trial.verdict("call_in", NOW, "anna")
    assert (seen.result, seen.data["outside_dbm0"], seen.data["inside_dbm0"]) == (Result.PASS, -19, -21)
    assert "number" not in seen.data


@pytest.mark.parametrize(
    ("state", "recording", "levels", "says"),
    [
        ("greeting", False, None, "Nothing rang."),
        ("offered", False, None, "Nobody answered."),
        ("talking", True, (None, -20.0), "Nothing was heard from outside."),
        ("talking", True, (-20.0, None), "Nothing was heard from the telephone here."),
    ],
)
def test_a_test_call_that_fails_says_what_to_do(
    state: str, recording: bool, levels: tuple[float | None, float | None] | None, says: str
) -> None:
    trial = TrialCall("c")
    trial.goes_on(CALL | {"state": state, "recording": recording})
    if levels:
        trial.measured(*levels)
    seen = trial.verdict("call_in", NOW, "anna")
    assert seen.result is Result.FAIL
    assert seen.text.startswith(says)


# ---- the certificate -------------------------------------------------------------------------------------


def issued(*checks: Check) -> dict[str, Any]:
    return certificate.issue(certificate.new_key(), BOX, checks, NOW, "anna")


@pytest.mark.parametrize(
    ("results", "verdict"),
    [
        ((Result.PASS,), "passed"),
        ((Result.PASS, Result.LEFT_OUT), "passed_with_exceptions"),
        ((Result.PASS, Result.LEFT_OUT, Result.OPEN), "failed"),
        ((Result.PASS, Result.FAIL), "failed"),
    ],
)
def test_the_verdict_is_that_of_the_worst_check(results: tuple[Result, ...], verdict: str) -> None:
    assert issued(*(Check(f"port:{n}", "Port", result) for n, result in enumerate(results)))["verdict"] == verdict


def test_a_certificate_is_verified_and_any_change_of_it_is_found() -> None:
    good = issued(Check("port:fxo1", "Port fxo1", Result.FAIL, "Kein Strom 😀"))
    assert certificate.verify(copy.deepcopy(good)) == good
    for change in ({"verdict": "passed"}, {"issued_by": "eve"}, {"checks": []}, {"more": 1},
                   {"public_key": issued()["public_key"]}, {"signature": "AAAA"}, {"signature": "ä"}):  # fmt: skip
        with pytest.raises(Invalid, match="signature is wrong"):
            certificate.verify(good | change)


@pytest.mark.parametrize(
    "text", [None, [], {}, "no", {"format": certificate.FORMAT}, {"format": "tipring.acceptance/2"}]
)
def test_what_is_no_certificate_is_refused(text: Any) -> None:
    with pytest.raises(Invalid, match="no acceptance certificate"):
        certificate.verify(text)


def test_the_fingerprint_is_that_of_the_key() -> None:
    one = issued()
    assert certificate.fingerprint(one["public_key"]) != certificate.fingerprint(issued()["public_key"])
    assert len(certificate.fingerprint(one["public_key"]).replace(" ", "")) == 32


def test_a_sip_phone_is_registered_and_then_tried() -> None:
    document = default_document(PORTS)
    document["extension"].append({"number": "209", "sip": {}})
    assert "not registered" in found(facts(document))["sip_phone:209"].todo
    here = facts(document, registered={"209"})
    assert found(here)["sip_phone:209"].todo.startswith("Ring it")
    good = Seen("sip_phone:209", Result.PASS, NOW, "anna", "It rang.", {"inside_dbm0": -21})
    tried = found(facts(document, registered={"209"}, seen={good.check: good}))["sip_phone:209"]
    assert (tried.result, tried.data) == (Result.PASS, {"inside_dbm0": -21})
    assert found(facts(document, seen={good.check: good}))["sip_phone:209"].result is Result.OPEN
