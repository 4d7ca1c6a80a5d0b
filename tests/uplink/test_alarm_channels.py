# SPDX-License-Identifier: GPL-2.0-or-later
"""Alarms reach people and machines: by e-mail, syslog, SNMP, a webhook, a call; and nothing is lost meanwhile."""

from __future__ import annotations

import contextlib
import re
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api

from firmware import times
from firmware.edge import certificate
from firmware.edge.files import EdgeFiles
from firmware.ids import uuid7
from firmware.records import Alarm, Severity
from firmware.store import history, notices, webhooks
from firmware.store.connect import transaction
from firmware.store.notices import NoticeLog
from firmware.uplink import alarms as sender_module
from firmware.uplink import syslog
from firmware.uplink.alarms import TELL_AFTER, AlarmSender
from tests.uplink.mail_server import Server

SITE = {"name": "Harbour Dental", "timezone": "Europe/Berlin", "language": "en"}


def configure(box: Any, *channels: dict[str, Any], **more: Any) -> None:
    box.configs.apply({"site": SITE, "alarm_channel": list(channels)} | more, "test")


def come(
    box: Any, text: str = "The trunk a is down.", severity: Severity = Severity.ERROR, kind: str = "trunk:a"
) -> str:
    alarm = Alarm(uuid7(), kind, severity, text, times.now())
    with transaction(box.db, "history.db") as db:
        return history.alarm_raised(db, alarm, cloud=False).id


def go(box: Any, id: str) -> None:
    with transaction(box.db, "history.db") as db:
        history.alarm_cleared(db, id, times.now(), cloud=False)


@pytest.fixture
def sender(box: Any) -> Iterator[AlarmSender]:
    made = AlarmSender(box.state, retry_s=(0.05, 0.1), look_s=0.05)
    made.start()
    yield made
    made.stop()


def mailed(address: str) -> dict[str, Any]:
    return {"mail": {"server": address, "security": "none", "sender": "box@example.com"}}


def test_an_alarm_and_its_end_come_by_mail(
    box: Any, server: Server, address: str, sender: AlarmSender, until: Callable[..., None]
) -> None:
    configure(box, {"name": "office", "mail": ["anna@example.com", "ben@example.com"]}, **mailed(address))
    id = come(box, severity=Severity.CRITICAL)
    until(lambda: server.mails, "the mail")
    assert server.mails[0]["Subject"] == "[Harbour Dental] Critical: The trunk a is down."
    assert server.mails[0]["To"] == "anna@example.com, ben@example.com"
    assert server.mails[0]["Importance"] == "high"
    go(box, id)
    until(lambda: len(server.mails) == 2, "the second mail")
    assert server.mails[1]["Subject"] == "[Harbour Dental] Over: The trunk a is down."
    until(lambda: NoticeLog(box.state).waiting("office") == 0, "the outbox")


KNOWN, IN_CHINESE = (
    "The disk is nearly full. Keep recordings for a shorter time, or use a larger disk.",
    "磁盘即将用满。",
)


@pytest.mark.parametrize(("of_site", "of_channel"), [("zh", None), ("en", "zh")])
def test_a_mail_is_in_the_language_of_the_site_or_of_its_channel(
    box: Any, server: Server, address: str, sender: AlarmSender, until: Callable[..., None], of_site: str,
    of_channel: str | None,
) -> None:  # fmt: skip
    channel = {"name": "office", "mail": ["anna@example.com"]} | ({"language": of_channel} if of_channel else {})
    configure(box, channel, **mailed(address), site=SITE | {"language": of_site})
    come(box, KNOWN, kind="disk")
    until(lambda: server.mails, "the mail")
    assert server.mails[0]["Subject"].startswith(f"[Harbour Dental] 错误：{IN_CHINESE}")
    assert IN_CHINESE in server.mails[0].get_content()


def test_a_webhook_says_it_in_the_language_of_the_site(
    box: Any, sender: AlarmSender, until: Callable[..., None]
) -> None:
    hook = {"name": "crm", "url": "https://crm.example.com/", "secret": "0123456789abcdef"}
    configure(box, {"name": "x", "webhook": "crm"}, webhook=[hook], site=SITE | {"language": "zh"})
    come(box, KNOWN, kind="disk")
    until(lambda: webhooks.waiting(box.db, "crm", 9), "the delivery")
    (item,) = webhooks.waiting(box.db, "crm", 9)
    assert item.data["text"].startswith(IN_CHINESE)
    assert (item.data["kind"], item.data["severity"]) == ("disk", "error")


