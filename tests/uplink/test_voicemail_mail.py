# SPDX-License-Identifier: GPL-2.0-or-later
"""Messages leave by e-mail, to a real SMTP server: once it is there, however often it failed before."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.records import Message, MessageState
from firmware.store import history, message_files, outbox, voicemail
from firmware.store.connect import transaction
from firmware.uplink.mail import REFUSED, TELL_AFTER, UNSENT, Mailer
from tests.uplink.mail_server import Server

AT = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
ANNA = "anna@example.com"


def configure(box, address: str, **mail: str) -> None:
    box.configs.apply(
        {
            "site": {"name": "Harbour Dental", "timezone": "Europe/Berlin", "language": "en"},
            "extension": [{"number": "201", "name": "Anna", "port": "fxs1", "voicemail": {"email": ANNA}}],
            "mail": {"server": address, "security": "none", "sender": "box@example.com", **mail},
        },
        "test",
    )


def leave(box, id: str = "m1", with_file: bool = True) -> Message:
    message = Message(id, "201", "c1", "5551234", "安 Smith", AT, 23.2, 100, "ab", MessageState.NEW)
    path = message_files.sound_path(box.state / "voicemail", message)
    path.parent.mkdir(parents=True, exist_ok=True)
    if with_file:
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(bytes(1600))
    with transaction(box.db, "history.db") as db:
        voicemail.left(db, message, cloud=True, email=ANNA)
    return message


@pytest.fixture
def mailer(box) -> Iterator[Mailer]:
    mailer = Mailer(box.state, retry_s=(0.05, 0.1), look_s=0.05)
    mailer.start()
    yield mailer
    mailer.stop()


def waiting(box) -> list[tuple[int, str | None]]:
    return [(row["tries"], row["parked"]) for row in box.db.execute("SELECT tries, parked FROM mails")]


def test_a_message_comes_with_its_sound(box, server: Server, address: str, mailer: Mailer, until) -> None:
    configure(box, address, username="box", password="right")
    message = leave(box)
    until(lambda: server.mails, "the mail")
    (mail,) = server.mails
    assert (mail["To"], mail["From"]) == (ANNA, "Harbour Dental <box@example.com>")
    assert mail["Subject"] == "Voicemail from 5551234 安 Smith (0:23)"
    assert mail["Message-ID"] == "<m1@example.com>"
    body = mail.get_body()
    assert body
    assert "for 201 Anna on 2026-11-22 15:05" in body.get_content()
    (sound,) = mail.iter_attachments()
    assert sound.get_content_type() == "audio/wav"
    assert sound.get_filename() == "20261122-150500-5551234.wav"
    stored = message_files.sound_path(box.state / "voicemail", message)
    assert sound.get_content() == Path(stored).read_bytes()
    until(lambda: not waiting(box), "the outbox")
    assert server.logins == [b"box"]


def test_a_server_that_is_away_is_tried_until_it_is_back(
    box, server: Server, address: str, mailer: Mailer, until
) -> None:
    configure(box, "127.0.0.1:1")
    leave(box)
    until(lambda: waiting(box)[0][0] >= TELL_AFTER, "the outbox")
    until(lambda: [alarm.kind for alarm in box.alarms()] == [UNSENT], "an alarm")
    configure(box, address)
    until(lambda: server.mails, "the mail")
    until(lambda: not box.alarms(), "no alarm")
    assert waiting(box) == []


def test_a_server_that_is_busy_is_tried_again_and_one_that_refuses_is_not(
    box, server: Server, address: str, mailer: Mailer, until
) -> None:
    configure(box, address)
    server.answer_to_mail = "451 later"
    leave(box)
    until(lambda: waiting(box)[0][0] >= 2, "the outbox")
    server.answer_to_recipient = "550 nobody here"
    until(lambda: waiting(box)[0][1], "the outbox")
    until(lambda: REFUSED in [alarm.kind for alarm in box.alarms()], "an alarm")
    server.answer_to_mail = server.answer_to_recipient = "250 OK"
    leave(box, "m2")
    until(lambda: [mail["Message-ID"] for mail in server.mails] == ["<m2@example.com>"], "the mail")


def test_a_wrong_password_is_an_alarm_and_loses_nothing(
    box, server: Server, address: str, mailer: Mailer, until
) -> None:
    configure(box, address, username="box", password="wrong")
    leave(box)
    until(lambda: UNSENT in [alarm.kind for alarm in box.alarms()], "an alarm")
    configure(box, address, username="box", password="right")
    until(lambda: server.mails, "the mail")


def test_what_was_deleted_meanwhile_is_not_sent(box, server: Server, address: str, mailer: Mailer, until) -> None:
    leave(box, with_file=False)
    configure(box, address)
    until(lambda: not waiting(box), "the outbox")
    leave(box, "m2")
    with transaction(box.db, "history.db") as db:
        voicemail.deleted(db, "m2")
    leave(box, "m3")
    until(lambda: [mail["Message-ID"] for mail in server.mails] == ["<m3@example.com>"], "the mail")


def test_the_cloud_is_told_of_a_message_in_the_same_commit(box) -> None:
    leave(box)
    (item,) = outbox.pending(box.db, 10)
    assert (item.type, item.subject, item.data["from_number"]) == ("tipring.voicemail.left", "m1", "5551234")
    assert history.standing_alarms(box.db) == []
