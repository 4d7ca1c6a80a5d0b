# SPDX-License-Identifier: GPL-2.0-or-later
"""Every figure of October 2026, as a person works it out from the table in october.py by docs/reports.md."""

from datetime import timedelta

import pytest

from firmware.records import TrailEvent
from firmware.reports import export, lines, queue_log, staffing
from firmware.reports.choice import Choice
from firmware.reports.report import report
from firmware.times import iso
from tests.reports import october
from tests.reports.conftest import NOW


@pytest.fixture
def rows(history, office, chosen):
    """The rows of a report by their keys; the sum under "total"."""

    def make(**text):
        found = history.read(report, chosen(**text), office, NOW)
        return {row["key"]: row for row in found.rows} | {"total": found.total}

    return make


def test_support(rows):
    support = rows(by="queue")["support"]
    assert support == {
        "key": "support",
        "offered": 16,
        "answered": 7,
        "abandoned": 5,
        "overflowed": 2,
        "left": 1,
        "call_back": 1,
        "failed": 0,
        "short_abandoned": 1,  # after 3 s
        "abandon_rate": 0.2667,  # (5 - 1) / (16 - 1)
        "service_level": 0.7143,  # 5 of 7: after 10, 20, 5, 5, 5 s, not after 21 and 60
        "service_level_of_all": 0.5,  # those 5, and 3 who gave up after 3, 15, 8 s, of 16
        "speed_of_answer_s": 18.0,  # (10 + 20 + 21 + 60 + 5 + 5 + 5) / 7
        "longest_wait_s": 100.0,
        "talk_s": 115.7,  # (100 + 200 + 60 + 300 + 50 + 40 + 60) / 7
        "handle_s": 125.0,  # (810 talk + 20 hold + 45 wrap-up) / 7
        "handled_s": 875.0,
        "recorded": 0,
    }


def test_sales_has_its_own_threshold(rows):
    sales = rows(by="queue")["sales"]
    assert (sales["offered"], sales["answered"], sales["abandoned"], sales["short_abandoned"]) == (5, 3, 2, 1)
    assert sales["service_level"] == 0.6667  # after 30 and 10 s, not after 31
    assert sales["service_level_of_all"] == 0.8  # those 2, and 2 who gave up after 30 and 2 s, of 5
    assert sales["abandon_rate"] == 0.25
    assert (sales["speed_of_answer_s"], sales["longest_wait_s"]) == (23.7, 31.0)
    assert (sales["talk_s"], sales["handle_s"]) == (150.0, 185.0)  # 450 / 3, (450 + 60 + 45) / 3


def test_the_sum_is_of_both_queues(rows):
    total = rows(by="queue")["total"]
    assert (total["offered"], total["answered"], total["abandoned"], total["overflowed"]) == (21, 10, 7, 2)
    assert total["service_level"] == 0.7  # 5 + 2 of 10
    assert total["speed_of_answer_s"] == 19.7  # (126 + 71) / 10
    assert total["handle_s"] == 143.0  # (875 + 555) / 10


def test_days_begin_and_end_at_midnight_of_the_site(rows):
    days = {key: row["offered"] for key, row in rows(by="day").items() if key != "total"}
    assert len(days) == 31
    busy = {"2026-10-01": 8, "2026-10-02": 4, "2026-10-05": 2, "2026-10-06": 2, "2026-10-25": 4, "2026-10-31": 1}
    assert {day: offered for day, offered in days.items() if offered} == busy


def test_the_day_on_which_the_clocks_go_back_has_an_hour_twice(rows):
    hours = {key: row["offered"] for key, row in rows(by="hour", since="2026-10-25", until="2026-10-25").items()}
    assert {hour: offered for hour, offered in hours.items() if offered} == {0: 1, 2: 2, 23: 1, "total": 4}


def test_hours_and_weekdays_of_the_month(rows):
    hours = {key: row["offered"] for key, row in rows(by="hour").items() if row["offered"]}
    assert hours == {0: 1, 2: 2, 9: 8, 10: 5, 14: 2, 23: 3, "total": 21}
    weekdays = {key: row["offered"] for key, row in rows(by="weekday").items()}
    assert weekdays == {0: 2, 1: 2, 2: 0, 3: 8, 4: 4, 5: 1, 6: 4, "total": 21}
    cells = {key: row["offered"] for key, row in rows(by="week_hour").items() if row["offered"]}
    assert cells[3 * 24 + 9] == 5  # Thursday at nine
    assert cells[6 * 24 + 2] == 2  # Sunday at two
    assert rows(by="month")["2026-10"]["offered"] == 21


