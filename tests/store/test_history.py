# SPDX-License-Identifier: GPL-2.0-or-later
"""What happened to calls is told as it was, by pages, by filters, and to the cloud in order."""

import dataclasses
import itertools
from datetime import timedelta

import pytest

from firmware.errors import Invalid, NotFound
from firmware.ids import uuid7
from firmware.records import Alarm, Disposition, LegRecord, RecordingState, Severity, TrailEvent
from firmware.store import history as write
from firmware.store import outbox


def test_a_call_is_read_as_it_was_written(db, history, ended, recording):
    call = ended()
    began = dataclasses.replace(call, ended_at=None, answered_at=None, disposition=None, agent=None)
    write.call_began(db, began)
    assert history.call(call.id) == began
    audio = recording(call)
    write.recording_began(db, audio)
    write.call_ended(db, call, cloud=False)
    assert history.call(call.id) == dataclasses.replace(call, recordings=(audio.id,))
    assert outbox.counts(db) == (0, 0)


def test_a_cdr_has_exactly_the_fields_that_are_promised(ended):
    fields = """id direction from_number from_name to_number started_at line trunk queue agent answered_at ended_at
        wait_s talk_s disposition hangup_cause hangup_by recordings attestation verstat
        disposition_code mos loss_percent jitter_ms echo_db clipped_percent"""
    assert set(ended().as_json()) == set(fields.split())
    assert ended().as_json()["started_at"] == "2026-11-22T08:00:00.000Z"


def test_a_call_without_an_end_cannot_be_ended(db, cdr):
    with pytest.raises(ValueError, match="end and a disposition"):
        write.call_ended(db, cdr(), cloud=True)


def test_calls_that_go_on_are_not_in_the_list(db, history, cdr):
    call = cdr()
    write.call_began(db, call)
    assert history.calls().items == []
    assert history.call(call.id).disposition is None


