# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything that happened reaches the cloud, in order, whatever goes wrong between."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


def test_calls_arrive_as_cloud_events_in_order(box, cloud, uplink, until):
    calls = [box.end_call() for _ in range(5)]
    uplink.start()
    until(lambda: len(cloud.subjects()) == 5, "five calls")
    calls += [box.end_call() for _ in range(3)]
    until(lambda: not box.pending() and len(cloud.subjects()) == 8, "three more")
    assert cloud.subjects() == calls
    method, path, headers, _ = cloud.requests[0]
    assert (method, path) == ("POST", "/tenant/events")
    assert headers["Content-Type"] == "application/cloudevents-batch+json"
    assert headers["Authorization"] == "Bearer first"
    event = cloud.events[0]
    assert {key: event[key] for key in ("specversion", "id", "type", "subject", "time", "datacontenttype")} == {
        "specversion": "1.0",
        "id": f"tipring.call.ended:{calls[0]}",
        "type": "tipring.call.ended",
        "subject": calls[0],
        "time": "2026-11-22T08:01:00.000Z",
        "datacontenttype": "application/json",
    }
    assert event["source"] == f"urn:uuid:{box.configs.box_id()}"
    assert event["data"] == box.history.call(calls[0]).as_json()


def test_a_recording_arrives_after_its_event_with_its_digest(box, cloud, uplink, until):
    audio = random.Random(1).randbytes(3_000_000)
    before, recording, after = box.end_call(), box.end_recording(audio), box.end_call()
    uplink.start()
    until(lambda: not box.pending(), "all of it")
    assert cloud.audio == {recording: audio}
    assert [request[:2] for request in cloud.requests] == [
        ("POST", "/tenant/events"),
        ("PUT", f"/tenant/recordings/{recording}"),
        ("POST", "/tenant/events"),
    ]
    assert cloud.requests[1][2]["Content-Type"] == "audio/wav"
    assert cloud.subjects() == [before, after]
    assert cloud.subjects("tipring.recording.ready") == [recording]


def test_a_large_recording_is_never_whole_in_memory(box, cloud, uplink, until):
    uplink.start()
    box.end_call()
    until(lambda: not box.pending(), "the first call")
    before = resident_bytes(uplink)
    recording = box.end_recording(b"\0" * 64_000_000)
    until(lambda: not box.pending(), "the audio")
    assert len(cloud.audio[recording]) == 64_000_000
    assert resident_bytes(uplink) - before < 8_000_000


