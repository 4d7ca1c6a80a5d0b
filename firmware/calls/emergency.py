# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls for help: over any trunk and any line, and over one in use when there is no other; and the desk is told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator

from firmware import times
from firmware.calls import outside
from firmware.calls.call import Call
from firmware.calls.causes import Cause
from firmware.calls.host import Host
from firmware.calls.journal import EMERGENCY
from firmware.calls.leg import Caller, Failed, Leg
from firmware.calls.line import Line
from firmware.calls.numbers import extension_of
from firmware.calls.ringing import ring_extension
from firmware.config import Config
from firmware.records import Severity
from firmware.routing.outward import Outward

log = logging.getLogger(__name__)

ALERT_RING_S = 60.0
JOIN_S, LOOK_S = 30.0, 0.1
ANSWERED_S = 0.6  # an exchange takes less for a bounce of the ring relay
CUT_S = 4.0  # from cutting a call until its line can be dialled on
ALARM_STANDS_S = 3600.0


async def call_out(host: Host, call: Call, way: Outward, caller: Caller) -> Leg:
    """A leg to the emergency number. Failed only when no trunk and no line of the box could carry it."""
    call.emergency = True
    call.shown = Caller(callback(host.config, caller.number), caller.name)
    _tell(host, call, way.number, caller)
    try:
        return await outside.call_out(host, call, way.attempts, whatever_they_say=True)
    except Failed as failed:
        failure = failed
    for line in _lines(host):
        try:
            await _free(host, call, line)
            return await outside.by_line(call, line, way.number)
        except Failed as failed:
            log.warning("%s: emergency call over %s: %s", call.id, line.id, failed)
            call.note("line_failed", line=line.id, reason=str(failed))
            failure = failed
    raise failure


def callback(config: Config, extension: str) -> str:
    """The number at which whoever calls for help from this extension is called back; "" when none was set."""
    known = config.extension(extension)
    return (known.emergency_number if known else "") or config.emergency.callback


def _lines(host: Host) -> Iterator[Line]:
    """Those that work: the free ones first, the Line Doctor's, those on which others talk, last those that ring."""
    order = {"idle": 0, "in_use": 2, "ringing": 3}
    usable = [line for line in host.lines.values() if line.state in order]
    yield from sorted(usable, key=lambda line: 1 if line.reserved else order[line.state])


async def _free(host: Host, call: Call, line: Line) -> None:
    """Ends what goes on on the line. Failed when it is another call for help, or when the line is not free soon."""
    other = next((known for known in host.journal.calls.values() if line.leg in known.legs), None)
    if other and other.emergency and other is not call:
        raise Failed(Cause.NO_CIRCUIT, f"{line.id} carries an emergency call")
    if line.reserved:
        call.note("line_taken", line=line.id)
        line.let_go()
    if line.state == "ringing" and line.leg:
        await line.leg.answer()  # or the exchange would go on ringing
        await asyncio.sleep(ANSWERED_S)
    if other:
        other.note("cut_for_emergency", line=line.id, call=call.id)
        call.note("line_taken", line=line.id, call=other.id)
        for leg in [leg for leg in other.legs if other is not call or leg is line.leg]:
            leg.left(Cause.PREEMPTED)
    elif line.leg:
        line.leg.left(Cause.PREEMPTED)  # the box calls itself, to learn its numbers
    for _ in range(int(CUT_S / LOOK_S)):
        if line.free:
            return
        await asyncio.sleep(LOOK_S)
    raise Failed(Cause.NO_CIRCUIT, f"{line.id} is in use")


# ---- the desk ------------------------------------------------------------------------------------


def _tell(host: Host, call: Call, number: str, caller: Caller) -> None:
    who = " ".join(part for part in (caller.number, caller.name) if part) or "an unknown phone"
    call.note("emergency", number=number, extension=caller.number, callback=call.shown.number if call.shown else "")
    kind = EMERGENCY + call.id
    host.journal.raise_alarm(kind, Severity.CRITICAL, f"Emergency call: {who} called {number}.")
    host.journal.announce(
        "emergency", {"call": call.id, "number": number, "extension": caller.number, "name": caller.name}
    )
    shown = Caller(caller.number, f"{number}: {caller.name or caller.number}")
    for desk in host.config.emergency.alert:
        if desk != caller.number:
            host.spawn(_alert(host, call, desk, shown))


async def _alert(host: Host, call: Call, desk: str, shown: Caller) -> None:
    """Rings a desk. Who answers hears the call; keys 5 and 6 let them speak."""
    try:
        leg = await ring_extension(host, extension_of(host, desk), shown, ALERT_RING_S)
    except Failed as failed:
        call.note("desk_not_told", extension=desk, reason=str(failed))
        return
    call.note("desk_told", extension=desk)
    for _ in range(int(JOIN_S / LOOK_S)):
        if call.conversation and not leg.gone.done():
            call.conversation.supervised(leg, "listen")
            return
        if leg.gone.done() or call.cdr.ended_at:
            break
        await asyncio.sleep(LOOK_S)
    leg.hang_up()


def forget(host: Host, age_s: float = ALARM_STANDS_S) -> None:
    """Alarms of calls for help are cleared after an hour, once the call is over."""
    for kind, alarm in list(host.journal.alarms.items()):
        over = kind.removeprefix(EMERGENCY) not in host.journal.calls
        if kind.startswith(EMERGENCY) and over and (times.now() - alarm.raised_at).total_seconds() > age_s:
            host.journal.clear_alarm(kind)
