# SPDX-License-Identifier: GPL-2.0-or-later
"""One number is erased: afterwards no file of the box has it, and what is held stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from firmware import times
from firmware.archive import erasure
from firmware.archive.notebook import Notebook
from firmware.errors import Invalid
from firmware.ids import uuid7
from firmware.records import Direction, LegRecord, Message, MessageState, Recording, Sms, SmsState, TrailEvent
from firmware.store import call_notes, history, outbox, sms, voicemail
from firmware.store.config_db import ConfigDb
from tests.archive.conftest import Office

NUMBER = "5551234"


def erased(office: Office) -> dict[str, Any]:
    found = office.write(erasure.find, NUMBER, "us")
    for id in found.messages:
        office.write(voicemail.deleted, id)
    record, _ = office.write(erasure.erase, found, "anna", "asked by letter", times.now(), True)
    erasure.wipe(office.state / "history.db")
    return record


def left_in(office: Office, *words: str) -> list[str]:
    """Files of the state directory that have one of these."""
    files = [path for path in office.state.rglob("*") if path.is_file()]
    return [path.name for path in files for word in words if word.encode() in path.read_bytes()]


def a_busy_past(office: Office) -> Recording:
    """Calls from and to the number, with everything that can be said of them."""
    office.configure(cloud={"url": "https://c.example.com"})
    at = times.now() - timedelta(minutes=5)
    call = office.call(at)
    office.write(history.trail, [
        TrailEvent(call.id, at, "caller_id", {"number": NUMBER, "name": "ANNA SMITH"}),
        TrailEvent(call.id, at, "answered", {"agent": "alice"}),
    ])  # fmt: skip
    office.write(history.leg_began, LegRecord(uuid7(), call.id, "sip", f"sip:{NUMBER}@provider", at))
    office.call(at, from_number="201", from_name="Reception", to_number=f"+{NUMBER}", queue=None)
    other = office.call(at, from_number="5559999", from_name="BEN")
    office.write(history.trail, [TrailEvent(other.id, at, "transferred", {"to": f"external:{NUMBER}"})])
    message = Message(uuid7(), "201", call.id, NUMBER, "ANNA SMITH", at, 3.0, 10, "x", MessageState.NEW)
    office.write(voicemail.left, message, True, "")
    texted(office)
    office.write(outbox.put_event, "tipring.call.ended", call.id, call.as_json(), at, True)
    recording = office.recorded(call)
    office.archive()
    Notebook(office.state).note(recording.id, 1.0, f"call back at {NUMBER}", "anna")
    call_notes.write(office.state, call.id, "alice", "ANNA SMITH moves house")
    call_notes.write(office.state, other.id, "alice", f"see {NUMBER}")
    return recording


def came(number: str, text: str, part: tuple[int, int, int] | None = None) -> sms.Incoming:
    return sms.Incoming("gsm", number, text, f"{number} {text}", times.now(), part)


def texted(office: Office, state: SmsState = SmsState.SENT) -> None:
    """Messages from the number (a whole one and half of one), to it, and from somebody else."""
    office.write(sms.received, came(NUMBER, "my key is under the mat"), True)
    office.write(sms.received, came(f"+{NUMBER}", "beginning with the mat", (7, 2, 1)), True)
    office.write(sms.received, came("5559999", "see you at eight"), True)
    message = Sms(uuid7(), Direction.OUTBOUND, "gsm", NUMBER, "your mat is ready", times.now(), state)
    office.write(sms.saved, message, True)
    office.write(sms.part_sent, "gsm", 12, message.id)


def test_text_messages_of_the_number_go_and_those_of_others_stay(office: Office) -> None:
    office.configure(cloud={"url": "https://c.example.com"})
    texted(office)
    assert "history.db" in left_in(office, " mat")
    assert erased(office)["counts"]["text_messages"] == 2
    assert left_in(office, " mat", NUMBER) == []
    assert [row["text"] for row in office.rows("SELECT text FROM sms")] == ["see you at eight"]
    assert office.write(sms.received, came(NUMBER, "my key is under the mat"), True) is None
    assert office.write(sms.overdue, times.now() + timedelta(days=2), True) == []


def test_a_text_message_that_is_still_to_go_out_is_seen(office: Office) -> None:
    texted(office)
    assert not office.write(erasure.find, NUMBER, "us").sms_open
    texted(office, SmsState.QUEUED)
    assert office.write(erasure.find, NUMBER, "us").sms_open


def test_no_file_of_the_box_has_the_number_or_the_name_any_more(office: Office) -> None:
    recording = a_busy_past(office)
    assert "history.db" in left_in(office, NUMBER)
    record = erased(office)
    assert record["counts"] == {
        "calls": 2,
        "recordings": 1,
        "messages": 1,
        "text_messages": 2,
        "texts": record["counts"]["texts"],
        "held": 0,
    }
    assert left_in(office, NUMBER, "ANNA SMITH") == []
    gone = office.recording(recording.id)
    assert (gone.state.value, gone.gone) == ("removed", "erased")
    reader = history.History(office.state / "history.db")
    numbers = {(call.from_number, call.to_number) for call in reader.calls().items}
    assert numbers == {("", "600"), ("201", ""), ("5559999", "600")}
    assert reader.recordings(text="call").items == []
    reader.close()


def test_a_record_of_it_is_kept_that_does_not_say_whom(office: Office) -> None:
    a_busy_past(office)
    erased(office)
    (record,) = Notebook(office.state).erasures()
    assert (record["author"], record["reason"], record["counts"]["calls"]) == ("anna", "asked by letter", 2)
    assert NUMBER not in str(record)
    (row,) = office.rows("SELECT data FROM outbox WHERE type = 'tipring.number.erased'")
    assert NUMBER not in row["data"]


def test_what_is_held_stays_with_its_call(office: Office) -> None:
    held = a_busy_past(office)
    Notebook(office.state).hold(held.id, "court case 12", "anna")
    record = erased(office)
    assert (record["counts"]["held"], record["counts"]["recordings"]) == (1, 0)
    assert office.recording(held.id).state.value == "ready"
    reader = history.History(office.state / "history.db")
    assert reader.call(held.call).from_number == NUMBER
    reader.close()


@pytest.mark.parametrize("number", ["", "201", "abc", "5" * 40, "55 51234"])
def test_what_cannot_be_told_from_other_numbers_is_refused(office: Office, number: str) -> None:
    with pytest.raises(Invalid):
        office.write(erasure.find, number, "us")


@pytest.mark.parametrize("text", ["95551234", "55512345", "2026-11-22T05:55:51.234Z", "a5551234b"])
def test_longer_numbers_and_other_texts_are_not_touched(text: str) -> None:
    assert erasure.pattern_of(NUMBER, "us").search(text) is None


def test_lists_lose_it_also_in_configurations_of_the_past_and_settings_are_named(office: Office) -> None:
    configs, pattern = ConfigDb(office.state), erasure.pattern_of(NUMBER, "us")
    office.configure(numbers={"block_in": [NUMBER, "900"]}, extension=[{"number": "201", "forward_busy": NUMBER}])
    office.configure(site={"name": "B"})
    assert configs.clean(lambda old: erasure.without(old, pattern)) == 1
    assert configs.revision(1).document["numbers"] == {"block_in": ["900"]}
    assert list(erasure.settings_with(configs.revision(1).document, pattern)) == ["extension[0].forward_busy"]


BERLIN = "+493012345678"


@pytest.mark.parametrize(
    "text",
    [
        "+493012345678", "493012345678", "030 12345678", "030/123 456-78", "+49 (0)30 12345678", "+49 30 1234 5678",
        "(030) 12345678", "00493012345678", "0049 30 12345678", "call 03012345678, please",
    ],
)  # fmt: skip
def test_a_number_is_found_however_it_is_written(text: str) -> None:
    for given in (BERLIN, "03012345678"):
        left = erasure.pattern_of(given, "de").sub("", text)
        assert not set("0123456789") & set(left), left


@pytest.mark.parametrize("text", ["030 123456789", "0 030 12345678", "0301234567", "030 12345678 90", "130 12345678"])
def test_other_numbers_that_look_alike_stay(text: str) -> None:
    assert erasure.pattern_of(BERLIN, "de").search(text) is None


def test_calls_of_every_form_of_a_number_are_found(office: Office) -> None:
    at = times.now() - timedelta(minutes=5)
    forms = ("+12125550123", "12125550123", "2125550123", "01112125550123")
    calls = {office.call(at, from_number=form, from_name="ANNA SMITH").id for form in forms}
    call_notes.write(office.state, office.call(at, from_number="5559999").id, "alice", "her mobile is (212) 555-0123")
    found = office.write(erasure.find, "2125550123", "us")
    assert found.calls == calls
    assert [change.text for change in found.texts if change.table == "call_notes"] == ["her mobile is erased"]
