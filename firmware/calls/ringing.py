# SPDX-License-Identifier: GPL-2.0-or-later
"""Rings all endpoints of an extension together; the first that answers wins."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from firmware.calls.causes import Cause
from firmware.calls.host import Host
from firmware.calls.leg import Caller, Failed, Leg
from firmware.calls.sip_leg import SipLeg, from_header
from firmware.calls.station_leg import StationLeg
from firmware.config import Extension
from firmware.countries import RingName

log = logging.getLogger(__name__)


def why_not(host: Host, extension: Extension) -> str:
    """Why no endpoint of the extension can be rung, "" when one can."""
    if host.phone_reachable(extension):
        return ""
    station = host.stations.get(extension.port or "")
    if station:
        return station.why_not
    return "has no phone that could ring"


async def ring_extension(
    host: Host, extension: Extension, caller: Caller, timeout_s: float, ring: RingName = RingName.OUTSIDE
) -> Leg:
    """The leg that answered. Failed when nobody did, everything is busy, or nothing can ring."""
    legs = _legs(host, extension, caller)
    rings = {asyncio.create_task(_ring(leg, caller, ring)): leg for leg in legs}
    winner: Leg | None = None
    try:
        with host.ringing.at(extension.number) as picked:
            async with asyncio.timeout(timeout_s):
                winner = await _first(rings, picked)
        return winner
    except TimeoutError:
        raise Failed(Cause.NO_ANSWER, f"{extension.number} did not answer within {timeout_s:.0f} s") from None
    finally:  # without a further await: whoever cancels us finds every leg but the winner's hung up
        for task in rings:
            task.cancel()
        for leg in legs:
            if leg is not winner:
                leg.hang_up(Cause.NORMAL)


def _legs(host: Host, extension: Extension, caller: Caller) -> list[StationLeg | SipLeg]:
    legs: list[StationLeg | SipLeg] = []
    cause, reasons = Cause.OUT_OF_ORDER, []
    station = host.stations.get(extension.port or "")
    if station:
        try:
            legs.append(station.take())
        except Failed as failed:
            cause = failed.cause
            reasons.append(str(failed))
    if host.phone_reachable(extension):
        try:
            legs.append(host.call_phone(extension, from_header(caller, "tipring.invalid")))
        except Failed as failed:
            cause = failed.cause
            reasons.append(str(failed))
    if not legs:
        raise Failed(cause, "; ".join(reasons) or f"{extension.number} has no phone that could ring")
    return legs


async def _ring(leg: StationLeg | SipLeg, caller: Caller, ring: RingName) -> Leg:
    """Until answered. Failed when the phone says no."""
    ringing = leg.ring(caller, ring) if isinstance(leg, StationLeg) else leg.up.wait()
    up: asyncio.Future[Any] = asyncio.ensure_future(ringing)
    try:
        signs: set[asyncio.Future[Any]] = {up, leg.gone}
        await asyncio.wait(signs, return_when=asyncio.FIRST_COMPLETED)
        if up.done():
            await up
            if isinstance(leg, SipLeg):
                await leg.has_sound()
            return leg
        raise Failed(leg.gone.result(), f"{leg.name} refused")
    finally:
        up.cancel()
        with contextlib.suppress(asyncio.CancelledError, Failed):
            await up


async def _first(rings: dict[asyncio.Task[Leg], StationLeg | SipLeg], picked: asyncio.Future[Leg]) -> Leg:
    failure = Failed(Cause.NO_ANSWER, "nobody answered")
    pending: set[asyncio.Future[Leg]] = {*rings}
    while pending:
        done, pending = await asyncio.wait({*pending, picked}, return_when=asyncio.FIRST_COMPLETED)
        pending.discard(picked)
        for task in done:
            try:
                return task.result()
            except Failed as failed:
                failure = failed
    raise failure
