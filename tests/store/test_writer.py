# SPDX-License-Identifier: GPL-2.0-or-later
"""The writer thread: answered means on the disk, whatever fails beside it."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading

import pytest

from firmware.errors import Unavailable
from firmware.store import history as write
from firmware.store.connect import open_for_reading
from firmware.store.writer import HistoryWriter


@pytest.fixture
def writer(state):
    made = HistoryWriter(state / "history.db")
    yield made
    made.close()


async def test_what_was_answered_is_seen_by_everyone(writer, history, ended):
    calls = [ended(minute) for minute in range(50)]
    await asyncio.gather(*(writer.run(write.call_ended, call, cloud=False) for call in calls))
    assert {call.id for call in history.calls(limit=100).items} == {call.id for call in calls}


async def test_every_commit_reaches_the_disk_before_the_answer(writer):
    def pragmas(db: sqlite3.Connection) -> tuple[str, int]:
        return db.execute("PRAGMA journal_mode").fetchone()[0], db.execute("PRAGMA synchronous").fetchone()[0]

    assert await writer.run(pragmas) == ("wal", 2)


async def test_work_that_is_queued_during_a_commit_shares_the_next_one(writer, state, cdr):
    gate = threading.Event()
    first = writer.submit(lambda db: gate.wait(10))
    others = [writer.submit(write.call_began, cdr(minute)) for minute in range(20)]
    with open_for_reading(state / "history.db") as db:
        before = db.execute("PRAGMA data_version").fetchone()[0]
        gate.set()
        for future in (first, *others):
            await asyncio.wait_for(asyncio.wrap_future(future), 10)
        after = db.execute("PRAGMA data_version").fetchone()[0]
        assert db.execute("SELECT count(*) FROM calls").fetchone()[0] == 20
    db.close()
    assert 1 <= after - before <= 2


async def test_a_failure_undoes_itself_alone(writer, history, ended):
    good, bad, better = ended(0), ended(1), ended(2)

    def fail(db: sqlite3.Connection) -> None:
        write.call_ended(db, bad, cloud=True)
        raise ZeroDivisionError("a mistake of ours")

    gate = threading.Event()
    writer.submit(lambda db: gate.wait(10))
    answers = asyncio.gather(
        writer.run(write.call_ended, good, cloud=False),
        writer.run(fail),
        writer.run(write.call_ended, better, cloud=False),
        return_exceptions=True,
    )
    await asyncio.sleep(0)
    gate.set()
    assert [type(answer) for answer in await answers] == [type(None), ZeroDivisionError, type(None)]
    assert [call.id for call in history.calls().items] == [better.id, good.id]
    assert history.outbox() == (0, 0)


async def test_a_mistake_in_the_sql_stays_a_mistake(writer):
    with pytest.raises(sqlite3.OperationalError):
        await writer.run(lambda db: db.execute("SELECT nothing"))


async def test_a_full_disk_is_told_and_over_when_there_is_room(writer, history, ended):
    def room_for(db: sqlite3.Connection, pages: int) -> None:
        used = db.execute("PRAGMA page_count").fetchone()[0]
        db.execute(f"PRAGMA max_page_count = {used + pages}").fetchone()

    await writer.run(room_for, 20)
    calls = [ended(minute, from_name="x" * 4000) for minute in range(300)]
    work = [writer.run(write.call_ended, call, cloud=False) for call in calls]
    answers = await asyncio.gather(*work, writer.run(lambda db: "small"), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Unavailable)]
    kept = [call.id for call, answer in zip(calls, answers, strict=False) if answer is None]
    assert {error.code for error in refused} == {"disk_full"}
    assert answers[-1] == "small"
    assert {call.id for call in history.calls(limit=500).items} == set(kept)
    assert 0 < len(kept) < 300
    await writer.run(room_for, 1000)
    await writer.run(write.call_ended, calls[-1], cloud=False)
    assert history.call(calls[-1].id) == calls[-1]


async def test_a_locked_file_is_told(writer, state, monkeypatch, cdr):
    await writer.run(lambda db: db.execute("PRAGMA busy_timeout = 50").fetchone())
    other = sqlite3.connect(state / "history.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="locked"):
        await writer.run(write.call_began, cdr())
    other.execute("ROLLBACK")
    other.close()
    await writer.run(write.call_began, cdr())


async def test_who_stops_waiting_does_not_undo_the_work(writer, history, ended):
    gate, call = threading.Event(), ended()
    writer.submit(lambda db: gate.wait(10))
    waiting = asyncio.create_task(writer.run(write.call_ended, call, cloud=False))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    gate.set()
    await writer.run(lambda db: None)
    assert history.calls().items == [call]


def test_closing_commits_what_is_queued_and_refuses_more(state, history, ended):
    writer = HistoryWriter(state / "history.db")
    futures = [writer.submit(write.call_ended, ended(minute), cloud=False) for minute in range(300)]
    writer.close()
    assert all(future.done() for future in futures)
    assert len(history.calls(limit=500).items) == 300
    with pytest.raises(Unavailable):
        writer.submit(lambda db: None)
    writer.close()


def test_nothing_that_was_answered_is_lost_when_the_process_is_killed(state):
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from firmware import times
        from firmware.ids import uuid7
        from firmware.records import Cdr, Direction
        from firmware.store import history
        from firmware.store.writer import HistoryWriter
        writer = HistoryWriter(Path(sys.argv[1]))
        while True:
            cdr = Cdr(uuid7(), Direction.INBOUND, "1", "", "2", times.now())
            writer.submit(history.call_began, cdr).result()
            print(cdr.id, flush=True)
    """)
    path = state / "history.db"
    with subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True) as process:
        answered = [process.stdout.readline().strip() for _ in range(50)]
        process.send_signal(signal.SIGKILL)
        answered += process.stdout.read().split()
    db = sqlite3.connect(path)
    kept = {row[0] for row in db.execute("SELECT id FROM calls")}
    db.close()
    assert len(answered) >= 50
    assert {id for id in answered if len(id) == 36} <= kept