def test_pages_follow_each_other_without_gap_or_repetition_while_calls_come_in(db, history, ended):
    calls = [ended(minute // 3) for minute in range(20)]  # three begin in the same millisecond
    for call in calls:
        write.call_ended(db, call, cloud=False)
    expected = [call.id for call in sorted(calls, key=lambda c: (c.started_at, c.id), reverse=True)]
    seen, cursor = [], None
    for _ in itertools.count():
        page = history.calls(limit=3, cursor=cursor)
        seen += [call.id for call in page.items]
        write.call_ended(db, ended(100), cloud=False)
        if (cursor := page.next) is None:
            break
    assert seen == expected


def test_the_last_page_says_so_even_when_it_is_full(db, history, ended):
    for minute in range(4):
        write.call_ended(db, ended(minute), cloud=False)
    first = history.calls(limit=2)
    assert first.next
    assert history.calls(limit=2, cursor=first.next).next is None


def test_calls_are_found_by_number_queue_agent_and_time(db, history, ended):
    calls = {
        "inbound": ended(0),
        "outbound": ended(1, from_number="201", to_number="5550100", queue=None),
        "other": ended(2, from_number="5550111", agent="bob", queue="sales"),
    }
    for call in calls.values():
        write.call_ended(db, call, cloud=False)

    def found(**filters) -> list[str]:
        ids = {call.id: name for name, call in calls.items()}
        return [ids[call.id] for call in history.calls(**filters).items]

    assert found() == ["other", "outbound", "inbound"]
    assert found(number="5550100") == ["outbound", "inbound"]
    assert found(number="5550100", queue="support") == ["inbound"]
    assert found(number="600", agent="bob") == ["other"]
    assert found(queue="sales") == ["other"]
    assert found(agent="alice") == ["outbound", "inbound"]
    assert found(since=calls["outbound"].started_at) == ["other", "outbound"]
    assert found(until=calls["outbound"].started_at) == ["inbound"]
    assert found(number="nobody") == []


@pytest.mark.parametrize(("limit", "cursor", "field"), [(0, None, "limit"), (1001, None, "limit"), (5, "x", "cursor")])
def test_a_bad_page_is_refused_by_name(history, limit, cursor, field):
    with pytest.raises(Invalid) as caught:
        history.calls(limit=limit, cursor=cursor)
    assert caught.value.field == field


def test_what_is_not_there_is_not_found(history):
    for missing in (history.call, history.recording):
        with pytest.raises(NotFound):
            missing("nothing")


def test_the_trail_and_the_legs_are_told_in_order(db, history, cdr):
    call = cdr()
    write.call_began(db, call)
    events = [TrailEvent(call.id, call.started_at, name, {"digits": "名"}) for name in ("ringing", "answered", "ended")]
    write.trail(db, events)
    leg = LegRecord(uuid7(), call.id, "analog", "fxo1", call.started_at)
    write.leg_began(db, leg)
    left = dataclasses.replace(leg, ended_at=call.started_at + timedelta(seconds=3), cause=16)
    write.leg_ended(db, left)
    assert history.trail_of(call.id) == events
    assert history.legs_of(call.id) == [left]


def test_recordings_are_found_by_their_call(db, history, ended, recording):
    mine, other = ended(0), ended(1, agent="bob")
    for call in (mine, other):
        write.call_ended(db, call, cloud=False)
    audio = recording(mine)
    write.recording_began(db, audio)
    done = dataclasses.replace(audio, duration_s=57.5, bytes=1_000, sha256="ab" * 32)
    write.recording_ready(db, done, cloud=False, with_audio=True)
    write.recording_failed(db, recording(other))
    ready = dataclasses.replace(done, state=RecordingState.READY)
    assert history.recording(audio.id) == ready
    assert history.recordings(call=mine.id).items == [ready]
    assert history.recordings(agent="alice").items == [ready]
    assert history.recordings(number="5550100", queue="support", agent="bob").items[0].state == "failed"
    assert [item.call for item in history.recordings().items] == [other.id, mine.id]
    assert outbox.counts(db) == (0, 0)


def test_the_outbox_tells_the_cloud_in_the_order_in_which_it_happened(db, ended, recording):
    call = ended()
    audio = dataclasses.replace(recording(call), duration_s=57.5)
    write.recording_began(db, audio)
    write.recording_ready(db, audio, cloud=True, with_audio=True)
    write.call_ended(db, call, cloud=True)
    write.call_ended(db, call, cloud=True)
    items = outbox.pending(db, 10)
    assert [(item.kind, item.type, item.subject) for item in items] == [
        ("event", "tipring.recording.ready", audio.id),
        ("audio", "tipring.recording.audio", audio.id),
        ("event", "tipring.call.ended", call.id),
    ]
    assert items[2].data == call.as_json() | {"recordings": [audio.id]}
    assert items[0].time == audio.started_at + timedelta(seconds=57.5)


def test_an_acknowledged_item_is_gone_and_a_parked_one_waits_aside(db, ended):
    for minute in range(3):
        write.call_ended(db, ended(minute), cloud=True)
    first, second, third = outbox.pending(db, 10)
    outbox.acknowledge(db, [first])
    outbox.park(db, second, "422")
    assert outbox.pending(db, 10) == [third]
    assert outbox.counts(db) == (1, 1)
    assert outbox.unpark(db) == 1
    assert outbox.pending(db, 10) == [second, third]


def test_calls_that_a_dead_core_left_are_ended_when_their_recording_ended(db, history, cdr, recording):
    silent, recorded, told = cdr(0), cdr(1), cdr(2)
    for call in (silent, recorded, told):
        write.call_began(db, call)
        write.leg_began(db, LegRecord(f"leg-{call.id}", call.id, "analog", "fxo1", call.started_at))
    audio = recording(recorded)
    write.recording_began(db, audio)
    write.trail(db, [TrailEvent(told.id, told.started_at + timedelta(seconds=7), "answered")])
    assert write.unfinished_recordings(db) == [audio]
    write.recording_ready(db, dataclasses.replace(audio, duration_s=12.25), cloud=True, with_audio=True)
    now = told.started_at + timedelta(minutes=5)

    found = write.recover(db, now, cloud=True)

    assert [call.id for call in found] == [silent.id, recorded.id, told.id]
    assert {(c.disposition, c.hangup_cause) for c in found} == {(Disposition.FAILED, 41)}
    assert [(c.ended_at - c.started_at).total_seconds() for c in found] == [0, 12.25, 7]
    assert found[1].recordings == (audio.id,)
    assert found[1].talk_s == 12.25
    assert history.calls().items == found[::-1]
    assert {leg.cause for call in found for leg in history.legs_of(call.id)} == {41}
    assert [item.subject for item in outbox.pending(db, 9)][-3:] == [silent.id, recorded.id, told.id]
    assert write.recover(db, now, cloud=True) == []


def test_an_alarm_stands_once_until_it_is_cleared(db, history, cdr):
    at = cdr().started_at
    alarm = Alarm(uuid7(), "disk_full", Severity.CRITICAL, "The disk is full.", at)
    assert write.alarm_raised(db, alarm, cloud=True) == alarm
    again = dataclasses.replace(alarm, id=uuid7())
    assert write.alarm_raised(db, again, cloud=True) == alarm
    assert history.alarms() == [alarm]
    write.alarm_cleared(db, alarm.id, at + timedelta(seconds=1), cloud=True)
    write.alarm_cleared(db, alarm.id, at + timedelta(seconds=2), cloud=True)
    assert history.alarms() == []
    assert history.alarms(standing=False)[0].cleared_at == at + timedelta(seconds=1)
    assert [item.type for item in outbox.pending(db, 9)] == ["tipring.alarm.raised", "tipring.alarm.cleared"]
    late = dataclasses.replace(again, raised_at=at + timedelta(hours=1))
    assert write.alarm_raised(db, late, cloud=False) == late