def resident_bytes(uplink) -> int:
    """The most that it ever had."""
    status = Path(f"/proc/{uplink.process.pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def test_what_happened_while_the_cloud_was_down_arrives_afterwards(box, cloud, uplink, until):
    cloud.down()
    uplink.start()
    calls = [box.end_call() for _ in range(250)]
    until(lambda: "next try" in uplink.log.read_text(), "a first failure")
    cloud.up()
    until(lambda: not box.pending(), "the backlog")
    assert cloud.subjects() == calls


def test_a_cloud_that_is_away_for_long_is_an_alarm_until_it_answers(box, cloud, uplink, until):
    cloud.down()
    uplink.options = ["--unreachable-after", "0.1"]
    uplink.start()
    box.end_call()
    until(box.alarms, "the alarm")
    assert [alarm.kind for alarm in box.alarms()] == ["cloud_unreachable"]
    cloud.up()
    until(lambda: not box.alarms() and not box.pending(), "the alarm's end")
    types = [event["type"] for event in cloud.events]
    assert (types.count("tipring.alarm.raised"), types.count("tipring.alarm.cleared")) == (1, 1)


def test_errors_of_the_server_and_too_many_requests_only_delay(box, cloud, uplink, until):
    statuses = iter((500, 408, 425))
    cloud.answer = lambda method, path, body: (status, {}) if (status := next(statuses, None)) else None
    calls = [box.end_call() for _ in range(3)]
    uplink.start()
    until(lambda: not box.pending(), "the calls", 60)
    assert cloud.subjects() == calls
    assert box.parked() == 0
    assert [request[3] for request in cloud.requests] == [500, 408, 425, 200]


def test_the_cloud_is_asked_again_no_sooner_than_it_said(box, cloud, uplink, until):
    times = []

    def answer(method, path, body):
        times.append(time.monotonic())
        return (429, {"Retry-After": "2"}) if len(times) == 1 else None

    cloud.answer = answer
    box.end_call()
    uplink.start()
    until(lambda: not box.pending(), "the call")
    assert times[1] - times[0] >= 2.0


def test_the_culprit_alone_is_parked_and_an_alarm_raised(box, cloud, uplink, until):
    calls = [box.end_call(from_name="bad" if number == 3 else "good") for number in range(6)]
    cloud.answer = lambda method, path, body: (422, {}) if b'"bad"' in body else None
    uplink.start()
    until(lambda: not box.pending() and len(cloud.events) == 6, "the others and the alarm")
    assert cloud.subjects() == calls[:3] + calls[4:]
    assert box.parked() == 1
    (alarm,) = box.history.alarms()
    assert (alarm.kind, alarm.severity) == ("cloud_refused", "error")
    assert "tipring.call.ended (status 422)" in alarm.text
    assert cloud.subjects("tipring.alarm.raised") == [alarm.id]
    box.end_call()
    until(lambda: not box.pending(), "a later call")


def test_a_refused_recording_is_parked_and_the_calls_go_on(box, cloud, uplink, until):
    cloud.answer = lambda method, path, body: (413, {}) if method == "PUT" else None
    box.end_recording(b"x" * 1000)
    call = box.end_call()
    uplink.start()
    until(lambda: not box.pending(), "the call")
    assert cloud.subjects() == [call]
    assert box.parked() == 1


def test_an_audio_file_that_is_gone_is_parked_with_an_alarm(box, cloud, uplink, until):
    box.end_recording(b"x", keep_file=False)
    call = box.end_call()
    uplink.start()
    until(lambda: not box.pending(), "the call")
    assert cloud.subjects() == [call]
    assert [alarm.kind for alarm in box.history.alarms()] == ["recording_lost"]


def test_what_the_cloud_has_already_counts_as_delivered(box, cloud, uplink, until):
    cloud.answer = lambda method, path, body: (409, {})
    box.end_call()
    box.end_recording(b"x")
    uplink.start()
    until(lambda: not box.pending(), "all of it")
    assert box.parked() == 0
    assert box.history.alarms() == []


def test_a_new_token_is_taken_up_without_restart_and_unparks(box, cloud, uplink, until):
    def answer(method, path, body):
        return None if "second" in cloud_token else (401, {})

    cloud_token = []
    cloud.answer = answer
    calls = [box.end_call() for _ in range(3)]
    uplink.start()
    until(lambda: box.parked() >= 4 and not box.pending(), "three calls and the alarm parked")
    cloud_token.append("second")
    box.connect_to(cloud.url, token="second")
    until(lambda: not box.parked() and not box.pending(), "all of it")
    assert cloud.subjects() == calls
    assert box.history.alarms() == []
    assert cloud.requests[-1][2]["Authorization"] == "Bearer second"


def test_another_address_ends_the_wait_for_the_old_one(box, cloud, uplink, until):
    cloud.answer = lambda method, path, body: (503, {"Retry-After": "3600"}) if "/old/" in path else None
    box.connect_to(cloud.url + "/old/")
    call = box.end_call()
    uplink.start()
    until(lambda: cloud.requests, "a first try")
    box.connect_to(cloud.url)
    until(lambda: cloud.subjects() == [call], "the call at the new address")


def test_without_a_cloud_nothing_leaves_and_nothing_is_lost(box, cloud, uplink, until):
    box.configs.apply({}, "test")
    call = box.end_call()
    uplink.start()
    assert (cloud.requests, box.pending()) == ([], 1)
    box.connect_to(cloud.url)
    until(lambda: cloud.subjects() == [call], "the call, once there is a cloud")


def test_a_slow_server_is_waited_for(box, cloud, uplink, until):
    cloud.delay_s = 1.5
    calls = [box.end_call() for _ in range(2)]
    uplink.start()
    until(lambda: not box.pending(), "the calls")
    assert cloud.subjects() == calls
    assert len(cloud.requests) == 1


@pytest.mark.timeout(120)
def test_killed_again_and_again_it_loses_nothing_and_keeps_the_order(box, cloud, uplink, until):
    cloud.delay_s = 0.05
    chance = random.Random(2)
    calls, recordings = [], []
    for _ in range(6):
        uplink.start()
        for _ in range(60):
            calls.append(box.end_call())
            if chance.random() < 0.2:
                recordings.append(box.end_recording(chance.randbytes(20_000)))
        seen = len(cloud.requests)
        until(lambda seen=seen: len(cloud.requests) >= seen + chance.randrange(1, 6), "some progress")
        uplink.kill()
    uplink.start()
    until(lambda: not box.pending(), "the rest", 60)
    assert list(dict.fromkeys(cloud.subjects())) == calls
    assert list(cloud.audio) == recordings
    first_seen = list(dict.fromkeys(event["id"] for event in cloud.events))
    assert len(first_seen) == len(calls) + len(recordings)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_even_while_a_request_hangs(box, cloud, uplink, until, number):
    hanging = []
    cloud.answer = lambda method, path, body: hanging.append(path) or time.sleep(8)
    box.end_call()
    uplink.start()
    until(lambda: hanging, "a request")
    began = time.monotonic()
    assert uplink.kill(number) == 0
    assert time.monotonic() - began < 4
    assert box.pending() == 1


def test_a_second_one_on_the_same_state_says_so(box, uplink):
    uplink.start()
    second = type(uplink)(box.state)
    second.launch()
    assert second.process.wait(10) == 1
    assert "already runs" in uplink.log.read_text()


def test_idle_it_takes_no_processor_and_little_memory(box, cloud, uplink, until):
    box.end_call()
    uplink.start()
    until(lambda: not box.pending(), "the call")
    began = cpu_s(uplink)
    time.sleep(3)
    assert cpu_s(uplink) - began <= 0.03
    assert resident_bytes(uplink) < 32_000_000


def test_what_sends_is_not_loaded_before_there_is_something_to_send():
    """2 MB, which an office without cloud, mail and webhooks never needs."""
    program = "import sys, firmware.uplink.__main__; "
    program += "print([m for m in ('ssl', 'smtplib', 'http.client', 'email.message') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"


def cpu_s(uplink) -> float:
    fields = Path(f"/proc/{uplink.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_any_name_arrives_as_it_was(box, cloud, uplink, until):
    name = '客户 "A" \\ \u2028'
    box.end_call(from_name=name)
    uplink.start()
    until(lambda: not box.pending(), "the call")
    assert cloud.events[0]["data"]["from_name"] == name
