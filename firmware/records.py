# SPDX-License-Identifier: GPL-2.0-or-later
"""What the box remembers of calls: plain records, in the words of docs/reference (and of the cloud)."""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from firmware.times import iso


class Direction(enum.StrEnum):
    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"


class Disposition(enum.StrEnum):
    ANSWERED = "answered"
    ABANDONED = "abandoned"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    VOICEMAIL = "voicemail"
    OVERFLOWED = "overflowed"
    CALL_BACK = "call_back"  # the caller left the queue to be called back


class RecordingState(enum.StrEnum):
    RECORDING = "recording"
    READY = "ready"
    FAILED = "failed"
    REMOVED = "removed"


class MessageState(enum.StrEnum):
    RECORDING = "recording"
    NEW = "new"
    SAVED = "saved"


class CallBackState(enum.StrEnum):
    WAITING = "waiting"
    CALLING = "calling"  # an agent has been found, or is being rung
    TAKEN = "taken"  # an agent will call by hand
    KEPT = "kept"
    FAILED = "failed"
    CANCELLED = "cancelled"


class SmsState(enum.StrEnum):
    RECEIVED = "received"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"  # the network has it
    DELIVERED = "delivered"  # the recipient's phone has it
    FAILED = "failed"
    UNSURE = "unsure"  # it may have been sent


class Severity(enum.StrEnum):
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"

    @property
    def weight(self) -> int:
        """The graver, the more: 0 to 2."""
        return tuple(Severity).index(self)


def _outside(value: Any) -> Any:
    """A value as JSON has it: times as ISO 8601, tuples as lists, everything else as it is."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): _outside(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_outside(item) for item in value]
    return value


class _Record:
    __slots__ = ()

    def as_json(self) -> dict[str, Any]:
        """The record as a JSON object."""
        return {item.name: _outside(getattr(self, item.name)) for item in dataclasses.fields(self)}  # type: ignore[arg-type]


POOR_MOS = 3.6
"""A call with a lower opinion score is a bad one: R = 70, many are dissatisfied (ITU-T G.109)."""


@dataclass(frozen=True, slots=True)
class Cdr(_Record):
    """Call detail record. `wait_s` and `talk_s` are seconds; `hangup_cause` is Q.850.

    `ended_at` and `disposition` are None while the call goes on. `attestation` (A, B, C) and `verstat` are what the
    provider said of the caller's number, unverified. `disposition_code` is what the agent said of the call. The last
    five are how it sounded (`firmware.calls.quality`), of the party that sounded worst; None where nobody can say.
    """

    id: str
    direction: Direction
    from_number: str
    from_name: str
    to_number: str
    started_at: datetime
    line: str | None = None
    trunk: str | None = None
    queue: str | None = None
    agent: str | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    wait_s: float = 0.0
    talk_s: float = 0.0
    disposition: Disposition | None = None
    hangup_cause: int | None = None
    hangup_by: str | None = None
    recordings: tuple[str, ...] = ()
    attestation: str | None = None
    verstat: str | None = None
    disposition_code: str | None = None
    mos: float | None = None
    loss_percent: float | None = None
    jitter_ms: float | None = None
    echo_db: float | None = None
    clipped_percent: float | None = None


@dataclass(frozen=True, slots=True)
class TrailEvent(_Record):
    """Something that happened in a call, told in order."""

    call: str
    at: datetime
    event: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LegRecord(_Record):
    """One party's connection: `kind` is "analog" or "sip", `cause` is Q.850."""

    id: str
    call: str
    kind: str
    name: str
    started_at: datetime
    ended_at: datetime | None = None
    cause: int | None = None


@dataclass(frozen=True, slots=True)
class Recording(_Record):
    """The audio of a call. `path` is relative to STATE/recordings; `sha256` (of the file) is lower-case hexadecimal.

    `rule` says why it was made, `masked` (from_s, to_s, why) what of it is silence. `key` is the id of the key that
    encrypts it, "" when none does. `hold` is why it must be kept, `gone` why it is not kept any more.
    """

    id: str
    call: str
    path: str
    started_at: datetime
    duration_s: float = 0.0
    bytes: int = 0
    sha256: str = ""
    state: RecordingState = RecordingState.RECORDING
    rule: str = ""
    masked: tuple[tuple[float, float, str], ...] = ()
    codec: str = "wav"
    key: str = ""
    hold: str = ""
    gone: str = ""
    archived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Alarm(_Record):
    """Something a person has to look after. `kind` is stable, `text` is a sentence.

    `acknowledged_at`: when somebody said that it is known, and who. `count`: how often it came, one that comes back
    soon being the same one again; `raised_at` is when it came last.
    """

    id: str
    kind: str
    severity: Severity
    text: str
    raised_at: datetime
    cleared_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    count: int = 1

    @property
    def event(self) -> str:
        """What names this coming of it, and its end."""
        return self.id if self.count == 1 else f"{self.id}.{self.count}"


