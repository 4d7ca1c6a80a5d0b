# SPDX-License-Identifier: GPL-2.0-or-later
"""Targets: where a route or an overflow sends a call, as "kind:value"."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass


class TargetKind(enum.StrEnum):
    QUEUE = "queue"
    EXTENSION = "extension"
    TRUNK = "trunk"
    EXTERNAL = "external"
    CONFERENCE = "conference"
    GROUP = "group"
    PAGING = "paging"
    IVR = "ivr"
    VOICEMAIL = "voicemail"
    DISA = "disa"
    SURVEY = "survey"


ALLOWED = (
    "queue:NAME, group:NAME, extension:NUMBER, ivr:NAME, voicemail:NUMBER, conference:NAME, paging:NAME, disa:NAME, "
    "survey:NAME, trunk:NAME or external:NUMBER"
)
_EXTERNAL = re.compile(r"\+?[0-9*#]{1,32}")


@dataclass(frozen=True, slots=True)
class Target:
    """A parsed target, e.g. `Target(TargetKind.QUEUE, "support")`."""

    kind: TargetKind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


def parse_target(text: str) -> Target:
    """Reads "queue:support". ValueError says what is wrong and what is allowed."""
    kind, colon, value = text.partition(":")
    if not colon or kind not in tuple(TargetKind) or not value:
        raise ValueError(f'"{text}" is not a target; use {ALLOWED}')
    if kind == TargetKind.EXTERNAL and not _EXTERNAL.fullmatch(value):
        raise ValueError(f'"{value}" is not a number to dial; use digits, * and #, with + in front or not')
    return Target(TargetKind(kind), value)


class ChoiceKind(enum.StrEnum):
    """What a menu can do itself. LANGUAGE has a value; MAILBOX lets a caller listen to messages, after a PIN."""

    REPEAT = "repeat"
    HANG_UP = "hangup"
    NAMES = "names"
    MAILBOX = "mailbox"
    LANGUAGE = "language"


LANGUAGES = ("en", "zh")
CHOICES = "repeat, hangup, names, mailbox, language:en, language:zh"


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a menu does itself, e.g. `Choice(ChoiceKind.LANGUAGE, "zh")`."""

    kind: ChoiceKind
    value: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}" if self.value else str(self.kind)


def parse_choice(text: str) -> Target | Choice:
    """Reads what a menu's key leads to. ValueError says what is wrong and what is allowed."""
    kind, _, value = text.partition(":")
    if kind not in tuple(ChoiceKind):
        try:
            return parse_target(text)
        except ValueError as error:
            raise ValueError(f"{error}; or {CHOICES}") from None
    if value not in (LANGUAGES if kind == ChoiceKind.LANGUAGE else ("",)) or (text.endswith(":")):
        raise ValueError(f'"{text}" is nothing a menu can do; use {CHOICES}, or a target such as queue:support')
    return Choice(ChoiceKind(kind), value)
