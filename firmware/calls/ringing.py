# SPDX-License-Identifier: GPL-2.0-or-later
"""Rings what an extension has, together or in turn; the first that answers wins."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

from firmware.calls.causes import Cause
from firmware.calls.endpoints import Endpoint, Entry, nothing_rings, phones_of
from firmware.calls.host import Host
from firmware.calls.leg import Caller, Deflected, Failed, Leg
from firmware.config import Extension
from firmware.countries import RingName

SAYS_MOST = (Cause.BUSY, Cause.REJECTED, Cause.NO_ANSWER, Cause.NO_RESPONSE)  # of several who failed


def why_not(host: Host, extension: Extension) -> str:
    """Why no endpoint of the extension can be rung, "" when one can."""
    if host.choices.of(extension).do_not_disturb:
        return "does not want to be disturbed"
    if host.phone_reachable(extension):
        return ""
    station = host.stations.get(extension.port or "")
    if station:
        return station.why_not
    return "has no phone that could ring"


def gone(host: Host, extension: Extension) -> str:
    """Why none of the extension's phones is there, whatever they do; "" when one is."""
    station = host.stations.get(extension.port or "")
    if host.phone_reachable(extension) or (station and station.state != "fault"):
        return ""
    return station.why_not if station else "has no phone that could ring"


async def ring_extension(
    host: Host, extension: Extension, caller: Caller, timeout_s: float, ring: RingName = RingName.OUTSIDE
) -> Leg:
    """Rings the extension's phones. Failed when nobody answers, everything is busy, or nothing can ring."""
    entries = phones_of(host, extension)
    if not entries:
        raise nothing_rings(extension)
    return await ring_all(host, entries, caller, ring, timeout_s, None, extension.number)


async def ring_all(
    host: Host, entries: Sequence[Entry], caller: Caller, ring: RingName, timeout_s: float, turn_s: float | None,
    who: str,
) -> Leg:  # fmt: skip
    """All together, or each for `turn_s`. Failed."""
    try:
        async with asyncio.timeout(timeout_s):
            if turn_s is None:
                return await _together(host, entries, caller, ring)
            return await _in_turn(host, entries, caller, ring, turn_s)
    except TimeoutError:
        raise Failed(Cause.NO_ANSWER, f"{who} did not answer within {timeout_s:.0f} s") from None


async def _in_turn(host: Host, entries: Sequence[Entry], caller: Caller, ring: RingName, turn_s: float) -> Leg:
    failures = []
    for entry in entries:
        try:
            async with asyncio.timeout(turn_s):
                return await _together(host, [Entry(entry.number, entry.make)], caller, ring)
        except TimeoutError:
            failures.append(Failed(Cause.NO_ANSWER, f"{entry.number or 'the number outside'} did not answer"))
        except Failed as failed:
            failures.append(failed)
    raise summed_up(failures)


async def _together(host: Host, entries: Sequence[Entry], caller: Caller, ring: RingName) -> Leg:
    made: list[Endpoint] = []
    rings = [asyncio.create_task(_one(entry, caller, ring, made)) for entry in entries]
    winner: Leg | None = None
    try:
        with contextlib.ExitStack() as stack:
            numbers = dict.fromkeys(entry.number for entry in entries if entry.number)
            picked = [stack.enter_context(host.ringing.at(number)) for number in numbers]
            winner = await _first(rings, picked)
        return winner
    finally:  # without a further await: whoever cancels us finds every leg but the winner's hung up
        for task in rings:
            task.cancel()
            if task.done() and not task.cancelled():
                task.exception()  # known by now
        for endpoint in made:
            if endpoint.leg is not winner:
                endpoint.drop()


async def _one(entry: Entry, caller: Caller, ring: RingName, made: list[Endpoint]) -> Leg:
    if entry.after_s:
        await asyncio.sleep(entry.after_s)
    endpoint = entry.make(caller)
    made.append(endpoint)
    return await endpoint.ring(caller, ring)


async def _first(rings: Sequence[asyncio.Task[Leg]], picked: Sequence[asyncio.Future[Leg]]) -> Leg:
    failures: list[Failed] = []
    pending: set[asyncio.Future[Leg]] = {*rings}
    while pending:
        done, pending = await asyncio.wait({*pending, *picked}, return_when=asyncio.FIRST_COMPLETED)
        pending -= set(picked)
        for task in done:
            try:
                return task.result()
            except Failed as failed:
                failures.append(failed)
    raise summed_up(failures)


def summed_up(failures: Sequence[Failed]) -> Failed:
    """What the caller is told when nobody can be had: busy says more than out of order, another number most."""
    if deflected := next((failed for failed in failures if isinstance(failed, Deflected)), None):
        return deflected
    causes = [failed.cause for failed in failures]
    cause = next((cause for cause in SAYS_MOST if cause in causes), causes[-1])
    return Failed(cause, "; ".join(dict.fromkeys(str(failed) for failed in failures)))
