# SPDX-License-Identifier: GPL-2.0-or-later
"""The tables of config.db and history.db, as migrations. A migration that has shipped is never changed.

Only `python -m firmware.store.migrations` imports this: sqlite-utils is too large for services that stay.
Times are ISO 8601 UTC with milliseconds, so that text order is time order; in `calls` and `facts`, of which there are
millions, they are milliseconds since 1970.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

from firmware.records import Cdr
from firmware.store import facts as call_facts
from firmware.store import line_hours as sums
from firmware.store import rows, stories

config = Migrations("config")
history = Migrations("history")


@config()
def revisions(db: Database) -> None:
    db.table("revisions").create(
        {"id": int, "at": str, "author": str, "document": str},
        pk="id",
        not_null={"at", "author", "document"},
    )
    db.table("box").create({"key": str, "value": str}, pk="key", not_null={"value"})


@config()
def access(db: Database) -> None:
    db.table("tokens").create(
        {"id": str, "hash": str, "role": str, "name": str, "created_at": str},
        pk="id",
        not_null={"hash", "role", "name", "created_at"},
    ).create_index(["hash"], unique=True)
    db.table("users").create(
        {"name": str, "password": str, "role": str, "created_at": str},
        pk="name",
        not_null={"password", "role", "created_at"},
    )
    db.table("sessions").create(
        {"hash": str, "user": str, "created_at": str, "seen_at": str},
        pk="hash",
        not_null={"user", "created_at", "seen_at"},
    ).create_index(["user"])
    db.table("setup_links").create({"hash": str, "expires_at": str}, pk="hash", not_null={"expires_at"})


@config()
def second_factors(db: Database) -> None:
    """What a user needs besides the password, where sessions are, and who came in."""
    for column, kind in (("totp", str), ("totp_step", int)):
        db.table("users").add_column(column, kind)
    for column in ("address", "browser"):
        db.table("sessions").add_column(column, str, not_null_default="")
    db.table("recovery_codes").create({"hash": str, "user": str}, pk="hash", not_null={"user"}).create_index(["user"])
    db.table("passkeys").create(
        {"id": str, "user": str, "name": str, "public_key": bytes, "sign_count": int, "created_at": str,
         "used_at": str},
        pk="id",
        not_null={"user", "name", "public_key", "sign_count", "created_at"},
    ).create_index(["user"])  # fmt: skip
    db.table("access_log").create(
        {"id": int, "at": str, "who": str, "what": str, "detail": str, "address": str},
        pk="id",
        not_null={"at", "who", "what", "detail", "address"},
    )


@config()
def idempotency_keys(db: Database) -> None:
    """What programs asked for under a key, for a day."""
    db.table("idempotency_keys").create(
        {"key": str, "request": str, "process": str, "at": str, "answer": bytes},
        pk="key",
        not_null={"request", "process", "at"},
    ).create_index(["at"])


@config()
def wallboards(db: Database) -> None:
    """Links by which a screen shows queues without a log-in."""
    db.table("wallboards").create(
        {"id": str, "hash": str, "name": str, "queues": str, "author": str, "created_at": str},
        pk="id",
        not_null={"hash", "name", "queues", "author", "created_at"},
    ).create_index(["hash"], unique=True)


@history()
def calls(db: Database) -> None:
    table = db.table("calls").create(
        {
            "id": str,
            "direction": str,
            "from_number": str,
            "from_name": str,
            "to_number": str,
            "line": str,
            "trunk": str,
            "queue": str,
            "agent": str,
            "started_at": str,
            "answered_at": str,
            "ended_at": str,
            "wait_s": float,
            "talk_s": float,
            "disposition": str,
            "hangup_cause": int,
            "hangup_by": str,
        },
        pk="id",
        not_null={"direction", "from_number", "from_name", "to_number", "started_at", "wait_s", "talk_s"},
    )
    table.create_index(["started_at", "id"])
    for column in ("from_number", "to_number", "queue", "agent"):
        table.create_index([column, "started_at", "id"])
    db.execute("CREATE INDEX calls_open ON calls (id) WHERE ended_at IS NULL")


@history()
def trail(db: Database) -> None:
    db.table("trail").create(
        {"id": int, "call": str, "at": str, "event": str, "data": str},
        pk="id",
        not_null={"call", "at", "event", "data"},
    ).create_index(["call", "id"])
    db.table("legs").create(
        {"id": str, "call": str, "kind": str, "name": str, "started_at": str, "ended_at": str, "cause": int},
        pk="id",
        not_null={"call", "kind", "name", "started_at"},
    ).create_index(["call", "id"])


@history()
def recordings(db: Database) -> None:
    table = db.table("recordings").create(
        {
            "id": str,
            "call": str,
            "path": str,
            "started_at": str,
            "duration_s": float,
            "bytes": int,
            "sha256": str,
            "state": str,
        },
        pk="id",
        not_null={"call", "path", "started_at", "duration_s", "bytes", "sha256", "state"},
    )
    table.create_index(["call", "id"])
    table.create_index(["started_at", "id"])
    db.execute("CREATE INDEX recordings_open ON recordings (id) WHERE state = 'recording'")


@history()
def alarms(db: Database) -> None:
    db.table("alarms").create(
        {"id": str, "kind": str, "severity": str, "text": str, "raised_at": str, "cleared_at": str},
        pk="id",
        not_null={"kind", "severity", "text", "raised_at"},
    ).create_index(["raised_at", "id"])
    db.execute("CREATE INDEX alarms_open ON alarms (kind, text) WHERE cleared_at IS NULL")


@history()
def outbox(db: Database) -> None:
    """`seq` is the order of sending. Its numbers are never used twice, so that order survives deletion."""
    db.execute(
        """CREATE TABLE outbox (
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL CHECK (kind IN ('event', 'audio')),
            type TEXT NOT NULL,
            subject TEXT NOT NULL,
            time TEXT NOT NULL,
            data TEXT NOT NULL,
            parked TEXT
        )"""
    )
    db.execute("CREATE INDEX outbox_pending ON outbox (seq) WHERE parked IS NULL")
    db.execute("CREATE INDEX outbox_parked ON outbox (seq) WHERE parked IS NOT NULL")


@history()
def uplink(db: Database) -> None:
    """What the uplink has to know after a restart, e.g. which cloud refused what is parked."""
    db.table("uplink").create({"key": str, "value": str}, pk="key", not_null={"value"})


@history()
def lines(db: Database) -> None:
    """What the Line Doctor learnt from each call, what is usual on each line, and what its examinations found."""
    db.table("line_lessons").create(
        {"id": str, "line": str, "at": str, "lesson": str}, pk="id", not_null={"line", "at", "lesson"}
    ).create_index(["line", "id"])
    db.table("line_baselines").create({"line": str, "at": str, "baseline": str}, pk="line", not_null={"at", "baseline"})
    db.table("line_reports").create(
        {"id": str, "line": str, "at": str, "report": str}, pk="id", not_null={"line", "at", "report"}
    ).create_index(["line", "id"])


@history()
def dial_plan(db: Database) -> None:
    """Calls that count against toll fraud, kinds of calls that were stopped, and switches that people set by phone."""
    db.table("toll_calls").create(
        {"id": str, "kind": str, "number": str, "at": str, "began": str, "ended": str},
        pk="id",
        not_null={"kind", "number", "at"},
    ).create_index(["at"])
    db.table("toll_stops").create(
        {"kind": str, "since": str, "why": str, "lifted_at": str}, pk="kind", not_null={"why"}
    )
    db.table("switches").create({"name": str, "value": str}, pk="name", not_null={"value"})


@history()
def voicemail(db: Database) -> None:
    """Messages, and the e-mails about them that the uplink has still to send."""
    db.table("messages").create(
        {
            "id": str, "box": str, "call": str, "from_number": str, "from_name": str, "started_at": str,
            "duration_s": float, "bytes": int, "sha256": str, "state": str,
        },
        pk="id",
        not_null={"box", "call", "from_number", "from_name", "started_at", "duration_s", "bytes", "sha256", "state"},
    ).create_index(["box", "started_at", "id"])  # fmt: skip
    db.table("messages").create_index(["started_at", "id"])
    db.table("mails").create(
        {"id": str, "address": str, "tries": int, "due_at": str, "parked": str},
        pk="id",
        not_null={"address", "tries", "due_at"},
    )


@history()
def attestation(db: Database) -> None:
    """What providers say of callers' numbers."""
    db.table("calls").add_column("attestation", str).add_column("verstat", str)