def test_what_happened_while_the_mail_server_was_away_comes_when_it_is_back(
    box: Any, server: Server, address: str, sender: AlarmSender, until: Callable[..., None]
) -> None:
    server.answer_to_recipient = "451 later"
    configure(box, {"name": "office", "mail": ["anna@example.com"], "severity": "error"}, **mailed(address))
    for number in range(3):
        come(box, f"Trunk {number} is down.", kind=f"trunk:{number}")
    until(lambda: any(alarm.kind == "alarm_channel:office" for alarm in box.alarms()), "the channel's own alarm")
    assert min(notice.tries for notice in NoticeLog(box.state).last("office")) >= 1
    assert TELL_AFTER > 1
    server.answer_to_recipient = "250 OK"
    until(lambda: NoticeLog(box.state).waiting("office") == 0, "the outbox")
    bodies = "".join(mail.get_content() for mail in server.mails)
    assert all(f"Trunk {number} is down." in bodies for number in range(3))
    until(lambda: not any(alarm.kind == "alarm_channel:office" for alarm in box.alarms()), "its end")


def test_a_mail_that_is_refused_for_good_is_not_tried_for_ever(
    box: Any, server: Server, address: str, sender: AlarmSender, until: Callable[..., None]
) -> None:
    server.answer_to_recipient = "550 nobody"
    configure(box, {"name": "office", "mail": ["nobody@example.com"]}, **mailed(address))
    come(box)
    until(lambda: [n.state for n in NoticeLog(box.state).last("office")] == ["failed"], "the refusal")
    assert "nobody" in NoticeLog(box.state).last("office")[0].said


def test_quiet_hours_keep_it_for_later(box: Any, sender: AlarmSender, until: Callable[..., None]) -> None:
    local = times.now().astimezone(sender_module.ZoneInfo(SITE["timezone"]))
    quiet = f"{local - timedelta(hours=2):%H:%M}-{local + timedelta(hours=2):%H:%M}"
    configure(box, {"name": "log", "syslog": {"server": "127.0.0.1:9"}, "quiet": quiet})
    come(box)
    until(lambda: NoticeLog(box.state).waiting("log"), "the notice")
    (notice,) = NoticeLog(box.state).last("log")
    assert timedelta(minutes=90) < notice.due_at - times.now() <= timedelta(hours=2)
    assert notice.tries == 0


SYSLOG = re.compile(r"<(\d+)>1 (\S+) (\S+) tipring - alarm-(\w+) \[tipring@8072 (.*?)\] \ufeff(.*)", re.DOTALL)


def read(message: bytes) -> dict[str, str]:
    found = SYSLOG.fullmatch(message.decode())
    assert found, message
    fields = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', found[5]))
    return fields | {"priority": found[1], "at": found[2], "host": found[3], "text": found[6]}


@contextlib.contextmanager
def datagrams() -> Iterator[tuple[str, Callable[[], bytes]]]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
        heard.bind(("127.0.0.1", 0))
        heard.settimeout(20)
        yield f"127.0.0.1:{heard.getsockname()[1]}", lambda: heard.recv(65536)


def test_syslog_by_udp_says_all_of_an_alarm(box: Any, sender: AlarmSender) -> None:
    with datagrams() as (address, heard):
        configure(box, {"name": "log", "syslog": {"server": address}})
        id = come(box, 'A "bad" ] text\nof 安')
        got = read(heard())
        assert (got["id"], got["kind"], got["severity"]) == (id, "trunk:a", "error")
        assert got["priority"] == str(16 * 8 + 3)
        assert got["host"] == "Harbour-Dental"
        assert got["text"] == 'A "bad" ] text of 安'
        assert datetime.fromisoformat(got["at"]).tzinfo == UTC


class _Stream(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        rest = self.rfile.read()
        while rest:
            length, _, rest = rest.partition(b" ")
            self.server.messages.append(rest[: int(length)])  # type: ignore[attr-defined]
            rest = rest[int(length) :]


@contextlib.contextmanager
def stream(tls: ssl.SSLContext | None = None) -> Iterator[Any]:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Stream, bind_and_activate=True)
    server.daemon_threads = True
    server.messages = []  # type: ignore[attr-defined]
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def test_syslog_by_tcp_frames_each_message(box: Any, sender: AlarmSender, until: Callable[..., None]) -> None:
    with stream() as server:
        configure(
            box, {"name": "log", "syslog": {"server": f"127.0.0.1:{server.server_address[1]}", "transport": "tcp"}}
        )
        go(box, come(box))
        until(lambda: len(server.messages) == 2, "both messages")
        assert [read(message)["what"] for message in server.messages] == ["raised", "cleared"]


def test_syslog_by_tls_checks_the_server(tmp_path: Path) -> None:
    files = EdgeFiles(tmp_path)
    certificate.ensure(files)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.certificate, files.key)
    now = times.now()
    data = Alarm("a1", "disk", Severity.ERROR, "The disk is full.", now).as_json()
    notice = notices.Notice("n1", "log", "a1", "raised", now, data, "waiting", 0, now, None, "")
    with stream(context) as server:
        settings = {"server": f"127.0.0.1:{server.server_address[1]}", "transport": "tls"}
        with pytest.raises(ssl.SSLCertVerificationError):
            syslog.send(settings, [notice], "box")
        assert server.messages == []
        syslog.send(settings | {"ca_file": str(files.certificate)}, [notice], "box")
        assert read(server.messages[0])["text"] == "The disk is full."