def test_what_calls_came_to(rows):
    dispositions = {key: row["calls"] for key, row in rows(of="calls", by="disposition").items()}
    assert dispositions == {
        "answered": 12, "abandoned": 7, "overflowed": 1, "voicemail": 1, "call_back": 1, "busy": 1, "no_answer": 1,
        "total": 24,
    }  # fmt: skip
    directions = {key: row["calls"] for key, row in rows(of="calls", by="direction").items()}
    assert directions == {"inbound": 21, "outbound": 2, "internal": 1, "total": 24}
    trunk = rows(of="calls", by="trunk")["provider"]
    assert (trunk["calls"], trunk["answered"], trunk["answered_share"], trunk["talk_s"]) == (2, 1, 0.5, 60.0)


def test_calls_of_a_line(rows):
    fxo2 = rows(of="calls", by="line")["fxo2"]
    assert (fxo2["calls"], fxo2["answered"], fxo2["abandoned"]) == (6, 2, 2)
    only = rows(of="calls", by="disposition", line="fxo2")
    assert {key: row["calls"] for key, row in only.items()} == {
        "answered": 2, "abandoned": 2, "call_back": 1, "no_answer": 1, "total": 6
    }  # fmt: skip


def test_agents(rows):
    found = rows(by="agent")
    alice, bob = found["alice"], found["bob"]
    assert (alice["offered"], alice["calls"], alice["missed"]) == (4, 4, 0)
    assert (alice["talk_s"], alice["wrap_s"], alice["handle_s"]) == (250.0, 15.0, 265.0)
    assert (alice["logged_in_s"], alice["paused_s"], alice["ready_s"]) == (14400.0, 1800.0, 12600.0)
    assert alice["occupancy"] == 0.021  # 265 / 12600
    assert alice["paused_by_reason"] == {"lunch": 1800.0}
    assert (bob["offered"], bob["calls"], bob["missed"], bob["ring_s"]) == (4, 3, 1, 27.0)  # 3 times 4 s and 15 s
    assert bob["average_handle_s"] == 203.3  # (560 + 20 + 30) / 3
    assert found["total"]["calls"] == 10


def test_part_of_an_agents_day(rows):
    morning = rows(by="agent", since="2026-10-01T09:00", until="2026-10-01T10:15")["alice"]
    assert (morning["logged_in_s"], morning["paused_s"]) == (4500.0, 900.0)
    assert morning["calls"] == 2


def test_what_goes_on_counts_until_now(rows):
    dave = rows(by="agent", since="2026-11-20", until="2026-11-20")["dave"]
    assert (dave["logged_in_s"], dave["ready_s"], dave["occupancy"]) == (14400.0, 14400.0, 0.0)  # from 8 until 12


def test_one_queue_by_day_and_one_agent_by_queue(rows):
    assert rows(by="day", queue="sales")["2026-10-01"]["offered"] == 2
    assert rows(by="queue", agent="bob")["support"]["answered"] == 3


def test_lines_of_the_first_hour_of_october(history, office, chosen):
    """From 9 to 10 on the 1st; a call begins 5 s before its stay in the queue."""
    found = history.read(lines.occupancy, chosen(since="2026-10-01T09:00", until="2026-10-01T10:00"), office)
    fxo1, fxo2 = found["lines"]
    # 110 s (the first 5 s are before 9), 5 + 150 s, 5 + 240 s, and those 5 s of the call of ten that are before ten
    assert (fxo1["line"], fxo1["calls"], fxo1["busy_s"]) == ("fxo1", 3, 110 + 155 + 245 + 5)
    assert (fxo2["line"], fxo2["busy_s"]) == ("fxo2", 5 + 81 + 5 + 331)
    assert fxo2["occupancy"] == 0.1172  # 422 / 3600
    together = found["all_lines"]
    assert (together["busiest_erlang"], together["most_at_once"]) == (0.26, 1)  # 937 / 3600
    assert (together["lines_needed"], together["blocking"]) == (3, 0.0262)  # 0.26² / 2 / (1 + 0.26 + 0.26² / 2)


def test_a_line_is_busy_from_the_first_ring_on(history, office, chosen):
    found = history.read(lines.occupancy, chosen(since="2026-10-01T09:59:50", until="2026-10-01T10:00:00"), office)
    assert [(row["line"], row["calls"], row["busy_s"]) for row in found["lines"]] == [("fxo1", 1, 5.0)]


def test_calls_at_once_are_counted_of_all_lines(history, office, chosen):
    """20 to the queues, one past them, one that rang 5 s before November, for 3 s at once with the last."""
    found = history.read(lines.occupancy, chosen(), office)["all_lines"]
    assert (found["calls"], found["most_at_once"], found["lines"]) == (22, 2, 2)