@history()
def call_backs(db: Database) -> None:
    """Callers who left a queue and kept their place; what callers answered after their calls."""
    table = db.table("call_backs").create(
        {
            "id": str, "call": str, "queue": str, "number": str, "name": str, "language": str, "started_at": str,
            "since": str, "wanted_at": str, "due_at": str, "tries": int, "state": str, "reason": str, "agent": str,
            "last_call": str, "ended_at": str,
        },
        pk="id",
        not_null={"queue", "number", "name", "language", "started_at", "since", "due_at", "tries", "state", "reason"},
    )  # fmt: skip
    table.create_index(["started_at", "id"])
    table.create_index(["queue", "started_at", "id"])
    db.execute("CREATE INDEX call_backs_open ON call_backs (started_at, id) WHERE ended_at IS NULL")
    table = db.table("survey_answers").create(
        {
            "id": int, "call": str, "survey": str, "question": str, "score": int, "queue": str, "agent": str,
            "started_at": str,
        },
        pk="id",
        not_null={"call", "survey", "question", "started_at"},
    )  # fmt: skip
    table.create_index(["started_at", "id"])
    table.create_index(["call", "id"])
    for column in ("queue", "agent"):
        table.create_index([column, "started_at", "id"])


@history()
def recording_store(db: Database) -> None:
    """Why a call is recorded, what of it is silenced, how it is kept; notes, tags, who listened; the chain of proof."""
    table = db.table("recordings")
    for column, default in (("rule", ""), ("masked", "[]"), ("codec", "wav"), ("key", ""), ("hold", ""), ("gone", "")):
        table.add_column(column, str, not_null_default=default)
    table.add_column("archived_at", str)
    db.execute("CREATE INDEX recordings_unarchived ON recordings (id) WHERE state = 'ready' AND archived_at IS NULL")
    db.execute("CREATE INDEX recordings_kept ON recordings (started_at, id, bytes, hold) WHERE state = 'ready'")
    db.execute("CREATE INDEX recordings_held ON recordings (started_at, id) WHERE hold != ''")
    db.table("recording_notes").create(
        {"id": str, "recording": str, "at_s": float, "author": str, "at": str, "text": str},
        pk="id",
        not_null={"recording", "at_s", "author", "at", "text"},
    ).create_index(["recording", "at_s", "id"])
    db.execute("CREATE VIRTUAL TABLE recording_words USING fts5 (text, note UNINDEXED, recording UNINDEXED)")
    db.table("recording_tags").create(
        {"recording": str, "tag": str}, pk=("recording", "tag"), not_null={"recording", "tag"}
    ).create_index(["tag", "recording"])
    db.table("recording_audit").create(
        {"id": str, "recording": str, "at": str, "who": str, "what": str, "detail": str},
        pk="id",
        not_null={"recording", "at", "who", "what", "detail"},
    ).create_index(["recording", "id"])
    db.table("recording_chain").create(
        {"seq": int, "kind": str, "recording": str, "at": str, "facts": str, "link": str},
        pk="seq",
        not_null={"kind", "recording", "at", "facts", "link"},
    ).create_index(["recording", "seq"])
    db.table("erasures").create(
        {"id": str, "at": str, "author": str, "reason": str, "counts": str},
        pk="id",
        not_null={"at", "author", "reason", "counts"},
    )


