# SPDX-License-Identifier: GPL-2.0-or-later
"""A box with something to lose."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest

from firmware import times
from firmware.backup.packing import What, pack
from firmware.records import Contact
from firmware.store import contacts
from firmware.store.access import Access
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_writing, transaction
from hil import blank_state

PASSPHRASE = "correct horse battery staple"
PORTS = ["fxo1", "fxo2", "fxs1", "fxs2"]
DOCUMENT = {
    "site": {"name": "Smith & Sons", "country": "us", "language": "en", "timezone": "UTC"},
    "extension": [
        {"number": "201", "name": "Alice", "port": "fxs1", "voicemail": True},
        {"number": "202", "name": "Bob", "port": "fxs2"},
        {"number": "203", "name": "Carol", "sip": {}},
    ],
    "line": [{"port": "fxo1", "name": "Main"}, {"port": "fxo2", "name": "Fax"}],
    "trunk": [{"name": "lines", "ports": ["fxo1", "fxo2"]}],
    "agent": [{"id": "alice", "extension": "201", "queues": {"support": 1}}],
    "queue": [{"name": "support", "number": "600"}],
    "route": [{"line": "fxo1", "to": "queue:support"}, {"line": "fxo2", "to": "extension:203"}],
    "outbound": [{"pattern": "9.", "strip": 1, "trunks": ["lines"]}],
    "backup": {"passphrase": PASSPHRASE},
}
CALLS = 40
ALL = What()


def call(db: object, number: int) -> None:
    """A row of a call that ended."""
    at = times.milliseconds(times.now()) - number * 60_000
    columns = {row[1]: row for row in db.execute("PRAGMA table_info(calls)")}  # type: ignore[attr-defined]
    given = {"id": f"call-{number:06}", "direction": "inbound", "from_number": f"555{number:04}", "started_at": at}
    for name, row in columns.items():
        if row[3] and row[4] is None and name not in given:
            given[name] = "" if "TEXT" in str(row[2]).upper() else 0
    names = ", ".join(given)
    sql = f"INSERT INTO calls ({names}) VALUES ({', '.join('?' * len(given))})"  # noqa: S608
    db.execute(sql, tuple(given.values()))  # type: ignore[attr-defined]


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """The state directory of a box that has worked."""
    state = tmp_path / "office"
    state.mkdir()
    fill(state)
    return state


def fill(state: Path) -> None:
    """A configuration, an owner, calls, a contact, a message, a prompt, a certificate, a recording."""
    blank_state.copy_to(state)
    configs, access = ConfigDb(state), Access(state)
    configs.apply(DOCUMENT, "test")
    configs.remember_ports(PORTS)
    access.set_up(access.create_setup_link(), "owner", "a long password of the owner")
    path = state / "history.db"
    with contextlib.closing(open_for_writing(path)) as db, transaction(db, path):
        contacts.changed(db, [], [Contact("5550199", "The dentist")])
        for number in range(CALLS):
            call(db, number)
    for name, content in {
        "voicemail/201/m1.wav": b"RIFF a message",
        "prompts/hello.wav": b"RIFF hello",
        "edge/certificate.pem": b"-----BEGIN CERTIFICATE-----",
        "edge/key.pem": b"-----BEGIN KEY-----",
        "edge/kamailio.cfg": b"# made anew",
        "recordings/2026/11/r1.opus": b"OggS" * 20_000,
    }.items():
        (state / name).parent.mkdir(parents=True, exist_ok=True)
        (state / name).write_bytes(content)


@pytest.fixture
def new_box(tmp_path: Path) -> Path:
    """One that was just unpacked: its core has seen its ports."""
    state = tmp_path / "new"
    state.mkdir()
    blank_state.copy_to(state)
    ConfigDb(state).remember_ports(PORTS)
    return state


def packed(state: Path, what: What = ALL) -> bytes:
    """A backup."""
    out = io.BytesIO()
    pack(state, what, PASSPHRASE, out)
    return out.getvalue()


def count(state: Path, table: str, file: str = "history.db") -> int:
    """Rows of a table."""
    with contextlib.closing(open_for_writing(state / file)) as db:
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608
