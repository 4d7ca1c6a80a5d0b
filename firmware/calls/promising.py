# SPDX-License-Identifier: GPL-2.0-or-later
"""Who can be promised to be called back, and the promise."""

from __future__ import annotations

from datetime import UTC, datetime

from firmware import times
from firmware.calls import leaving
from firmware.calls.asking_back import Wish
from firmware.calls.call import Call
from firmware.calls.causes import Cause
from firmware.calls.host import Host
from firmware.calls.leg import Failed
from firmware.calls.numbers import permit, resolve
from firmware.config import CallBackRules, Target, TargetKind
from firmware.ids import uuid7
from firmware.records import CallBack
from firmware.routing.schedules import is_open


def may_call(host: Host, rules: CallBackRules, number: str) -> bool:
    """Whether a customer at this number can be called back."""
    try:
        check(host, rules, number)
    except Failed:
        return False
    return True


def check(host: Host, rules: CallBackRules, number: str) -> Target:
    """What a customer's number means. Failed when nobody is called there: class, lists, limits, help, no way out."""
    target = resolve(host, number) or Target(TargetKind.EXTERNAL, number)
    if target.kind not in (TargetKind.EXTERNAL, TargetKind.EXTENSION) or not number.strip("+").isdigit():
        raise Failed(Cause.INVALID_NUMBER, f"{number} is no telephone's number")
    permit(host, "", target, rules.call_class)
    if target.kind == TargetKind.EXTERNAL and leaving.way(host, number).kind == "emergency":
        raise Failed(Cause.NOT_ALLOWED, f"{number} is an emergency number")
    return target


def is_open_at(host: Host, rules: CallBackRules, at: datetime) -> bool:
    """Whether customers are called at a time of the site."""
    schedule = host.config.schedule(rules.schedule)
    return schedule is None or is_open(schedule, at)


def promise(host: Host, queue: str, number: str, name: str, at: datetime | None) -> CallBack:
    """Somebody of the house wants a customer to be called. Failed, Conflict."""
    found = host.config.queue(queue)
    check(host, found.call_back if found else CallBackRules(), number)
    now = times.now()
    made = CallBack(str(uuid7()), queue, number, now, now, at or now, None, name, wanted_at=at)
    return host.call_backs.promise(made)


def promise_to(host: Host, call: Call, queue: str, wish: Wish, language: str) -> CallBack:
    """A caller of a queue wants to be called, and keeps the place. Conflict."""
    now, at = times.now(), wish.at.astimezone(UTC) if wish.at else None
    made = CallBack(
        str(uuid7()), queue, wish.number, now, call.queued_at, at or now, call.id, call.caller.name, language, at,
        refused=call.recording_refused,
    )  # fmt: skip
    kept = host.call_backs.promise(made)
    call.note("call_back_promised", id=kept.id, number=wish.number, at=times.iso(at) if at else None)
    return kept
