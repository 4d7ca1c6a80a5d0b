# SPDX-License-Identifier: GPL-2.0-or-later
"""One check of the acceptance, and what somebody saw or decided about it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from firmware.times import iso


class Result(enum.StrEnum):
    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    LEFT_OUT = "left_out"  # somebody decided so, and said why
    OPEN = "open"  # nobody has done it yet


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person did or decided, or a test call showed: it stands until it is seen again.

    `text` is what was found, or why it was left out; `data` has whole numbers only (`certificate.canonical`).
    """

    check: str
    result: Result
    at: datetime
    by: str
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """`id` is KIND or KIND:SUBJECT. `found` says what is so, `todo` what to do about it; sentences in English."""

    id: str
    title: str
    result: Result
    found: str = ""
    todo: str = ""
    at: datetime | None = None  # when it was seen; None: now
    by: str = ""
    why: str = ""  # it was left out
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.id.partition(":")[0]

    @property
    def subject(self) -> str:
        return self.id.partition(":")[2]

    def left_out(self, decision: Seen) -> Check:
        """The same, with somebody's decision to do without."""
        return replace(self, result=Result.LEFT_OUT, at=decision.at, by=decision.by, why=decision.text)

    def as_json(self) -> dict[str, Any]:
        """For the control socket and the certificate."""
        return {
            "id": self.id, "kind": self.kind, "subject": self.subject, "title": self.title,
            "result": self.result.value, "found": self.found, "todo": self.todo,
            "at": iso(self.at) if self.at else None, "by": self.by, "why": self.why, "data": dict(self.data),
        }  # fmt: skip


def passed(id: str, title: str, found: str, **more: Any) -> Check:
    """It is as it should be."""
    return Check(id, title, Result.PASS, found, **more)


def failed(id: str, title: str, found: str, todo: str, **more: Any) -> Check:
    """It is not."""
    return Check(id, title, Result.FAIL, found, todo, **more)


def not_yet(id: str, title: str, todo: str) -> Check:
    """Somebody still has to do something."""
    return Check(id, title, Result.OPEN, "", todo)


def of_seen(seen: Seen, title: str, todo: str = "") -> Check:
    """What was seen, as a check."""
    todo = todo if seen.result is Result.FAIL else ""
    return Check(seen.check, title, seen.result, seen.text, todo, seen.at, seen.by, data=seen.data)