@history()
def agents(db: Database) -> None:
    """Where agents sit, what changed for them and by whom, and the calls that were offered to them."""
    db.table("agent_seats").create({"agent": str, "extension": str}, pk="agent", not_null={"extension"})
    table = db.table("agent_changes").create(
        {
            "id": str, "agent": str, "at": str, "change": str, "reason": str, "queue": str, "extension": str,
            "by": str, "via": str, "was": str, "was_reason": str, "queues": str, "lasted_s": float,
        },
        pk="id",
        not_null={"agent", "at", "change", "reason", "by", "via", "was", "was_reason", "queues", "lasted_s"},
    )  # fmt: skip
    table.create_index(["at", "id"])
    table.create_index(["agent", "at", "id"])
    db.execute(
        """CREATE TABLE agent_calls (
            agent TEXT NOT NULL, at TEXT NOT NULL, call TEXT NOT NULL, queue TEXT NOT NULL, outcome TEXT NOT NULL,
            ring_s REAL NOT NULL, talk_s REAL, hold_s REAL NOT NULL, wrap_s REAL, code TEXT,
            PRIMARY KEY (agent, at, call)
        ) WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX agent_calls_open ON agent_calls (agent) WHERE talk_s IS NULL OR wrap_s IS NULL")
    db.table("calls").add_column("disposition_code", str)


@history()
def facts(db: Database) -> None:
    """What reports count; stories of ended calls in one column; indexes of calls without what the row has anyway.

    Calls that ended before this version get their facts, and their trail and legs are packed.
    """
    _times_as_numbers(db)
    db.execute("CREATE INDEX calls_open ON calls (id) WHERE ended_at IS NULL")
    db.execute("CREATE UNIQUE INDEX calls_seq ON calls (seq) WHERE seq IS NOT NULL")
    db.execute("CREATE INDEX calls_disposition ON calls (disposition, started_at) WHERE disposition != 'answered'")
    db.execute("CREATE INDEX calls_started_at ON calls (started_at)")
    for column in ("from_number", "to_number", "queue", "agent"):
        some = f" WHERE {column} IS NOT NULL" if column in ("queue", "agent") else ""
        db.execute(f"CREATE INDEX calls_{column} ON calls ({column}, started_at){some}")
    for column in ("call", "started_at"):
        db.execute(f"DROP INDEX idx_recordings_{column}_id")
        db.execute(f"CREATE INDEX recordings_{column} ON recordings ({column})")
    db.execute(
        """CREATE TABLE facts (
            at INTEGER NOT NULL, call INTEGER NOT NULL, part INTEGER NOT NULL,
            direction TEXT NOT NULL, disposition TEXT, line TEXT, trunk TEXT, queue TEXT, agent TEXT,
            outcome TEXT NOT NULL, wait_ms INTEGER NOT NULL, ring_ms INTEGER NOT NULL, talk_ms INTEGER NOT NULL,
            hold_ms INTEGER NOT NULL, wrap_ms INTEGER NOT NULL, lead_ms INTEGER NOT NULL, busy_ms INTEGER NOT NULL,
            recorded INTEGER NOT NULL,
            PRIMARY KEY (at, call, part)
        ) WITHOUT ROWID"""
    )
    _get_mos(db)
    _conclude_all(db.conn)


def _times_as_numbers(db: Database) -> None:
    """Another table of calls: times in milliseconds since 1970, which takes a third of the room, and the story.

    `seq` is the order in which calls ended, by which exports and SMDR know what they have told.
    """
    old = db.table("calls")
    columns = {column.name: int if column.name in rows.CALL_TIMES else _TYPES[column.type] for column in old.columns}
    needed = {column.name for column in old.columns if column.notnull}
    db.table("new_calls").create({**columns, "story": bytes, "seq": int}, pk="id", not_null=needed)
    values = (
        f"CAST(strftime('%s', {name}) AS INTEGER) * 1000 + CAST(substr({name}, 21, 3) AS INTEGER)"
        if name in rows.CALL_TIMES
        else name
        for name in columns
    )
    names = ", ".join(columns)
    db.execute(f"INSERT INTO new_calls ({names}) SELECT {', '.join(values)} FROM calls ORDER BY rowid")  # noqa: S608
    old.drop()
    db.execute("ALTER TABLE new_calls RENAME TO calls")


def _get_mos(db: Database) -> None:
    """The column of `sound_of_lines`; facts that are made of calls from before `facts` have it already."""
    if "mos" not in db.table("facts").columns_dict:
        db.execute("ALTER TABLE facts ADD COLUMN mos INTEGER")


_TYPES = {"TEXT": str, "INTEGER": int, "FLOAT": float, "REAL": float}


def _conclude_all(connection: sqlite3.Connection) -> None:
    connection.row_factory = sqlite3.Row
    there = {row["name"] for row in connection.execute("PRAGMA table_info(calls)")}
    later = "".join(f", NULL AS {name}" for name in rows.columns(Cdr) if name not in there)
    sql = f"SELECT *{later} FROM calls WHERE ended_at IS NOT NULL ORDER BY ended_at, id"  # noqa: S608
    for row in connection.execute(sql).fetchall():
        stories.conclude(connection, rows.cdr(row, _recordings_of(connection, row["id"])))
    connection.row_factory = None


def _recordings_of(connection: sqlite3.Connection, call: str) -> list[str]:
    return [row["id"] for row in connection.execute("SELECT id FROM recordings WHERE call = ?", (call,))]


@history()
def acd_memory(db: Database) -> None:
    """What queues and agents were before a restart."""
    db.table("acd_memory").create(
        {"kind": str, "id": str, "data": str}, pk=("kind", "id"), not_null={"kind", "id", "data"}
    )


@history()
def call_backs_refused(db: Database) -> None:
    """Whether the customer of a call-back refused to be recorded."""
    db.execute("ALTER TABLE call_backs ADD COLUMN refused INTEGER NOT NULL DEFAULT 0")


@history()
def agent_now(db: Database) -> None:
    """What agents are since their last change."""
    db.table("agent_now").create(
        {"agent": str, "state": str, "reason": str, "queues": str, "since": str},
        pk="agent",
        not_null={"state", "reason", "queues", "since"},
    )


@history()
def queue_of_recordings(db: Database) -> None:
    """Recordings are found by the queue of their call, along an index; whoever writes either of both keeps it so."""
    db.execute("ALTER TABLE recordings ADD COLUMN queue TEXT")
    db.execute("UPDATE recordings SET queue = (SELECT queue FROM calls WHERE calls.id = recordings.call)")
    db.execute("CREATE INDEX recordings_queue ON recordings (queue, started_at) WHERE queue IS NOT NULL")
    db.execute(
        "CREATE TRIGGER recording_gets_queue AFTER INSERT ON recordings BEGIN UPDATE recordings "
        "SET queue = (SELECT queue FROM calls WHERE calls.id = new.call) WHERE id = new.id; END"
    )
    for name, event, when in (
        ("call_begins_with_queue", "INSERT", "new.queue IS NOT NULL"),
        ("call_changes_queue", "UPDATE OF queue", "new.queue IS NOT old.queue"),
    ):
        db.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON calls WHEN {when} "  # noqa: S608
            "BEGIN UPDATE recordings SET queue = new.queue WHERE call = new.id; END"
        )


@config()
def limits_of_users(db: Database) -> None:
    """Which queues a user or a program sees (a JSON list; empty: all), and where a user's own phone is."""
    for table in ("users", "tokens"):
        db.table(table).add_column("queues", str, not_null_default="[]")
    db.table("users").add_column("extension", str, not_null_default="")


@config()
def acceptance(db: Database) -> None:
    """What was seen and what was left out of the acceptance, and its certificates."""
    db.table("acceptance_seen").create(
        {"check": str, "left_out": int, "result": str, "at": str, "by": str, "text": str, "data": str},
        pk=("check", "left_out"),
        not_null={"result", "at", "by", "text", "data"},
    )
    db.table("acceptance_certificates").create(
        {"id": str, "issued_at": str, "document": str}, pk="id", not_null={"issued_at", "document"}
    )


@config()
def trial(db: Database) -> None:
    """The change that goes back by itself unless it is confirmed: one row, or none."""
    db.table("trial").create(
        {"id": int, "revision": int, "former": int, "author": str, "began": str, "until": str, "boot": str,
         "deadline": float},
        pk="id",
        not_null={"revision", "former", "author", "began", "until", "boot", "deadline"},
    )  # fmt: skip


@history()
def desk(db: Database) -> None:
    """What agents write of calls, and the phone book."""
    db.execute(
        """CREATE TABLE call_notes (
            call TEXT NOT NULL, author TEXT NOT NULL, at TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (call, author)
        ) WITHOUT ROWID"""
    )
    db.table("contacts").create({"number": str, "name": str}, pk="number", not_null={"name"})


@history()
def webhooks(db: Database) -> None:
    """Which events go where, each delivery, and how each webhook is."""
    db.table("webhook_types").create(
        {"type": str, "webhook": str}, pk=("type", "webhook"), not_null={"type", "webhook"}
    )
    table = db.table("webhook_deliveries").create(
        {
            "id": str, "webhook": str, "event": str, "type": str, "subject": str, "time": str, "data": str,
            "state": str, "tries": int, "status": int, "said": str, "tried_at": str,
        },
        pk="id",
        not_null={"webhook", "event", "type", "subject", "time", "data", "state", "tries", "said"},
        defaults={"state": "waiting", "tries": 0, "said": ""},
    )  # fmt: skip
    table.create_index(["webhook", "event"], unique=True)
    table.create_index(["webhook", "id"])
    db.execute("CREATE INDEX webhook_waiting ON webhook_deliveries (webhook, tries, id) WHERE state = 'waiting'")
    db.table("webhook_health").create(
        {"webhook": str, "failing_since": str, "disabled_at": str, "reason": str}, pk="webhook", not_null={"reason"}
    )


@history()
def board_events(db: Database) -> None:
    """Drills and moves of the lifeline, resets by the button."""
    db.table("board_events").create(
        {"id": str, "at": str, "kind": str, "result": str, "by": str},
        pk="id",
        not_null={"at", "kind", "result", "by"},
    )
    db.execute("CREATE INDEX board_events_kind ON board_events (kind, id)")


@history()
def alarms_acknowledged(db: Database) -> None:
    """When somebody said that the alarm is known."""
    db.execute("ALTER TABLE alarms ADD COLUMN acknowledged_at TEXT")


SETS = {"config.db": config, "history.db": history}


@history()
def bytes_of_recordings(db: Database) -> None:
    """How much the recordings that can be heard take is kept, since every visit to their page asks for it."""
    db.execute("CREATE TABLE recordings_total (bytes INTEGER NOT NULL)")
    db.execute("INSERT INTO recordings_total SELECT coalesce(sum(bytes), 0) FROM recordings WHERE state = 'ready'")
    added, taken = (f"iif({row}.state = 'ready', {row}.bytes, 0)" for row in ("new", "old"))
    for name, event, change in (
        ("recording_comes", "INSERT", f"+ {added}"),
        ("recording_changes", "UPDATE OF state, bytes", f"+ {added} - {taken}"),
        ("recording_goes", "DELETE", f"- {taken}"),
    ):
        db.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON recordings "  # noqa: S608
            f"BEGIN UPDATE recordings_total SET bytes = bytes {change}; END"
        )


