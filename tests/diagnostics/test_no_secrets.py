# SPDX-License-Identifier: GPL-2.0-or-later
"""Secrets are planted wherever a box keeps any, and looked for in the file of diagnostics: there is none."""

from __future__ import annotations

import io
import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware import logs
from firmware.cli import main
from firmware.diagnostics.bundle import write
from firmware.diagnostics.redaction import Redaction, secrets_of, short
from firmware.ids import uuid7
from firmware.records import Alarm, Cdr, Direction, Disposition, Severity
from firmware.store import history
from firmware.store.access import Access
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_writing, transaction

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
PLANTED = {
    "sip": "sip-pass-Zq7!x", "trunk": "trunk-pass-8Kd", "pin": "86420197", "token": "cloud-token-5150",
    "webhook": "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ=", "smtp": "smtp-pass-31415", "community": "snmp-comm-77",
    "auth": "snmp-auth-888888", "privacy": "snmp-priv-999999", "former": "former-pass-1999",
    "path": "t0k3n-in-the-path",
}  # fmt: skip
DOCUMENT = {
    "extension": [{"number": "201", "port": "fxs1", "sip": {"password": PLANTED["sip"]},
                   "voicemail": {"pin": PLANTED["pin"]}}],
    "trunk": [{"name": "cloud", "sip": {"registrar": "sip.example.com", "username": "u",
                                        "password": PLANTED["trunk"]}}],
    "cloud": {"url": "https://cloud.example.com/tenant", "token": PLANTED["token"], "recordings": True},
    "webhook": [{"name": "crm", "url": f"https://crm.example.com/{PLANTED['path']}", "secret": PLANTED["webhook"]}],
    "mail": {"server": "mail.example.com", "sender": "box@example.com", "username": "u", "password": PLANTED["smtp"]},
    "alarm_channel": [
        {"name": "a", "snmp": {"server": "192.0.2.1", "community": PLANTED["community"]}},
        {"name": "b", "snmp": {"server": "192.0.2.1", "user": "u", "password": PLANTED["auth"],
                               "privacy_password": PLANTED["privacy"]}},
    ],
}  # fmt: skip
OWNERS = "owner-password-123"
IN_LOGS = [
    *PLANTED.values(),
    "Authorization: Bearer tk_0123456789abcdef",
    'Authorization: Digest username="201", realm="box", response="0123456789abcdef0123456789abcdef"',
    "connecting to https://anna:her-own-password@example.com/",
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj",
    "password=plain-in-a-log&token=another-one-there",
    "-----BEGIN PRIVATE KEY----- MIIEvQIBADANBgkq -----END PRIVATE KEY-----",
    "used tipring_AbCdEfGhIjKlMnOpQrStUvWxYz012345 and /setup?code=MpFHgEIXdhGH5T1HZqxg",
    "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub",
]
NEVER = [
    OWNERS, *PLANTED.values(), "tk_0123456789abcdef", "0123456789abcdef0123456789abcdef", "her-own-password",
    "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj", "plain-in-a-log", "another-one-there", "MIIEvQIBADANBgkq",
    "RdescudvJCsgt3ub", "AbCdEfGhIjKlMnOpQrSt", "MpFHgEIXdhGH5T1HZqxg", "+15551234567", "Mrs. Smith",
]  # fmt: skip


@pytest.fixture
def planted(state: Path) -> Path:
    """A state directory with secrets everywhere."""
    configs = ConfigDb(state)
    configs.apply({"extension": [{"number": "201", "sip": {"password": PLANTED["former"]}}]}, "owner")
    configs.apply(DOCUMENT, "owner")
    Access(state).create_user("owner", OWNERS, "admin")
    logs.folder(state).mkdir()
    for name in ("core", "web"):
        lines = (f"2026-11-22T08:00:00.000Z INFO firmware.edge: {line}\n" for line in IN_LOGS)
        (logs.folder(state) / f"{name}.log").write_text("".join(lines) + "2026-11-22T08:00:01.000Z INFO a: was here\n")
    for folder in ("recordings", "voicemail", "edge"):
        (state / folder).mkdir(exist_ok=True)
        (state / folder / "key.pem").write_text(IN_LOGS[-2])
    db = open_for_writing(state / "history.db")
    with transaction(db, "history.db"):
        text = f"The trunk refuses {PLANTED['trunk']}."
        history.alarm_raised(db, Alarm(uuid7(), "trunk:cloud", Severity.ERROR, text, AT), cloud=False)
        cdr = Cdr(uuid7(), Direction.INBOUND, "+15551234567", "Mrs. Smith", "201", AT, ended_at=AT,
                  disposition=Disposition.ANSWERED)  # fmt: skip
        history.call_ended(db, cdr, cloud=False)
    db.close()
    return state


def texts(packed: bytes) -> dict[str, str]:
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        found = {}
        for member in tar:
            file = tar.extractfile(member)
            assert file
            found[member.name] = file.read().decode()
        return found


def test_no_secret_is_in_it_and_everything_else_is(planted: Path) -> None:
    packed = io.BytesIO()
    write(planted, packed)
    found = texts(packed.getvalue())
    leaks = [(secret, name) for name, text in found.items() for secret in NEVER if secret in text]
    assert leaks == []
    assert found["tipring/log/core.txt"].endswith("was here\n")
    assert json.loads(found["tipring/config.json"])["trunk"][0]["sip"]["registrar"] == "sip.example.com"
    assert json.loads(found["tipring/calls.json"])[0]["from_number"] == "…567"
    assert json.loads(found["tipring/alarms.json"])[0]["kind"] == "trunk:cloud"
    assert json.loads(found["tipring/versions.json"])["tipring"]
    assert "not to be had" in found["tipring/status.json"]  # the core does not run


def test_the_command_writes_it_for_its_user_only(
    planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "it.tar.gz"
    assert main(["diagnostics", "--state", str(planted), "-o", str(out)]) == 0
    assert out.stat().st_mode & 0o777 == 0o600
    assert "tipring/config.json" in texts(out.read_bytes())


def test_an_empty_box_has_one_too(state: Path) -> None:
    packed = io.BytesIO()
    write(state, packed)
    assert "not to be had" in texts(packed.getvalue())["tipring/config.json"]


def test_secrets_are_found_by_their_keys_and_covered_in_any_text() -> None:
    assert sorted(secrets_of(DOCUMENT)) == sorted(set(PLANTED.values()) - {PLANTED["former"]})
    assert Redaction(["abcd", "abcdef"]).of("x abcdef y abcd") == "x ******** y ********"
    assert Redaction([]).of("nothing to hide") == "nothing to hide"


@pytest.mark.parametrize(("number", "shown"), [("201", "201"), ("+15551234567", "…567"), ("", ""), (None, None)])
def test_a_number_is_cut_and_an_extension_is_not(number: str | None, shown: str | None) -> None:
    assert short(number) == shown