def test_a_syslog_server_that_is_away_costs_nothing(box: Any, sender: AlarmSender, until: Callable[..., None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    configure(box, {"name": "log", "syslog": {"server": f"127.0.0.1:{port}", "transport": "tcp"}, "severity": "error"})
    come(box)
    until(lambda: any(notice.tries > 1 for notice in NoticeLog(box.state).last("log")), "the tries")
    server = socketserver.ThreadingTCPServer(("127.0.0.1", port), _Stream)
    server.messages = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        until(lambda: server.messages, "the message")  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()


def test_an_snmp_receiver_confirms_each(box: Any, sender: AlarmSender, until: Callable[..., None]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as heard:
        heard.bind(("127.0.0.1", 0))
        heard.settimeout(20)
        server = f"127.0.0.1:{heard.getsockname()[1]}"
        configure(box, {"name": "nms", "snmp": {"server": server, "community": "harbour"}})
        id = come(box, severity=Severity.CRITICAL)
        message, source = heard.recvfrom(65536)
        version = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]
        request, _ = decoder.decode(message, asn1Spec=version.Message())
        assert version.apiMessage.get_community(request).asOctets() == b"harbour"
        pdu = version.apiMessage.get_pdu(request)
        assert pdu.isSameTypeWith(version.InformRequestPDU())
        values = {str(oid): value for oid, value in version.apiPDU.get_varbinds(pdu)}
        root = "1.3.6.1.4.1.8072.9999.9999.8474"
        assert str(values["1.3.6.1.6.3.1.1.4.1.0"]) == f"{root}.0.1"
        assert values[f"{root}.1.1.0"].asOctets().decode() == id
        assert int(values[f"{root}.1.3.0"]) == 3
        assert values[f"{root}.1.4.0"].asOctets() == b"The trunk a is down."
        assert NoticeLog(box.state).waiting("nms") == 1  # until it is confirmed
        answer = version.apiMessage.get_response(request)
        heard.sendto(encoder.encode(answer), source)
    until(lambda: NoticeLog(box.state).waiting("nms") == 0, "the confirmation")


def test_a_webhook_gets_those_that_its_channel_wants(box: Any, sender: AlarmSender, until: Callable[..., None]) -> None:
    hook = {"name": "crm", "url": "https://crm.example.com/", "secret": "0123456789abcdef"}
    configure(box, {"name": "x", "webhook": "crm", "severity": "critical"}, webhook=[hook])
    come(box, kind="trunk:b")
    id = come(box, severity=Severity.CRITICAL)
    until(lambda: webhooks.waiting(box.db, "crm", 9), "the delivery")
    assert [item.subject for item in webhooks.waiting(box.db, "crm", 9)] == [id]


def test_the_numbers_are_called_in_turn_until_somebody_presses_1(
    box: Any, until: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, Any]] = []
    outcomes = {"201": "no_answer", "+15550100": "acknowledged"}

    class Core:
        def __init__(self, path: Path, timeout_s: float) -> None:
            pass

        def __enter__(self) -> Core:
            return self

        def __exit__(self, *args: object) -> None:
            pass

        def request(self, method: str, **params: Any) -> dict[str, str]:
            asked.append(params)
            return {"outcome": outcomes[params["number"]]}

    monkeypatch.setattr("firmware.uplink.alarm_ways.Control", Core)
    configure(box, {"name": "phone", "call": ["201", "+15550100"]})
    sender = AlarmSender(box.state, retry_s=(0.05, 0.1), look_s=0.05)
    sender.start()
    try:
        come(box, "A warning.", Severity.WARNING, "disk")
        id = come(box, severity=Severity.CRITICAL)
        until(lambda: [n.state for n in NoticeLog(box.state).last("phone")] == ["done"], "the call")
    finally:
        sender.stop()
    assert [call["number"] for call in asked] == ["201", "+15550100"]
    assert (asked[0]["ids"], asked[0]["texts"]) == ([id], ["The trunk a is down."])
    assert asked[0]["language"] == "en"
    assert NoticeLog(box.state).last("phone")[0].said == "+15550100 pressed 1"


def test_a_test_notice_is_sent_at_once(
    box: Any, server: Server, address: str, sender: AlarmSender, until: Callable[..., None]
) -> None:
    configure(box, {"name": "office", "mail": ["anna@example.com"], "severity": "critical"}, **mailed(address))
    NoticeLog(box.state).test("office")
    until(lambda: server.mails, "the mail")
    assert server.mails[0]["Subject"] == "[Harbour Dental] Test: This is only a test. Nothing is wrong."
    assert box.alarms() == []
