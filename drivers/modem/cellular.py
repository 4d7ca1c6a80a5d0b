# SPDX-License-Identifier: GPL-2.0-or-later
"""A cellular modem by AT commands: 3GPP TS 27.007 (SIM, network, USSD) and 27.005 (short messages in PDU mode)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import pairwise

from drivers.cellular import (
    CellularModem,
    CellularStatus,
    PinGuard,
    Registration,
    SendFailed,
    Sim,
    UssdReply,
)
from drivers.modem.at_lines import values
from drivers.modem.dialogue import AtError, Dialogue, NoAnswer, first
from drivers.modem.serial_line import SerialLine
from drivers.modem.signal import dbm
from drivers.modem.spelling import spelt, understood
from drivers.port import PortError
from drivers.sms import Alphabet, BadPdu, Deliver, Part, Report, read, submit

log = logging.getLogger(__name__)

REPORTS = "SR"  # the memory of delivery reports (27.005, 3.2.2)
LOOK_S = 15.0  # between two looks at network and memory
NETWORK_S = 60.0  # commands that ask the network
SEND_S = 90.0  # 27.005 names no limit; service centres take up to a minute
LIST_S = 30.0  # 255 messages at 9600 bit/s
UNREADABLE_AFTER = 3  # readings of a message that cannot be decoded: then it is none that was cut on the way
REGISTRATIONS = {
    "0": Registration.NONE, "1": Registration.HOME, "2": Registration.SEARCHING, "3": Registration.DENIED,
    "5": Registration.ROAMING, "6": Registration.HOME, "7": Registration.ROAMING,
}  # fmt: skip
_SIMS = {"READY": Sim.READY, "SIM PIN": Sim.PIN, "SIM PUK": Sim.PUK}
_NO_SIM = (10, 13, 15, 310, 313, 315)  # +CME and +CMS ERROR: not inserted, failure, wrong
_LATER = (-1, 27, 38, 41, 42, 47, 331, 332, 500, 512, 514, 515)  # of +CMS ERROR: 24.011, annex E-2, and 27.005, 3.2.5
_INDICATIONS = ("2,1,0,2,0", "2,1,0,1,0", "1,1,0,1,0", "1,1,0,0,0")  # +CNMI: reports kept, told, told, none


class Cellular(CellularModem):
    """At a serial `device`. The `guard` knows the PIN."""

    def __init__(self, device: str, guard: PinGuard) -> None:
        super().__init__(device)
        self._guard = guard
        self._status = CellularStatus()
        self._line = SerialLine(device)
        self._line.on_lost = self._lost
        self._at = Dialogue(self._line, device, self._came)
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._memory = ""  # where the network's messages are put
        self._full = {REPORTS}  # memories that may have something new
        self._wide = False  # texts are spelt in UCS-2 (+CSCS)
        self._reply: asyncio.Future[UssdReply] | None = None
        self._unreadable: dict[str, int] = {}

    @property
    def status(self) -> CellularStatus:
        """As last seen."""
        return self._status

    # ---- life ------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begins to look for the modem."""
        self._task = asyncio.create_task(self._line.hold(self._live, self._down))

    async def stop(self) -> None:
        """Lets go of it."""
        for task in (self._task, *self._tasks):
            if task:
                task.cancel()
        if self._task:
            await asyncio.wait([self._task, *self._tasks])
        await self._line.close()

    async def _live(self) -> None:
        await self._begin()
        await self._follow()

    def _down(self, why: str) -> None:
        self._set(CellularStatus(why, self._status.model))
        self._refuse_ussd(why)

    def _lost(self, why: str) -> None:
        self._at.lost(why)
        self._wake.set()

    def _set(self, status: CellularStatus) -> None:
        if status != self._status:
            before, self._status = self._status, status
            if status.fault and status.fault != before.fault:
                log.warning("%s: %s", self.device, status.fault)
            self.on_status()

    async def _begin(self) -> None:
        await self._settle("ATE0")
        await self._settle("ATV1")
        await self._settle("AT+CMEE=1")
        model = " ".join(await self._at.ask("AT+CGMM"))[:80]
        self._set(CellularStatus("", model))
        self._full = {REPORTS}

    async def _settle(self, command: str) -> bool:
        """False when the modem does not know it."""
        try:
            await self._at.ask(command)
        except AtError as error:
            log.info("%s: %s", self.device, error)
            return False
        return True

    async def _follow(self) -> None:
        """Until the modem is gone."""
        ready = False
        while True:
            self._wake.clear()
            sim = await self._look_at_sim()
            self._set(replace(self._status, sim=sim))
            if sim is Sim.READY and not ready:
                await self._prepare()
            ready = sim is Sim.READY
            await self._look(messages=ready)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._wake.wait()
            self._line.must_be_there()

    # ---- the card --------------------------------------------------------------------------------

    async def _look_at_sim(self) -> Sim:
        try:
            said = first(await self._at.ask("AT+CPIN?", "+CPIN:", NETWORK_S))
        except AtError as error:
            if error.code in _NO_SIM:
                return Sim.ABSENT
            return Sim.PUK if error.code in (12, 312) else Sim.UNKNOWN
        sim = _SIMS.get(said[0].strip().upper() if said else "", Sim.UNKNOWN)
        if sim is Sim.PIN and self._guard.pin and await self._guard.may_try():
            return await self._unlock()
        return sim

    async def _unlock(self) -> Sim:
        try:
            await self._at.ask(f'AT+CPIN="{self._guard.pin}"', limit_s=NETWORK_S)
        except AtError as error:
            log.error("%s: the PIN was refused: %s", self.device, error.said)
            return Sim.PUK if error.code in (12, 312) else Sim.PIN
        await self._guard.accepted()
        return Sim.READY

    async def _prepare(self) -> None:
        """What has to be set once the card is there. PortError when the modem has no PDU mode."""
        await self._at.ask("AT+CMGF=0")
        self._wide = await self._settle('AT+CSCS="UCS2"')
        await self._settle("AT+CLIP=1")
        await self._settle("AT+CUSD=1")
        found = first(await self._at.ask("AT+CPMS?", "+CPMS:"))
        self._memory = found[-3] if len(found) >= 9 else found[0]
        await self._choose(self._memory)
        for indications in _INDICATIONS:
            if await self._settle(f"AT+CNMI={indications}"):
                break

    # ---- network and memory ----------------------------------------------------------------------

    async def _look(self, *, messages: bool) -> None:
        signal = await self._signal()
        registration = await self._registration()
        operator = await self._operator() if registration in (Registration.HOME, Registration.ROAMING) else ""
        self._set(replace(self._status, signal_dbm=signal, registration=registration, operator=operator))
        if messages:
            await self._empty_memories()

    async def _values(self, command: str, expects: str) -> list[str]:
        """Nothing when the modem refuses to tell."""
        try:
            return first(await self._at.ask(command, expects, NETWORK_S))
        except AtError:
            return []

    async def _signal(self) -> int | None:
        found = dbm("+CSQ", await self._values("AT+CSQ", "+CSQ:"))
        return dbm("+CESQ", await self._values("AT+CESQ", "+CESQ:")) if found is None else found

    async def _registration(self) -> Registration:
        best = Registration.UNKNOWN
        for name in ("CREG", "CEREG"):
            said = await self._values(f"AT+{name}?", f"+{name}:")
            state = REGISTRATIONS.get(said[1] if len(said) > 1 else "", Registration.UNKNOWN)
            if state in (Registration.HOME, Registration.ROAMING):
                return state
            best = state if best is Registration.UNKNOWN else best
        return best

    async def _operator(self) -> str:
        said = await self._values("AT+COPS?", "+COPS:")
        return understood(said[2], wide=self._wide) if len(said) > 2 else ""

    async def _choose(self, memory: str) -> None:
        names = ",".join([f'"{memory}"'] * (3 if memory == self._memory else 1))
        said = first(await self._at.ask(f"AT+CPMS={names}", "+CPMS:"))
        if memory == self._memory and len(said) >= 2 and said[0].isdigit() and said[1].isdigit():
            self._set(replace(self._status, stored=int(said[0]), capacity=int(said[1])))

    async def _empty_memories(self) -> None:
        """Everything that waits, also what no line told of: a full memory tells nothing."""
        await self._settle("AT+CMGF=0")  # a modem that fell over may have forgotten it
        told, self._full = self._full, set()  # what is told meanwhile is for the next time
        await self._choose(self._memory)
        await self._empty()
        for memory in told - {self._memory}:
            if await self._settle(f'AT+CPMS="{memory}"'):
                await self._empty()
        if told - {self._memory}:
            await self._choose(self._memory)

    async def _empty(self) -> None:
        lines = await self._at.ask("AT+CMGL=4", "+CMGL:", LIST_S)
        for header, pdu in pairwise(lines):
            if header.startswith("+CMGL:") and not pdu.startswith("+CMGL:"):
                await self._one(values(header), pdu)

    async def _one(self, header: list[str], pdu: str) -> None:
        """A message in the modem's memory: kept by the box, then deleted."""
        index, state = header[0], header[1] if len(header) > 1 else ""
        if state in ("2", "3"):
            return  # somebody else's, to be sent
        try:
            message = read(pdu, int(header[-1]) if header[-1].isdigit() else None)
        except BadPdu as error:
            log.warning("%s: message %s cannot be read: %s: %s", self.device, index, error, pdu)
            self._unreadable[pdu] = self._unreadable.get(pdu, 0) + 1
            if self._unreadable[pdu] < UNREADABLE_AFTER:
                return
            message = Deliver("", pdu, None)
        if await self._kept(message, pdu):
            self._unreadable.pop(pdu, None)
            await self._at.ask(f"AT+CMGD={index}", limit_s=NETWORK_S)

    async def _kept(self, message: Deliver | Report, pdu: str) -> bool:
        if isinstance(message, Report):
            return await self.on_report(message)
        return await self.on_message(message, pdu)

    # ---- what comes by itself --------------------------------------------------------------------

    def _came(self, line: str, pdu: str) -> None:
        found = values(line)
        if line.startswith(("+CMTI:", "+CDSI:")) and found:
            self._full.add(found[0])
            self._wake.set()
        elif line.startswith(("+CMT:", "+CDS:")):
            self._spawn(lambda: self._straight(pdu))
        elif line.startswith("+CUSD:") and found:
            self._replied(found)
        elif line.startswith("+CLIP:") and found:
            self.on_ring(found[0])
            self._spawn(self._reject)
        else:
            log.debug("%s: %s", self.device, line)

    def _spawn(self, work: Callable[[], Awaitable[None]]) -> None:
        async def quietly() -> None:
            try:
                await work()
            except (PortError, BadPdu) as error:
                log.warning("%s: %s", self.device, error)

        task = asyncio.create_task(quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _straight(self, pdu: str) -> None:
        """A report or a message that the modem does not keep."""
        await self._kept(read(pdu), pdu)

    async def _reject(self) -> None:
        """The SIM's number takes messages only."""
        if not await self._settle("AT+CHUP"):
            await self._settle("ATH")

    # ---- sending ---------------------------------------------------------------------------------

    async def send(self, number: str, text: str, part: Part | None, coding: Alphabet | None) -> int:
        """Sends a message, or a part of one; its reference for the delivery report. SendFailed."""
        pdu, length = submit(number, text, part, coding)
        try:
            said = first(await self._at.ask(f"AT+CMGS={length}", "+CMGS:", SEND_S, message=pdu.encode()))
            return int(said[0])
        except AtError as error:
            raise SendFailed(f"The network refused the message ({error.said}).", again=error.code in _LATER) from error
        except NoAnswer as error:
            raise SendFailed(str(error), again=not error.given, unsure=error.given) from error
        except (PortError, ValueError, IndexError) as error:
            raise SendFailed(str(error), again=True) from error

    # ---- USSD ------------------------------------------------------------------------------------

    async def ussd(self, code: str) -> UssdReply:
        """Sends a code such as *100#, or the answer that the network waits for. PortError."""
        if self._reply:
            raise PortError("The network has not answered the code before yet.")
        reply: asyncio.Future[UssdReply] = asyncio.get_running_loop().create_future()
        self._reply = reply
        try:
            await self._at.ask(f'AT+CUSD=1,"{spelt(code, wide=self._wide)}",15', limit_s=NETWORK_S)
            async with asyncio.timeout(NETWORK_S):
                return await reply
        except TimeoutError:
            raise PortError("The network did not answer the code in time.") from None
        finally:
            self._reply = None

    async def end_ussd(self) -> None:
        """Leaves a dialogue in which the network waits. PortError."""
        await self._at.ask("AT+CUSD=2", limit_s=NETWORK_S)

    def _replied(self, found: list[str]) -> None:
        kind, text = found[0], found[1] if len(found) > 1 else ""
        coding = int(found[2]) if len(found) > 2 and found[2].isdigit() else 15
        reply = UssdReply(understood(text, wide=self._wide or coding & 0xFC == 0x48), kind == "1")
        waiting = self._reply
        if not waiting or waiting.done():
            self.on_ussd(reply)
        elif kind in ("3", "4", "5"):
            waiting.set_exception(PortError(_REFUSED[kind]))
        else:
            waiting.set_result(reply)

    def _refuse_ussd(self, why: str) -> None:
        if self._reply and not self._reply.done():
            self._reply.set_exception(PortError(why))


_REFUSED = {
    "3": "Another program of the modem is in a dialogue with the network.",
    "4": "The network does not know this code.",
    "5": "The network did not answer the code in time.",
}