@history()
def line_hours(db: Database) -> None:
    """What lines and trunks carried, hour by hour; calls that end fill it, also with the hours before this version."""
    db.execute(
        """CREATE TABLE line_hours (
            hour INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
            calls INTEGER NOT NULL, most INTEGER NOT NULL, busy_ms INTEGER NOT NULL,
            PRIMARY KEY (hour, kind, name)
        ) WITHOUT ROWID"""
    )


@history()
def alarms_told(db: Database) -> None:
    """Who acknowledged an alarm, how often it came, what of it is still to be told; and to whom it was."""
    for column in ("acknowledged_by TEXT", "count INTEGER NOT NULL DEFAULT 1", "held_until TEXT"):
        db.execute(f"ALTER TABLE alarms ADD COLUMN {column}")
    db.execute("CREATE INDEX alarms_over ON alarms (cleared_at)")
    db.execute("CREATE INDEX alarms_held ON alarms (held_until) WHERE held_until IS NOT NULL")
    db.execute(
        "CREATE TABLE alarm_news (seq INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT NOT NULL, data TEXT NOT NULL)"
    )
    table = db.table("alarm_notices").create(
        {
            "id": str, "channel": str, "alarm": str, "what": str, "at": str, "data": str, "state": str, "tries": int,
            "due_at": str, "tried_at": str, "said": str,
        },
        pk="id",
        not_null={"channel", "alarm", "what", "at", "data", "state", "tries", "due_at", "said"},
        defaults={"state": "waiting", "tries": 0, "said": ""},
    )  # fmt: skip
    table.create_index(["channel", "id"])
    db.execute("CREATE INDEX notices_waiting ON alarm_notices (channel, due_at, id) WHERE state = 'waiting'")


