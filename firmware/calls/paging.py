# SPDX-License-Identifier: GPL-2.0-or-later
"""Phones that answer by themselves: one person speaks to the loudspeakers of many, or two talk at once (intercom)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence

from firmware.calls.call import Call
from firmware.calls.causes import Cause
from firmware.calls.endpoints import Phone, nothing_rings
from firmware.calls.host import Host
from firmware.calls.leg import Caller, Failed, Leg
from firmware.calls.mixing import mixed
from firmware.calls.numbers import extension_of
from firmware.calls.sip_leg import SipLeg, from_header
from firmware.config import Extension
from firmware.countries import RingName

ANSWER_S = 6.0  # of a phone that answers by itself
PAGE_S = 300.0

AUTO_ANSWER: Mapping[str, str] = {
    "Answer-Mode": "Auto",
    "Call-Info": "<sip:tipring.invalid>;answer-after=0",
    "Alert-Info": "<http://127.0.0.1>;info=alert-autoanswer;delay=0",
}
"""RFC 5373, and what phones understood before it (Snom and Grandstream; Yealink, Polycom and Cisco)."""


async def intercom(host: Host, extension: Extension, caller: Caller) -> SipLeg:
    """The leg of an extension's SIP phone, which answered by itself. Failed."""
    leg = _call(host, extension, caller)
    try:
        async with asyncio.timeout(ANSWER_S):
            await Phone(leg).ring(caller, RingName.INSIDE)
            return leg
    except TimeoutError:
        leg.hang_up()
        raise Failed(Cause.NO_ANSWER, f"{extension.number} did not answer by itself within {ANSWER_S:.0f} s") from None
    except BaseException:
        leg.hang_up()
        raise


def _call(host: Host, extension: Extension, caller: Caller) -> SipLeg:
    if not host.phone_reachable(extension):
        raise nothing_rings(extension)
    leg = host.call_phone(extension, from_header(caller, "tipring.invalid"), AUTO_ANSWER)
    leg.number = extension.number
    return leg


async def page(host: Host, call: Call, caller: Leg, members: Sequence[str]) -> None:
    """Until the caller hangs up, or 5 minutes have passed; phones in use are left alone. Failed when none answers."""
    crowd = _Crowd(call, caller)
    tasks = [asyncio.create_task(_listens(host, call, number, crowd)) for number in members if number != caller.number]
    try:
        if tasks:
            await asyncio.wait(tasks, timeout=ANSWER_S + 1)
        call.note("paged", phones=len(crowd.listening))
        if not crowd.listening:
            raise Failed(Cause.NO_ANSWER, "no phone answered by itself")
        await asyncio.sleep(PAGE_S)
    finally:
        for task in tasks:
            task.cancel()
        crowd.close()


async def _listens(host: Host, call: Call, number: str, crowd: _Crowd) -> None:
    with contextlib.suppress(Failed):
        extension = host.choices.of(extension_of(host, number))
        if not extension.do_not_disturb and host.lamps.state(number) == "idle":
            leg = await intercom(host, extension, call.caller)
            leg.rtp_timeout_s = 0.0  # who only listens need not be heard
            crowd.add(leg)


class _Crowd:
    """All hear the caller, who hears nobody."""

    def __init__(self, call: Call, caller: Leg) -> None:
        self._call, self._caller = call, caller
        self.listening: list[Leg] = []
        self._sound = contextlib.ExitStack()

    def add(self, leg: Leg) -> None:
        """One more."""
        self.listening.append(leg)
        self._call.joined(leg)
        leg.gone.add_done_callback(lambda gone: self._left(leg))
        self._arrange()

    def _left(self, leg: Leg) -> None:
        if leg in self.listening:
            self.listening.remove(leg)
            self._call.release(leg)
            self._arrange()

    def _arrange(self) -> None:
        self._sound.close()
        self._sound = contextlib.ExitStack()
        if self.listening:
            everybody = [self._caller, *self.listening]
            self._sound.enter_context(mixed(everybody, None, lambda one, other: one is self._caller))

    def close(self) -> None:
        """It is over."""
        self._sound.close()
        for leg in self.listening[:]:
            self.listening.remove(leg)
            self._call.release(leg)
