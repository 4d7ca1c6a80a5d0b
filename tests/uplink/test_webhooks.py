# SPDX-License-Identifier: GPL-2.0-or-later
"""Webhooks: events reach a real HTTP server signed, whatever it answers first, also after a restart of the uplink."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from firmware import times
from firmware.errors import NotFound
from firmware.records import Cdr, Direction, Disposition
from firmware.store import history, webhooks
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_writing, transaction
from firmware.store.webhooks import TYPES, Health, WebhookLog
from firmware.uplink.reach import connect_outside, is_outside
from firmware.uplink.webhooks import DISABLED, WebhookSender, signed
from tests.uplink.conftest import until

SECRET = "a-secret-of-the-crm"


class Receiver:
    """What came, and what is answered: `answers` one after the other, then 204."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook?box=1"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def events(self) -> list[str]:
        return [json.loads(body)["id"] for _, _, body in self.requests]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    running = Receiver()
    yield running
    running.close()


@contextlib.contextmanager
def sending(state: Path) -> Iterator[None]:
    """The uplink's sender; loopback is outside for once."""
    sender = WebhookSender(state, socket.create_connection, look_s=0.02, longest_s=0.05)
    sender.start()
    try:
        yield
    finally:
        sender.stop()


@contextlib.contextmanager
def writing(state: Path) -> Iterator[sqlite3.Connection]:
    path = state / "history.db"
    with contextlib.closing(open_for_writing(path)) as db, transaction(db, path):
        yield db


def configure(state: Path, *items: dict[str, Any]) -> None:
    """As the core does: the document, and who wants what."""
    ConfigDb(state).apply({"webhook": list(items)}, "test")
    with writing(state) as db:
        webhooks.subscribed(db, {item["name"]: item.get("events") or TYPES for item in items})


def hook(url: str, name: str = "crm", **more: Any) -> dict[str, Any]:
    return {"name": name, "url": url, "secret": SECRET} | more


def call_ends(state: Path, id: str) -> str:
    """Without a cloud; the id of its event."""
    at = times.now()
    cdr = Cdr(id, Direction.INBOUND, "5551234", "", "600", at, ended_at=at, disposition=Disposition.ANSWERED)
    with writing(state) as db:
        history.call_ended(db, cdr, False)
    return f"tipring.call.ended:{id}"


def delivered(state: Path, name: str = "crm") -> dict[str, str]:
    return {item.event: item.state for item in WebhookLog(state).deliveries(name, None, 100)}


def standing(state: Path) -> list[str]:
    with writing(state) as db:
        return [alarm.kind for alarm in history.standing_alarms(db)]