@history()
def text_messages(db: Database) -> None:
    """Text messages; each PDU that came, so that none counts twice; which reference of a modem was which message."""
    db.table("sms").create(
        {
            "id": str, "direction": str, "modem": str, "number": str, "text": str, "at": str, "state": str,
            "author": str, "reason": str, "parts": int, "sent_at": str, "delivered_at": str,
        },
        pk="id",
        not_null={"direction", "modem", "number", "text", "at", "state", "author", "reason", "parts"},
    )  # fmt: skip
    db.execute("CREATE INDEX sms_open ON sms (id) WHERE state IN ('queued', 'sending')")
    db.execute("CREATE INDEX sms_number ON sms (number)")
    db.execute(
        """CREATE TABLE sms_parts (
            digest TEXT PRIMARY KEY, modem TEXT NOT NULL, sender TEXT NOT NULL, reference INTEGER, total INTEGER,
            part INTEGER, text TEXT NOT NULL, at TEXT NOT NULL, sms TEXT
        ) WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX sms_parts_open ON sms_parts (modem, sender, reference, total) WHERE sms IS NULL")
    db.execute("CREATE INDEX sms_parts_at ON sms_parts (at)")
    db.execute(
        """CREATE TABLE sms_sent (
            modem TEXT NOT NULL, reference INTEGER NOT NULL, sms TEXT NOT NULL, outcome TEXT NOT NULL,
            PRIMARY KEY (modem, reference)
        ) WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX sms_sent_of ON sms_sent (sms)")
    db.execute("CREATE TABLE sim_pins (modem TEXT PRIMARY KEY, refused TEXT NOT NULL) WITHOUT ROWID")


@history()
def quality(db: Database) -> None:
    """How calls sounded."""
    for column in ("mos", "loss_percent", "jitter_ms", "echo_db", "clipped_percent"):
        db.execute(f"ALTER TABLE calls ADD COLUMN {column} REAL")


@history()
def sound_of_lines(db: Database) -> None:
    """How calls sounded, among what reports count. Calls that were judged before get theirs, and the hours since the
    first of them are summed up again."""
    _get_mos(db)
    for column in ("judged", "score", "poor"):
        db.execute(f"ALTER TABLE line_hours ADD COLUMN {column} INTEGER NOT NULL DEFAULT 0")
    for column in ("worst", "worst_at", "worst_call"):
        db.execute(f"ALTER TABLE line_hours ADD COLUMN {column} INTEGER")
    judged = db.execute(
        "SELECT id, started_at, ended_at, mos FROM calls WHERE mos IS NOT NULL AND ended_at IS NOT NULL"
    ).fetchall()
    db.conn.executemany(
        "UPDATE facts SET mos = ? WHERE at BETWEEN ? AND ? AND call = ? AND part = 0",
        [(call_facts.score(mos), began, ended, call_facts.key(id)) for id, began, ended, mos in judged],
    )
    if judged:
        sums.forget(db.conn, min(began for _, began, _, _ in judged))