def test_agents_needed_on_thursdays_at_nine(history, office, chosen):
    """Five Thursdays, five calls: one an hour; 3 answered in it by support took (100+10, 230, 65) / 3 = 135 s."""
    found = history.read(staffing.staffing, chosen(queue="support"), office)
    (hour,) = (hour for hour in found["hours"] if (hour["weekday"], hour["hour"]) == (3, 9))
    assert (hour["calls"], hour["erlang"]) == (0.6, 0.022)  # 3 calls in five hours; 0.6 * 135 / 3600 = 0.0225
    assert hour["agents"] == 1
    (two,) = (hour for hour in found["hours"] if (hour["weekday"], hour["hour"]) == (6, 2))
    assert two["calls"] == 0.4  # two in the five hours that Sundays' two o'clock had


def test_the_queue_log_of_one_call(history, chosen):
    """The call of 9:20: bob let it ring, alice answered after 21 s and talked for a minute."""
    at = october.when("10-01 09:20:00")
    wanted = export.Wanted(october.when("10-01 09:19:00"), october.when("10-01 09:21:00"))
    ((cdr, _),) = export.trails(history, wanted)
    second = int(at.timestamp())
    assert list(export.as_queue_log(history, wanted)) == [
        f"{second}|{cdr.id}|support|NONE|ENTERQUEUE||5551234|1\n",
        f"{second + 16}|{cdr.id}|support|bob|RINGNOANSWER|15000\n",
        f"{second + 21}|{cdr.id}|support|alice|CONNECT|21|{cdr.id}|4\n",
        f"{second + 81}|{cdr.id}|support|alice|COMPLETECALLER|21|60|1\n",
    ]


def test_the_queue_log_of_a_caller_who_was_sent_to_another_queue(history):
    wanted = export.Wanted(october.when("10-01 09:19:00"), october.when("10-01 09:21:00"))
    ((cdr, _),) = export.trails(history, wanted)
    at = cdr.started_at
    told = [
        TrailEvent(cdr.id, at, "queued", {"queue": "support", "position": 3}),
        TrailEvent(cdr.id, at + timedelta(seconds=9), "moved", {"queue": "sales", "kept_wait": True}),
        TrailEvent(cdr.id, at + timedelta(seconds=11), "answered", {"agent": "alice"}),
    ]
    lines = [line.split("|")[2:5] for _, line in queue_log.of_call(cdr, told)]
    assert lines == [
        ["support", "NONE", "ENTERQUEUE"],
        ["support", "NONE", "EXITWITHKEY"],
        ["sales", "NONE", "ENTERQUEUE"],
        ["sales", "alice", "CONNECT"],
    ]


def test_the_queue_log_of_a_day_is_in_the_order_of_time(history):
    lines = list(export.as_queue_log(history, export.Wanted(october.when("10-01 00:00"), october.when("10-03 00:00"))))
    seconds = [int(line.partition("|")[0]) for line in lines]
    assert seconds == sorted(seconds)
    events = [line.split("|")[4].strip() for line in lines]
    counts = {name: events.count(name) for name in set(events)}
    assert counts == {
        "ENTERQUEUE": 12, "CONNECT": 6, "COMPLETECALLER": 6, "ABANDON": 5, "EXITWITHTIMEOUT": 1, "RINGNOANSWER": 1,
        "ADDMEMBER": 1, "PAUSEALL": 1, "UNPAUSEALL": 1, "REMOVEMEMBER": 1,
    }  # fmt: skip
    assert next(line.split("|", 2)[2] for line in lines if "ABANDON" in line) == "support|NONE|ABANDON|1|1|3\n"
    assert next(line.split("|", 1)[1] for line in lines if "PAUSEALL|" in line) == "NONE|NONE|alice|PAUSEALL|lunch\n"


def test_calls_are_exported_in_the_order_in_which_they_began_or_ended(history):
    wanted = export.Wanted(october.when("10-01 00:00"), october.when("11-01 00:00"))
    begun = [call["started_at"] for call in export.calls(history, wanted)]
    assert begun == sorted(begun)
    assert len(begun) == 25  # the last one began 5 s before November
    ended = [call["seq"] for call in export.calls_after(history, 20)]
    assert ended == [21, 22, 23, 24, 25, 26]
    assert list(export.calls(history, export.Wanted(wanted.since, wanted.until, "nobody"))) == []


def test_a_choice_is_what_was_asked_for(chosen):
    month: Choice = chosen()
    assert (iso(month.since), iso(month.until)) == ("2026-09-30T22:00:00.000Z", "2026-10-31T23:00:00.000Z")