def test_an_event_comes_signed_as_standard_webhooks_says(state: Path, receiver: Receiver) -> None:
    configure(state, hook(receiver.url))
    event = call_ends(state, "c1")
    with sending(state):
        until(lambda: delivered(state) == {event: "done"}, "the delivery")
    path, headers, body = receiver.requests[0]
    assert path == "/hook?box=1"
    assert headers["content-type"] == "application/cloudevents+json"
    told = json.loads(body)
    assert (told["type"], told["id"], told["data"]["from_number"]) == ("tipring.call.ended", event, "5551234")
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(SECRET.encode(), text, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-id"] == event
    assert abs(int(headers["webhook-timestamp"]) - times.now().timestamp()) < 60


def test_the_signature_is_that_of_the_specifications_example() -> None:
    """github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md and its libraries' tests."""
    headers = signed(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("refusal", [500, 503, 429, 404, 302])
def test_what_is_not_taken_is_sent_again_until_it_is(state: Path, receiver: Receiver, refusal: int) -> None:
    receiver.answers = [refusal] * 3
    configure(state, hook(receiver.url))
    event = call_ends(state, "c1")
    with sending(state):
        until(lambda: delivered(state) == {event: "done"}, "the delivery")
    assert receiver.events() == [event] * 4
    assert WebhookLog(state).deliveries("crm", None, 1)[0].tries == 4
    assert WebhookLog(state).health("crm") == (Health(), 0)


def test_what_waits_survives_a_restart_of_the_uplink(state: Path, receiver: Receiver) -> None:
    dead = socket.create_server(("127.0.0.1", 0))
    port = dead.getsockname()[1]
    dead.close()
    configure(state, hook(f"http://127.0.0.1:{port}/"))
    events = [call_ends(state, f"c{n}") for n in range(3)]
    with sending(state):
        until(lambda: any(item.tries for item in WebhookLog(state).deliveries("crm", None, 9)), "a try")
    assert set(delivered(state).values()) == {"waiting"}
    configure(state, hook(receiver.url))
    with sending(state):
        until(lambda: set(delivered(state).values()) == {"done"}, "the deliveries")
    assert sorted(set(receiver.events())) == events


def test_one_bad_event_and_one_dead_receiver_hold_up_no_other(state: Path, receiver: Receiver) -> None:
    other = Receiver()
    try:
        receiver.answers = [500] * 1000
        configure(state, hook(receiver.url, "dead"), hook(other.url, "crm"))
        events = {call_ends(state, f"c{n}") for n in range(3)}
        with sending(state):
            until(lambda: set(other.events()) == events, "the other's events")
            until(lambda: set(receiver.events()) == events, "each event tried")
    finally:
        other.close()


def test_only_what_is_wanted_is_sent_and_nothing_from_before(state: Path, receiver: Receiver) -> None:
    call_ends(state, "before")
    configure(state, hook(receiver.url, events=["tipring.voicemail.left"]))
    call_ends(state, "c1")
    assert delivered(state) == {}
    configure(state)
    assert delivered(state) == {}


def test_a_receiver_that_fails_for_days_is_disabled_with_an_alarm_until_it_is_enabled(
    state: Path, receiver: Receiver
) -> None:
    receiver.answers = [500]
    configure(state, hook(receiver.url, give_up_days=2))
    with writing(state) as db:
        webhooks.set_health(db, "crm", Health(times.now() - timedelta(days=3)))
    event = call_ends(state, "c1")
    log = WebhookLog(state)
    with sending(state):
        until(lambda: log.health("crm")[0].disabled_at, "the end of its patience")
        assert f"{DISABLED}crm" in standing(state)
        assert delivered(state)[event] == "waiting"
        log.enable("crm")
        until(lambda: delivered(state)[event] == "done", "the delivery")
        until(lambda: f"{DISABLED}crm" not in standing(state), "the end of the alarm")


def test_a_receiver_that_is_gone_is_disabled_at_once(state: Path, receiver: Receiver) -> None:
    receiver.answers = [410]
    configure(state, hook(receiver.url))
    call_ends(state, "c1")
    with sending(state):
        until(lambda: WebhookLog(state).health("crm")[0].disabled_at, "that it is gone")
    assert "410" in WebhookLog(state).health("crm")[0].reason


def test_a_delivery_is_sent_once_more_on_demand(state: Path, receiver: Receiver) -> None:
    configure(state, hook(receiver.url))
    log = WebhookLog(state)
    with sending(state):
        test = log.test("crm", "owner")
        until(lambda: log.delivery("crm", test.id).state == "done", "the test event")
        log.retry("crm", test.id)
        until(lambda: len(receiver.requests) == 2, "the second one")
    assert json.loads(receiver.requests[0][2])["type"] == "tipring.webhook.test"
    with pytest.raises(NotFound):
        log.retry("crm", "nothing")


def test_deliveries_are_forgotten_after_a_week(state: Path) -> None:
    configure(state, hook("http://192.0.2.1/"))
    call_ends(state, "c1")
    with writing(state) as db:
        assert webhooks.forget_old(db, times.now() + timedelta(days=6)) == 0
        assert webhooks.forget_old(db, times.now() + timedelta(days=8)) == 1


@pytest.mark.parametrize(
    ("address", "outside"),
    [
        ("127.0.0.1", False), ("127.8.8.8", False), ("0.0.0.1", False), ("169.254.169.254", False), ("::1", False),
        ("::", False), ("fe80::1%eth0", False), ("::ffff:127.0.0.1", False), ("224.0.0.1", False),
        ("255.255.255.255", False), ("192.168.1.5", True), ("10.0.0.1", True), ("8.8.8.8", True),
        ("2001:4860:4860::8888", True), ("fd00::5", True),
    ],
)  # fmt: skip
def test_a_webhook_leads_outside_only(address: str, outside: bool) -> None:
    assert is_outside(address) is outside


def test_the_box_itself_is_not_asked_on_anybodys_behalf(state: Path, receiver: Receiver) -> None:
    with pytest.raises(OSError, match="this machine itself"):
        connect_outside(("localhost", 80), 1.0)
    configure(state, hook(receiver.url))
    event = call_ends(state, "c1")
    sender = WebhookSender(state, look_s=0.02)
    sender.start()
    try:
        until(lambda: WebhookLog(state).deliveries("crm", None, 1)[0].tries, "a try")
    finally:
        sender.stop()
    assert receiver.requests == []
    assert delivered(state)[event] == "waiting"


def test_the_queue_and_the_log_follow_indexes(state: Path) -> None:
    WebhookLog(state)
    asked: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
        (webhooks.waiting, ("crm", 1)),
        (webhooks.put, ("e", "t", "s", {}, times.now())),
        (webhooks.forget_old, (times.now(),)),
    ]
    with contextlib.closing(open_for_writing(state / "history.db")) as db:
        for function, values in asked:
            told: list[str] = []
            db.set_trace_callback(told.append)
            function(db, *values)
            db.set_trace_callback(None)
            for sql in told:
                plan = " ".join(row["detail"] for row in db.execute(f"EXPLAIN QUERY PLAN {sql}"))
                assert "SEARCH" in plan, (sql, plan)
                assert "TEMP B-TREE" not in plan, (sql, plan)
