# SPDX-License-Identifier: GPL-2.0-or-later
"""What was understood of somebody else's files, in the words of our configuration, and what was not."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from firmware.config.check import SAFE_LENGTH

Json = dict[str, Any]

MOST_NOTES = 500
LEAST_DIFFERENT = 5  # characters in a password that is no pattern
_PIN = re.compile(r"[0-9]{4,12}")


@dataclass(frozen=True, slots=True)
class Note:
    """What could not be taken over, or not as it was. `where` is a file, with a line or a place in it; `about` is what
    the message begins with when it is a problem with an entry."""

    where: str
    message: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a table of the configuration, as `values` of the file."""

    table: str
    where: str
    values: Json


@dataclass(frozen=True, slots=True)
class PastCall:
    """A row of a call detail record, as Asterisk's modules write it; times are the other system's, without a zone."""

    id: str
    start: str
    answer: str
    duration_s: int
    talk_s: int
    src: str
    name: str
    dst: str
    channel: str
    dst_channel: str
    app: str
    data: str
    disposition: str


@dataclass(slots=True)
class Plan:
    """Past calls are too many to be kept here: `hear` is told of each row."""

    items: list[Item] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    hear: Callable[[PastCall], None] = lambda call: None
    rows: int = 0
    files: list[str] = field(default_factory=list)

    def add(self, table: str, where: str, values: Mapping[str, Any]) -> None:
        """Settings of None are left out."""
        self.items.append(Item(table, where, {key: value for key, value in values.items() if value is not None}))

    def note(self, where: str, message: str) -> None:
        """The first few hundred are kept: who has more looks at the first ones anyway."""
        if len(self.notes) < MOST_NOTES:
            self.notes.append(Note(where, message))

    def of(self, table: str) -> list[Item]:
        return [item for item in self.items if item.table == table]

    def as_json(self) -> Json:
        return {
            "items": [asdict(item) for item in self.items], "notes": [asdict(note) for note in self.notes],
            "files": self.files,
        }  # fmt: skip


def plan_of(told: Json) -> Plan:
    """What `as_json` made. KeyError or TypeError when it is not that."""
    items, notes = [Item(**item) for item in told["items"]], [Note(**note) for note in told["notes"]]
    return Plan(items, notes, files=list(told["files"]))


class Names:
    """Names for what the other system knows by numbers: each once, of letters that the configuration takes."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def new(self, wanted: str, instead: str) -> str:
        """Made of a description, or of what stands `instead` of an empty one."""
        plain = re.sub(r"[^\w.-]+", "-", wanted.strip().lower()).strip("-_.")[:56] or instead
        name, count = plain, 2
        while name in self._taken:
            name, count = f"{plain}-{count}", count + 1
        self._taken.add(name)
        return name


def text_of(value: object) -> str:
    """What a name may hold, 80 characters."""
    return re.sub(r"[\x00-\x1f\x7f]+", " ", str(value or "")).strip()[:80]


def phone(plan: Plan, where: str, number: str, secret: str) -> Json:
    """The table `sip` of an extension: with its former password if nobody guesses that, else a new one is made."""
    if not secret:
        return {}
    lowered = secret.lower()
    weak = len(secret) < SAFE_LENGTH or number in secret or len(set(lowered)) < LEAST_DIFFERENT
    if weak or not secret.isprintable() or len(secret) > 256:
        plan.note(where, f"The password of extension {number} can be guessed; the box makes a new one for its phone.")
        return {}
    return {"password": secret}


def mailbox(plan: Plan, where: str, pin: str, email: str) -> Json:
    """The table `voicemail` of an extension."""
    made: Json = {}
    if _PIN.fullmatch(pin):
        made["pin"] = pin
    elif pin:
        plan.note(where, "The PIN of the mailbox is no number of 4 to 12 digits; it has none now.")
    if re.fullmatch(r"[^@\s<>,;\"]{1,64}@[A-Za-z0-9.-]{1,190}", email):
        made["email"] = email
    elif email:
        plan.note(where, f'"{email[:80]}" is not one e-mail address; messages are not sent there.')
    return made
