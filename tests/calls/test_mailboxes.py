# SPDX-License-Identifier: GPL-2.0-or-later
"""Boxes: who is told what waits there, what survives a restart, and PINs that are guessed."""

from __future__ import annotations

import asyncio
from array import array
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
import virtual_time
from notebook import Notebook

from firmware import times
from firmware.calls.journal import VOICEMAIL_PIN
from firmware.calls.mailboxes import Mailboxes
from firmware.calls.pin_locks import LOCKED_S, MOST_WRONG
from firmware.config import check
from firmware.errors import Invalid, NotFound
from firmware.records import Message, MessageState
from firmware.store import message_files, voicemail

NEW, SAVED = MessageState.NEW, MessageState.SAVED


class Office:
    """Extension 201 has a box with e-mail, 202 one without, 203 none."""

    def __init__(self, folder: Path) -> None:
        self.journal, self.told = Notebook(), dict[str, tuple[int, int]]()
        self.config = self.with_boxes("201", "202")
        self.boxes = Mailboxes(folder, cast(Any, None), cast(Any, self.journal), lambda: self.config, self._counted)

    def _counted(self, box: str, new: int, saved: int) -> None:
        self.told[box] = new, saved

    @staticmethod
    def with_boxes(*numbers: str) -> Any:
        known = {"201": {"email": "anna@example.com"}, "202": True}
        extensions = [{"number": f"20{n}", "port": f"fxs{n}"} for n in (1, 2, 3)]
        return check(
            {"extension": [e | {"voicemail": known[e["number"]]} if e["number"] in numbers else e for e in extensions]}
        )


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "voicemail")


def message(id: str, state: MessageState = NEW, box: str = "201", minutes: int = 0) -> Message:
    return Message(id, box, "c", "5551234", "", times.now() + timedelta(minutes=minutes), 3.0, state=state)


def test_every_box_is_told_at_the_start_and_after_each_change(office: Office) -> None:
    async def story() -> None:
        await office.boxes.start([message("a"), message("b", SAVED), message("c")])
        assert office.told == {"201": (2, 1), "202": (0, 0)}
        office.boxes.mark("a", "saved")
        assert office.told["201"] == (1, 2)
        office.boxes.delete("c")
        assert office.told["201"] == (0, 2)
        await office.boxes.finish_all(1)
        assert [written[0] for written in office.journal.written] == ["marked", "deleted"]

    asyncio.run(story())


def test_new_messages_come_first_each_kind_in_the_order_in_which_they_came(office: Office) -> None:
    async def story() -> None:
        known = [message("d", SAVED, minutes=1), message("b", minutes=3), message("c", SAVED), message("a", minutes=2)]
        await office.boxes.start(known)
        assert [found.id for found in office.boxes.messages("201")] == ["a", "b", "c", "d"]

    asyncio.run(story())


def test_a_message_that_a_dead_core_was_recording_is_finished_and_mailed(office: Office) -> None:
    cut, empty = message("a", MessageState.RECORDING), message("b", MessageState.RECORDING)
    raw = message_files.raw_path(office.boxes.folder, cut)
    raw.parent.mkdir(parents=True)
    raw.write_bytes(bytes(44) + array("h", [9000, 0, -9000, 0] * 8000).tobytes())

    async def story() -> None:
        await office.boxes.start([cut, empty])

    asyncio.run(story())
    (left, gone) = office.journal.written
    assert (left[0], left[1].id, left[1].state, left[1].duration_s) == (voicemail.left.__name__, "a", NEW, 2.0)
    assert left[3] == "anna@example.com"
    assert gone == ("deleted", "b")
    assert office.told["201"] == (1, 0)


def test_a_phone_whose_box_was_taken_away_shows_no_messages(office: Office) -> None:
    async def story() -> None:
        await office.boxes.start([message("a")])
        office.config = office.with_boxes("202")
        office.boxes.tell_all()
        assert office.told["201"] == (0, 0)

    asyncio.run(story())


def test_what_is_not_there_and_what_is_no_state_is_refused(office: Office) -> None:
    with pytest.raises(NotFound):
        office.boxes.delete("none")
    with pytest.raises(NotFound):
        office.boxes.mark("none", "saved")
    with pytest.raises(Invalid):
        office.boxes.mark("none", "recording")


def test_guessing_a_pin_locks_the_box_with_an_alarm_until_time_has_passed(office: Office) -> None:
    async def story() -> None:
        kind = VOICEMAIL_PIN + "201"
        for _ in range(MOST_WRONG):
            assert not office.boxes.pins.locked("201")
            office.boxes.pins.wrong("201")
        assert office.boxes.pins.locked("201")
        assert set(office.journal.alarms) == {kind}
        assert not office.boxes.pins.locked("202")
        await asyncio.sleep(LOCKED_S + 1)
        office.boxes.pins.look()
        assert not office.journal.alarms
        assert not office.boxes.pins.locked("201")

    virtual_time.run(story())


@pytest.mark.parametrize(("ago_s", "locked"), [(LOCKED_S - 60, True), (LOCKED_S + 1, False)])
def test_a_locked_box_stays_locked_when_the_core_begins_anew(tmp_path: Path, ago_s: float, locked: bool) -> None:
    office = Office(tmp_path / "voicemail")
    office.journal.stands(VOICEMAIL_PIN + "201", times.now() - timedelta(seconds=ago_s))

    async def story() -> None:
        await office.boxes.start([])
        office.boxes.pins.look()
        assert office.boxes.pins.locked("201") == locked
        assert bool(office.journal.alarms) == locked

    virtual_time.run(story())
