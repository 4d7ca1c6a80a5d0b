# SPDX-License-Identifier: GPL-2.0-or-later
"""How an exchange announces who calls, for each kind of caller ID: alert, sound, and their times."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from firmware.countries import CallerIdKind
from hil import alerting, japan
from hil.callerid import CallerId, as_dtmf, as_fsk, as_fsk_in_call, as_japanese
from hil.fsk import BELL202, V23, Standard
from hil.g711 import Pcm
from hil.signals import quiet, step_of_tone
from hil.waiting import NotSeen

if TYPE_CHECKING:
    from hil.exchange import Exchange

# Data begins at least 300 ms after the first ring and ends 200 ms before the second (GR-30-CORE 2.3.1).
AFTER_FIRST_RING_MS = 500
# EN 300 659-1 6.1.2
BEFORE_FIRST_RING_MS = 250
AFTER_REVERSAL_MS = 150  # at least 100 ms
RING_PULSE_S = 0.25  # RP-AS, 200 to 300 ms
AFTER_RING_PULSE_MS = 600  # 500 to 800 ms
# GR-30-CORE 2.5, EN 300 659-2
AFTER_ACKNOWLEDGEMENT_MS = 150  # from when it is heard to the data: 50 to 500 ms after its end
JAPAN_SETTLES_MS = 200


def standard(kind: CallerIdKind) -> Standard:
    """The modem of a kind."""
    return BELL202 if kind is CallerIdKind.BELL202 else V23


def _sound(exchange: Exchange, caller: CallerId) -> Pcm:
    if exchange.kind.dtmf:
        return as_dtmf(caller, exchange.country.caller_id_dtmf)
    return as_fsk(caller, standard(exchange.kind))


def after_ring(exchange: Exchange, caller: CallerId) -> Pcm:
    """What is said from the end of the first ring on."""
    return quiet(AFTER_FIRST_RING_MS) + _sound(exchange, caller)


async def before_ring(exchange: Exchange, caller: CallerId) -> None:
    """What comes before the first ring, if anything does; the polarity is normal again, but in Japan."""
    kind = exchange.kind
    if kind is CallerIdKind.NTT:
        await _in_japan(exchange, caller)
    if not kind.before_ring:
        return
    if kind.reverses:
        exchange.reverse_polarity()
    pause = quiet(AFTER_REVERSAL_MS)
    if kind.ring_pulse:
        exchange.ring_voltage(True)
        await asyncio.sleep(RING_PULSE_S)
        exchange.ring_voltage(False)
        pause = quiet(AFTER_RING_PULSE_MS)
    alert = alerting.signal() if kind.alerting_tone else quiet(0)
    await exchange.say(pause + alert + _sound(exchange, caller) + quiet(BEFORE_FIRST_RING_MS))
    if kind.reverses:
        exchange.reverse_polarity()


async def _in_japan(exchange: Exchange, caller: CallerId) -> None:
    exchange.reverse_polarity()
    exchange.asking = True
    ringing = asyncio.create_task(_short_rings(exchange))
    try:
        await exchange.off_hook(timeout=japan.CAR_LONGEST_S)
    except NotSeen:
        return  # a terminal that wants no data
    finally:
        ringing.cancel()
        if not exchange.loop.seized:
            exchange.asking = False
    try:
        await exchange.say(quiet(JAPAN_SETTLES_MS) + as_japanese(caller))
        await exchange.on_hook(timeout=5)
    finally:
        exchange.asking = False


async def _short_rings(exchange: Exchange) -> None:
    on, off = japan.CAR_MS
    while True:
        exchange.ring_voltage(True)
        await asyncio.sleep(on / 1000)
        exchange.ring_voltage(False)
        await asyncio.sleep(off / 1000)


async def in_call(exchange: Exchange, caller: CallerId, timeout: float) -> bool:
    """The country's call-waiting tone, CAS, and data for a box that acknowledges with D."""
    tone = exchange.country.call_waiting
    heard = len(exchange.dialled)
    beep = step_of_tone(tone.steps[0], tone.level_dbm0, 300)
    await exchange.say(beep + quiet(20) + alerting.signal(alerting.CAS_MS, 20))
    try:
        await exchange.watch.until(
            lambda: "D" in exchange.dialled[heard:], timeout, f"{exchange.port}: D", exchange.described
        )
    except NotSeen:
        return False
    await exchange.say(quiet(AFTER_ACKNOWLEDGEMENT_MS) + as_fsk_in_call(caller, standard(exchange.kind)))
    return True
