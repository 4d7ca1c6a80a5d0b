# SPDX-License-Identifier: GPL-2.0-or-later
"""SMDR on a pseudo-terminal: a line a call, whoever reads, unplugs or crashes."""

from __future__ import annotations

import contextlib
import os
import select
import time
import tty
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.config import ConfigInvalid, check
from firmware.ids import uuid7
from firmware.records import Cdr, Direction, Disposition
from firmware.reports import smdr
from firmware.store import history
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_writing, transaction
from firmware.store.history import History
from firmware.uplink.smdr import SmdrSender

AT = datetime(2026, 11, 22, 8, 5, tzinfo=UTC)
FORMAT = "{from} {duration_s}"


class Cable:
    """The reader's end of a serial cable, at a path that stays the same."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.plug()

    def plug(self) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        os.set_blocking(self.master, False)
        self._slave = slave  # held, so that the reader's end does not end before somebody has opened the other
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(slave))

    def unplug(self) -> None:
        self.path.unlink()
        os.close(self._slave)
        os.close(self.master)

    def read_lines(self, count: int, limit_s: float = 10.0) -> list[str]:
        """So many whole lines."""
        text, deadline = b"", time.monotonic() + limit_s
        while text.count(b"\r\n") < count:
            left = deadline - time.monotonic()
            assert left > 0, f"only {text!r} came"
            if select.select([self.master], [], [], left)[0]:
                with contextlib.suppress(BlockingIOError):
                    text += os.read(self.master, 65536)
        assert text.endswith(b"\r\n")
        return text.decode().split("\r\n")[:-1]

    def quiet(self, seconds: float = 0.3) -> bool:
        return not select.select([self.master], [], [], seconds)[0]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    ConfigDb(tmp_path)
    History(tmp_path / "history.db").close()
    return tmp_path


@pytest.fixture
def cable() -> Iterator[Cable]:
    path = Path(f"/dev/shm/tipring-smdr-{os.getpid()}-{uuid7()[-6:]}")  # a device is below /dev
    cable = Cable(path)
    yield cable
    cable.unplug()


def configure(state: Path, cable: Cable, **settings: object) -> None:
    document = {"smdr": {"port": str(cable.path), "format": FORMAT} | settings}
    check(document, None)
    ConfigDb(state).apply(document, "test")


@contextlib.contextmanager
def sender(state: Path) -> Iterator[SmdrSender]:
    """One that is quick."""
    running = SmdrSender(state, retry_s=0.05, look_s=0.02, away_s=0.2)
    running.start()
    try:
        yield running
    finally:
        running.stop()


def placed(state: Path) -> None:
    """Waits until the sender knows where it begins."""
    deadline = time.monotonic() + 10
    with contextlib.closing(open_for_writing(state / "history.db")) as db:
        while not db.execute("SELECT 1 FROM uplink WHERE key = 'smdr'").fetchone():
            assert time.monotonic() < deadline
            time.sleep(0.01)


def call(number: int, **more: object) -> Cdr:
    known: dict[str, object] = {
        "line": "fxo1", "agent": "alice", "answered_at": AT, "ended_at": AT + timedelta(seconds=93), "wait_s": 12.0,
        "talk_s": 81.0, "disposition": Disposition.ANSWERED,
    }  # fmt: skip
    return Cdr(uuid7(), Direction.INBOUND, str(number), "Ann", "600", AT, **known | more)  # type: ignore[arg-type]


def ends(state: Path, *cdrs: Cdr) -> None:
    path = state / "history.db"
    with contextlib.closing(open_for_writing(path)) as db, transaction(db, path):
        for cdr in cdrs:
            history.call_ended(db, cdr, cloud=False)


def numbers(first: int, count: int) -> list[str]:
    return [f"{number} 81" for number in range(first, first + count)]


def test_each_call_is_a_line_from_the_moment_in_which_it_is_configured(state: Path, cable: Cable) -> None:
    ends(state, call(1))
    configure(state, cable)
    with sender(state):
        placed(state)
        ends(state, call(2), call(3))
        assert cable.read_lines(2) == numbers(2, 2)
        ends(state, call(4))
        assert cable.read_lines(1) == numbers(4, 1)
        assert cable.quiet()


def test_nothing_is_lost_while_nobody_reads(state: Path, cable: Cable) -> None:
    """Far more than a terminal buffers; the restart in the middle is the box's."""
    configure(state, cable)
    with sender(state):
        placed(state)
        ends(state, *(call(1000 + n) for n in range(1500)))
        time.sleep(0.2)
    with sender(state):
        lines = cable.read_lines(1500)
    assert list(dict.fromkeys(lines)) == numbers(1000, 1500)  # some may be there twice, after the restart
    assert len(lines) <= 1500 + 51


