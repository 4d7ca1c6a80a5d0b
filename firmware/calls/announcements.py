# SPDX-License-Identifier: GPL-2.0-or-later
"""What is said to callers who wait and to agents who take them, as lists of prompts. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable

from firmware.config import CALL_BACK, Queue, Target, TargetKind, Waiting
from firmware.prompts import spoken
from firmware.prompts.spoken import Words

EXACT_MIN, LONGEST_MIN = 10, 60  # up to ten minutes are said to the minute, up to an hour by fives


def said_minutes(seconds: float) -> int:
    """The wait as it is said: whole minutes, rounded up, so that more callers are served early than late."""
    minutes = max(1, math.ceil(seconds / 60))
    return minutes if minutes <= EXACT_MIN else 5 * math.ceil(minutes / 5)


def estimate(seconds: float | None, language: str) -> Words:
    """The expected wait; nothing when nobody knows."""
    if seconds is None:
        return []
    minutes = said_minutes(seconds)
    if seconds < 60:
        return ["wait-less"]
    return ["wait-more"] if minutes > LONGEST_MIN else ["wait-about", *spoken.count(minutes, "wait-minute", language)]


def position(place: int, language: str) -> Words:
    """The caller's place, from 1 on."""
    return ["wait-next"] if place == 1 else ["wait-position", *spoken.number(place, language), "wait-position-end"]


def offers(waiting: Waiting) -> Words:
    """What keys are for; those that lead anywhere else, a prompt of the office tells."""
    said: Words = []
    for key, leads in waiting.keys.items():
        if leads == CALL_BACK:
            said += ["wait-call-back", spoken.key(key)]
        elif isinstance(leads, Target) and leads.kind == TargetKind.VOICEMAIL:
            said += ["wait-voicemail", spoken.key(key)]
    return said


def announcement(waiting: Waiting, n: int, place: int, wait_s: float | None, language: str) -> Words:
    """The n-th announcement (from 0 on) to a caller."""
    own = [waiting.prompts[n % len(waiting.prompts)]] if waiting.prompts else []
    return [
        *(position(place, language) if waiting.position and place else []),
        *(estimate(wait_s, language) if waiting.estimate else []),
        *own,
        *offers(waiting),
    ]


def consent(queue: Queue) -> Words:
    """To the caller, before anything is recorded."""
    if not queue.record or queue.consent not in ("caller", "both"):
        return []
    return ["consent", *(["consent-refuse", spoken.key(queue.refuse_key)] if queue.refuse_key else [])]


def whisper(
    queue: Queue, waited_s: float, language: str, has: Callable[[str], bool], *, call_back: bool, refused: bool
) -> Words:
    """To the agent, who has just answered. `has`: whether the office has a prompt; `refused`: the caller, to be
    recorded."""
    said: Words = []
    if queue.whisper:
        said += [*(["whisper-call-back"] if call_back else []), *_name(queue, has)]
        said += ["whisper-waited", *spoken.duration(waited_s, language)]
    if queue.record and queue.consent in ("agent", "both"):
        said.append("consent-refused" if refused else "consent")
    return said


def _name(queue: Queue, has: Callable[[str], bool]) -> Words:
    """The prompt `queue-NAME` where the office has one, else the queue's number."""
    own = f"queue-{queue.name}"
    return [own] if has(own) else ["whisper-queue", *spoken.digits(queue.number or "")]
