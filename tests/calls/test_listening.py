# SPDX-License-Identifier: GPL-2.0-or-later
"""A visit to a voicemail box: messages in order, and what each key does to them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from told_dialogue import ToldDialogue

from firmware.calls.listening import Listening, record
from firmware.calls.pin_locks import LOCKED_S, MOST_WRONG, PinLocks
from firmware.records import Message, MessageState

NOW = datetime(2026, 11, 22, 15, 5, tzinfo=UTC)
NEW, SAVED = MessageState.NEW, MessageState.SAVED


class PaperBox:
    """A box without files."""

    greeting = Path("greeting.wav")

    def __init__(self, *states: MessageState, number: str = "5551234") -> None:
        self.there = [
            Message(f"m{n}", "201", "c", number, "", NOW - timedelta(hours=n + 1), 3.0, state=state)
            for n, state in enumerate(states, 1)
        ]
        self.heard_ones: list[str] = []
        self.deleted: list[str] = []
        self.greetings: list[bytes | None] = []

    def messages(self) -> list[Message]:
        return self.there

    def path(self, message: Message) -> Path:
        return Path(f"{message.id}.wav")

    def local(self, at: datetime) -> datetime:
        return at

    def heard(self, message: Message) -> None:
        self.heard_ones.append(message.id)

    def delete(self, message: Message) -> None:
        self.deleted.append(message.id)

    async def keep_greeting(self, wav: bytes | None) -> None:
        self.greetings.append(wav)


def visit(box: PaperBox, *keys: str, callback: bool = True, recorded: tuple[bytes | None, ...] = ()) -> ToldDialogue:
    dialogue = ToldDialogue(keys, recorded=recorded)
    dialogue.number_to_call = asyncio.run(Listening(dialogue, box, NOW, callback=callback).run())  # type: ignore[attr-defined]
    return dialogue


def played(dialogue: ToldDialogue) -> list[str]:
    return [said for said in dialogue.said if said.endswith(".wav")]


def test_all_messages_are_heard_one_after_the_other() -> None:
    box = PaperBox(NEW, NEW, SAVED)
    dialogue = visit(box, "6", "6", "6", "*")
    assert dialogue.said[:6] == [
        "vm-you-have", "digit-2", "vm-new-messages", "vm-and", "digit-1", "vm-saved-message",
    ]  # fmt: skip
    assert played(dialogue) == ["m1.wav", "m2.wav", "m3.wav"]
    assert (box.heard_ones, box.deleted) == (["m1", "m2"], [])


def test_a_message_is_repeated_saved_and_gone_back_to() -> None:
    box = PaperBox(NEW, NEW)
    dialogue = visit(box, "1", "2", "4", "*")
    assert played(dialogue) == ["m1.wav", "m1.wav", "m2.wav", "m1.wav"]


def test_a_deleted_message_can_be_taken_back_until_the_end() -> None:
    box = PaperBox(NEW, NEW)
    dialogue = visit(box, "3", "3", "6", "3", "", "*")
    assert box.deleted == ["m2"]
    assert dialogue.said.count("vm-undeleted") == 1


def test_a_key_during_a_message_ends_it_and_it_stays_new() -> None:
    box = PaperBox(NEW, NEW)

    class Hasty(ToldDialogue):
        async def say_file(self, path: Path) -> str:
            await super().say_file(path)
            return "6" if path.name == "m1.wav" else ""

    dialogue = Hasty(["*"])
    asyncio.run(Listening(dialogue, box, NOW, callback=True).run())
    assert played(dialogue) == ["m1.wav", "m2.wav"]
    assert box.heard_ones == ["m2"]


def test_number_and_time_of_a_message_are_said() -> None:
    dialogue = visit(PaperBox(NEW), "5", "*")
    at = dialogue.said.index("vm-from")
    assert dialogue.said[at : at + 14] == [
        "vm-from", *(f"digit-{d}" for d in "5551234"), "vm-received", "today", "hour-1", "oh", "digit-5", "pm",
    ]  # fmt: skip
    assert "vm-unknown" in visit(PaperBox(NEW, number=""), "5", "*").said


def test_the_caller_is_called_back_from_inside_only() -> None:
    box = PaperBox(NEW)
    assert visit(box, "8").number_to_call == "5551234"  # type: ignore[attr-defined]
    assert box.heard_ones == ["m1"]
    assert visit(PaperBox(NEW), "8", "*", callback=False).number_to_call == ""  # type: ignore[attr-defined]


def test_an_empty_box_says_so_and_whoever_is_silent_is_let_go() -> None:
    dialogue = visit(PaperBox())
    assert dialogue.said == ["vm-no-messages", "vm-end", "vm-end", "vm-end", "goodbye"]


@pytest.mark.parametrize("key", list("0123456789#"))
def test_no_key_keeps_a_visit_from_ending(key: str) -> None:
    visit(PaperBox(NEW, SAVED), *[key] * 5000)


def test_what_was_deleted_is_gone_although_the_owner_just_hung_up() -> None:
    class Gone(Exception):
        pass

    class Leaves(ToldDialogue):
        async def key(self, timeout_s: float) -> str:
            if not self._keys:
                raise Gone
            return await super().key(timeout_s)

    box = PaperBox(NEW, NEW)
    with pytest.raises(Gone):
        asyncio.run(Listening(Leaves(["3", ""]), box, NOW, callback=True).run())
    assert (box.deleted, box.heard_ones) == (["m1"], ["m2"])


def test_a_greeting_is_recorded_again_until_it_is_good() -> None:
    box = PaperBox()
    dialogue = visit(box, "9", "1", "2", "1", "*", recorded=(b"first", b"second"))
    assert box.greetings == [b"second"]
    assert dialogue.said.count("record-now") == 2
    box = PaperBox()
    visit(box, "9", "2", "*")
    assert box.greetings == [None]


def test_a_recording_is_given_up_by_star_and_by_silence() -> None:
    kept: list[bytes] = []

    async def keep(wav: bytes) -> None:
        kept.append(wav)

    for keys in (["*"], []):
        dialogue = ToldDialogue(keys, recorded=[b"one"])
        assert not asyncio.run(record(dialogue, 10, keep))
        assert dialogue.said[-1] == "record-discarded"
    assert kept == []


def test_five_wrong_pins_lock_a_box_for_a_quarter_of_an_hour() -> None:
    locks = PinLocks()
    assert [locks.wrong("201", 10.0) for _ in range(MOST_WRONG)] == [False] * 4 + [True]
    assert locks.locked("201", 10.0 + LOCKED_S - 1)
    assert not locks.locked("202", 10.0)
    assert not locks.locked("201", 10.0 + LOCKED_S)


def test_a_right_pin_forgets_the_wrong_ones() -> None:
    locks = PinLocks()
    for _ in range(20):
        for _ in range(MOST_WRONG - 1):
            assert not locks.wrong("201", 0.0)
        locks.right("201")