def test_an_unplugged_cable_is_waited_for_and_told(state: Path, cable: Cable) -> None:
    configure(state, cable)
    with sender(state), contextlib.closing(History(state / "history.db")) as told:
        placed(state)
        ends(state, call(1))
        assert cable.read_lines(1) == numbers(1, 1)
        cable.unplug()
        ends(state, *(call(n) for n in range(2, 200)))
        deadline = time.monotonic() + 10
        while [alarm.kind for alarm in told.alarms()] != ["smdr_port"]:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        cable.plug()
        assert cable.read_lines(198) == numbers(2, 198)
        deadline = time.monotonic() + 10
        while told.alarms():
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_another_sender_goes_on_where_the_last_one_was(state: Path, cable: Cable) -> None:
    configure(state, cable)
    with sender(state):
        placed(state)
        ends(state, call(1))
        assert cable.read_lines(1) == numbers(1, 1)
    ends(state, call(2))
    with sender(state):
        assert cable.read_lines(1) == numbers(2, 1)


def test_calls_between_extensions_are_told_where_they_are_wanted(state: Path, cable: Cable) -> None:
    inside = call(201, agent=None)
    configure(state, cable)
    with sender(state):
        placed(state)
        ends(state, Cdr(uuid7(), Direction.INTERNAL, "201", "", "202", AT, ended_at=AT, disposition=inside.disposition))
        ends(state, call(5))
        assert cable.read_lines(1) == numbers(5, 1)


def test_the_default_line_has_80_columns() -> None:
    line = smdr.line(smdr.FORMAT, call(5551234), "201", "sale", UTC)
    assert line == "11/22/26 08:05AM   201 fxo1 <I>5551234                 0'12 00:01'21 sale"
    outbound = Cdr("", Direction.OUTBOUND, "201", "", "95550100", AT, trunk="provider", ended_at=AT, talk_s=3723)
    assert smdr.line(smdr.FORMAT, outbound, "201", "", UTC) == (
        "11/22/26 08:05AM   201 prov 95550100                   0'00 01:02'03"
    )


def test_names_of_all_the_world_go_out_as_ascii() -> None:
    named = Cdr("", Direction.INBOUND, "1", "Ève 李", "2", AT, ended_at=AT)
    assert smdr.line("{name}|", named, "", "", UTC) == "Eve Li|"


@pytest.mark.parametrize(
    "settings",
    [
        {"port": "/etc/passwd"},
        {"port": "/dev/../etc/passwd"},
        {"baud": 1234},
        {"format": "{colour}"},
        {"format": "{id.__class__}"},
        {"format": "{id:{from}}"},
        {"format": "{id:>999999999}"},
        {"format": "{start!r}"},
        {"format": ""},
    ],
)
def test_what_cannot_be_a_line_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ConfigInvalid) as refused:
        check({"smdr": {"port": "/dev/ttyUSB0"} | settings}, None)
    assert [problem.path for problem in refused.value.errors] == [f"smdr.{next(iter(settings))}"]