@dataclass(frozen=True, slots=True)
class Message(_Record):
    """What a caller left in the voicemail box of the extension `box`; its sound is STATE/voicemail/BOX/ID.wav."""

    id: str
    box: str
    call: str
    from_number: str
    from_name: str
    started_at: datetime
    duration_s: float = 0.0
    bytes: int = 0
    sha256: str = ""
    state: MessageState = MessageState.RECORDING


@dataclass(frozen=True, slots=True)
class CallBack(_Record):
    """A promise to call back. `call` is the one in which it was asked for, `since` when that caller began to wait.

    `wanted_at`: the time that the caller chose, None for the caller's turn. Nothing is tried before `due_at`. `tries`:
    how often the customer was called. `last_call` is the newest try, `reason` how the one before it went, in words.
    `refused`: to be recorded.
    """

    id: str
    queue: str
    number: str
    started_at: datetime
    since: datetime
    due_at: datetime
    call: str | None = None
    name: str = ""
    language: str = ""
    wanted_at: datetime | None = None
    tries: int = 0
    state: CallBackState = CallBackState.WAITING
    reason: str = ""
    agent: str | None = None
    last_call: str | None = None
    refused: bool = False
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sms(_Record):
    """A text message. `modem` is the name of the modem, `number` the other party; `at`: it came, or was asked for.

    `parts` is how many short messages it takes; `reason` why it has not gone out, in words.
    """

    id: str
    direction: Direction
    modem: str
    number: str
    text: str
    at: datetime
    state: SmsState
    author: str = ""
    reason: str = ""
    parts: int = 1
    sent_at: datetime | None = None
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Contact(_Record):
    """Somebody in the phone book of the box: a number as it is dialled, and whose it is."""

    number: str
    name: str


@dataclass(frozen=True, slots=True)
class CallNote(_Record):
    """What somebody wrote of a call, as it is now; one for each who writes."""

    call: str
    author: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class SurveyAnswer(_Record):
    """What a caller pressed for one question of a survey; `score` is None when nothing."""

    call: str
    survey: str
    question: str
    score: int | None
    started_at: datetime
    queue: str | None = None
    agent: str | None = None


class Change(enum.StrEnum):
    """What changed for an agent; `TOOK_EFFECT`: what was chosen during a call, once the call was over."""

    LOGGED_IN = "logged_in"
    LOGGED_OUT = "logged_out"
    PAUSED = "paused"
    READY = "ready"
    JOINED = "joined"  # one queue
    LEFT = "left"
    TOOK_EFFECT = "took_effect"
    UNREACHABLE = "unreachable"
    REACHABLE = "reachable"
    RESTARTED = "restarted"  # the box: the state is as it was before


@dataclass(frozen=True, slots=True)
class AgentChange(_Record):
    """A line of an agent's trail. It also ends what was before: `was` (and why), for `lasted_s` seconds, in `queues`.

    `was` is "available" (with calls, ringing and wrap-up), "paused", "unavailable" or "logged_out". `by` is who did it
    and `via` how: "phone", "web", "api" or "system". `lasted_s` is measured, so that a clock that is set harms nothing.
    """

    id: str
    agent: str
    at: datetime
    change: Change
    reason: str = ""
    queue: str | None = None
    extension: str | None = None
    by: str = "system"
    via: str = "system"
    was: str = "logged_out"
    was_reason: str = ""
    queues: tuple[str, ...] = ()
    lasted_s: float = 0.0


class OfferOutcome(enum.StrEnum):
    ANSWERED = "answered"
    MISSED = "missed"  # the agent did not take it
    WITHDRAWN = "withdrawn"  # the caller hung up, or somebody else took it


@dataclass(frozen=True, slots=True)
class AgentCall(_Record):
    """A call of a queue that was offered to an agent; `at` is when. Seconds; None while it goes on.

    `code` is the disposition code that the agent gave it.
    """

    agent: str
    at: datetime
    call: str
    queue: str
    outcome: OfferOutcome
    ring_s: float = 0.0
    talk_s: float | None = 0.0
    hold_s: float = 0.0
    wrap_s: float | None = 0.0
    code: str | None = None
