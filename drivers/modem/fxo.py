# SPDX-License-Identifier: GPL-2.0-or-later
"""A voice modem as an FXO port (ITU-T V.253): it answers, dials and hangs up, and its sound goes through native code.

A modem with +VTR carries sound both ways. One without it listens (+VRX), and speaks (+VTX) while the box has something
to say: whether it can is known when it is off hook for the first time.
"""

from __future__ import annotations

import asyncio
import enum
import logging
import time

from drivers.lineaudio.voice_modem import SampleFormat, VoiceCode, Ways
from drivers.modem.at_lines import DLE
from drivers.modem.dialogue import AtError, Dialogue
from drivers.modem.pumping import Pumping
from drivers.modem.serial_line import SerialLine
from drivers.modem.voice import Abilities, prepare
from drivers.port import AudioPath, Battery, FxoPort, PortError, PortEvent, PortEventRecord
from drivers.voice_modems import Ability

log = logging.getLogger(__name__)

ALIVE_S = 20.0  # an idle modem is asked so often whether it is there
OFF_HOOK_S, STATE_S, DIAL_S = 8.0, 5.0, 60.0
LEAVE_S = 2.0  # from asking for the end of a voice state to its result
CALLER_S = 0.4  # between two lines of caller ID
RING_S = 2.0  # a modem tells the beginning of a burst, or its end: then none is under way any more
ETX, ESCAPE, CARET, CANCEL = 0x03, 0x1B, 0x5E, 0x18
RESULTS = ("OK", "VCON")
DIALLED = (*RESULTS, "NO ", "BUSY")
LEAVE_ALL = bytes((0x10, CANCEL, 0x10, ETX, 0x10, ESCAPE, 0x10, CARET)) + b"\r"  # whatever the last run died in
BY_TURNS = "This modem carries sound one way at a time (it has no +VTR): fit for announcements and messages only."


class State(enum.StrEnum):
    GONE = "gone"
    IDLE = "idle"  # on hook, in command state
    DUPLEX = "duplex"  # +VTR
    LISTENING = "listening"  # +VRX
    SPEAKING = "speaking"  # +VTX


_WAYS = {
    State.DUPLEX: ("AT+VTR", Ways.RECEIVES | Ways.SENDS, CARET),
    State.LISTENING: ("AT+VRX", Ways.RECEIVES, ESCAPE),
    State.SPEAKING: ("AT+VTX", Ways.SENDS, ETX),
}


class ModemFxo(FxoPort):
    """At a serial `device`; opened again and again until it is there. `law` is set by the card."""

    tells_caller = True

    def __init__(self, id: str, device: str) -> None:
        super().__init__(id)
        self.law = "ulaw"
        self._audio: AudioPath | None = None
        self._format = SampleFormat.ULAW
        self._state = State.GONE
        self._pumping: Pumping | None = None
        self._off_hook = self._speaks = False
        self._steps = asyncio.Lock()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._ring_over: asyncio.TimerHandle | None = None
        self._caller: dict[str, str] = {}
        self._caller_due: asyncio.TimerHandle | None = None
        self._digit_told: bool | None = None  # between its marks; None: this modem makes none
        self._releasing = False
        self._settled = asyncio.Event()
        self.serve(device)

    # ---- life ------------------------------------------------------------------------------------

    def serve(self, device: str) -> None:
        """Of which device it is the port, while it is closed."""
        self.device, self._fault = device, f"{device} was not opened yet."
        self._line = SerialLine(device)
        self._line.on_lost = self._lost
        self._at = Dialogue(self._line, self.id, self._came)
        self._abilities = Abilities()
        self._duplex: bool | None = None  # not known before the first call

    async def leave(self) -> None:
        """Whoever talks on it is cut off; it is opened no more."""
        await self.close()
        self._down(f"{self.device} is no line of this box any more.")

    async def move_to(self, device: str) -> None:
        """The same port, with another modem."""
        await self.leave()
        self.serve(device)
        self.open()

    def open(self) -> None:
        """Begins to look for the modem."""
        self._task = asyncio.create_task(self._line.hold(self._live, self._down))

    async def close(self) -> None:
        """Goes on hook and lets go of the modem."""
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
        self._off_hook = False
        if self._state is not State.GONE:
            try:
                await self._hang_up()
            except PortError as error:
                log.info("%s: %s", self.id, error)
        self._stop_pump()
        await self._line.close()

    async def _live(self) -> None:
        await self._begin()
        await self._follow()

    async def _begin(self) -> None:
        self._line.write(LEAVE_ALL)
        self._at.out_of_step()
        self._format, self._abilities = await prepare(self._at, self.law)
        log.info("%s: %s at %s, %s", self.id, self.model, self.device, self._format.name)
        self._to(State.IDLE, "ready")
        self._fault = ""
        self._emit(PortEvent.PLUGGED)
        self._emit(PortEvent.BATTERY_RESTORED)

    def _down(self, why: str) -> None:
        news = why != self._fault
        self._fault = why
        was, self._off_hook, self._releasing = self._state, False, False
        self._settled.set()  # whoever waits is told the fault
        self._to(State.GONE, "lost")
        if was is not State.GONE:
            self._emit(PortEvent.BATTERY_LOST)
            self._emit(PortEvent.UNPLUGGED)
        if news:
            log.warning("%s: %s", self.id, why)
            self._emit(PortEvent.FAULT, detail=why)
        self._stop_pump()

    def _lost(self, why: str) -> None:
        self._at.lost(why)
        self._wake.set()

    def _to(self, state: State, event: str) -> None:
        log.debug("%s: %s -[%s]> %s", self.id, self._state, event, state)
        self._state = state

    async def _follow(self) -> None:
        """Brings the modem to where it is wanted, until it is gone."""
        while True:
            self._wake.clear()
            async with self._steps:
                await self._toward()
            try:
                async with asyncio.timeout(ALIVE_S):
                    await self._wake.wait()
            except TimeoutError:
                if self._state is State.IDLE:
                    await self._at.ask("AT")
            self._line.must_be_there()

    # ---- hook and voice states -------------------------------------------------------------------

    @property
    def _wanted(self) -> State:
        if not self._off_hook or self._releasing:
            return State.IDLE
        if self._duplex is not False:
            return State.DUPLEX
        return State.SPEAKING if self._speaks else State.LISTENING

    async def _toward(self) -> None:
        if self._state is State.IDLE:
            self._releasing = False
        while (wanted := self._wanted) is not self._state:
            if wanted is State.IDLE:
                await self._hang_up()
                self._releasing = False
                continue
            if self._state is State.IDLE:
                await self._at.ask("AT+VLS=1", limit_s=OFF_HOOK_S, finals=RESULTS)
            else:
                await self._leave()
            await self._enter(wanted)

    async def _enter(self, state: State) -> None:
        command, ways, _ = _WAYS[state]
        try:
            await self._at.ask(command, limit_s=STATE_S, finals=("CONNECT",))
        except AtError:
            if state is not State.DUPLEX:
                raise
            log.warning("%s: %s", self.id, BY_TURNS)
            self._duplex = False
            await self._enter(State.LISTENING)
            return
        if state is State.DUPLEX:
            self._duplex = True
        self._pumping = Pumping(
            self._line, self._audio, self._format, self.law, ways, self._at.received, self._bad_audio
        )
        self._to(state, command)
        self._settled.set()

    async def _leave(self) -> None:
        """Back to commands, off hook."""
        pumping = self._pumping
        if not pumping:
            return
        code = _WAYS[self._state][2]
        await self._at.result_of("the end of sound", lambda: pumping.leave(code), RESULTS, LEAVE_S)
        self._stop_pump()

    async def _hang_up(self) -> None:
        try:
            await self._leave()
        except PortError as error:
            log.warning("%s: %s", self.id, error)
        self._stop_pump()
        self._speaks = False
        await self._at.ask("AT+VLS=0", limit_s=OFF_HOOK_S, finals=RESULTS)
        self._to(State.IDLE, "on hook")

    def _stop_pump(self) -> None:
        pumping, self._pumping = self._pumping, None
        if pumping:
            pumping.close()

    def _bad_audio(self, why: str) -> None:
        log.warning("%s: %s", self.id, why)

    async def _between(self, command: str) -> None:
        """A command in the midst of a call: sound pauses for it. PortError."""
        if not self._off_hook:
            raise PortError(f"{self.id} is on hook: seize the line before flashing or dialling.")
        async with self._steps:
            await self._toward()
            state = self._state
            await self._leave()
            try:
                await self._at.ask(command, limit_s=DIAL_S, finals=DIALLED)
            finally:
                if self._line.is_open and state in _WAYS:
                    await self._enter(state)

    # ---- the port --------------------------------------------------------------------------------

    def connect_audio(self, audio: AudioPath) -> None:
        """From the next voice state on."""
        self._audio = audio

    @property
    def plugged(self) -> bool:
        """True while the modem answers: it cannot say whether there is a line."""
        return not self._fault

    @property
    def fault(self) -> str:
        """Why the modem cannot be used."""
        return self._fault

    @property
    def note(self) -> str:
        """Half duplex is said."""
        return BY_TURNS if self.by_turns else ""

    @property
    def model(self) -> str:
        """As the modem says; "" before it answered."""
        return self._abilities.model

    @property
    def can(self) -> tuple[Ability, ...]:
        """As the modem says, and as calls have shown; nothing before it answered."""
        return self._abilities.told(duplex=self._duplex) if self.model else ()

    @property
    def by_turns(self) -> bool:
        """Known after the first call."""
        return self._duplex is False

    @property
    def battery(self) -> Battery:
        """A modem does not say; a line that is dead gives no dial tone."""
        return Battery.NONE if self._fault else Battery.NORMAL

    @property
    def off_hook(self) -> bool:
        """From `seize` to `release`."""
        return self._off_hook

    def seize(self) -> None:
        """Goes off hook as soon as the modem has done what it is at. PortError when it is not there."""
        if self._fault:
            raise PortError(f"{self.id} cannot be used: {self._fault}")
        self._off_hook = True
        self._settled.clear()
        self._ring_ended()
        self._wake.set()

    async def settled(self) -> None:
        """Sound flows. PortError."""
        try:
            async with asyncio.timeout(OFF_HOOK_S + STATE_S):
                await self._settled.wait()
        except TimeoutError:
            raise PortError(f"{self.id} did not go off hook in time.") from None
        if self._fault:
            raise PortError(f"{self.id} cannot be used: {self._fault}")

    def release(self) -> None:
        """Goes on hook. Harmless when already there."""
        self._releasing = self._releasing or self._off_hook
        self._off_hook = False
        self._wake.set()

    async def flash(self, ms: int) -> None:
        """The modem's own flash (V.250, 6.3.1.6); its length is the modem's."""
        await self._between("ATD!;")

    async def dial_pulse(self, digits: str, break_ms: int, make_ms: int, gap_ms: int) -> None:
        """By the modem, at its own pace. PortError at another character."""
        if not digits.isascii() or not digits.isdigit():
            raise PortError(f'{self.id} cannot dial "{digits}" by pulses: only the digits 0 to 9 exist there.')
        await self._between(f"ATDP{digits};")

    async def dial_tones(self, digits: str) -> None:
        """DTMF made by the modem (+VTS)."""
        await self._between(f"AT+VTS={','.join(digits)}")

    # ---- what the modem says ---------------------------------------------------------------------

    def _emit(self, event: PortEvent, digit: str = "", detail: str = "") -> None:
        self.on_event(PortEventRecord(event, time.monotonic(), digit, detail))

    def _came(self, line: str, pdu: str) -> None:
        if line.startswith(DLE):
            self._coded(line[1:])
        elif line.startswith(("RING", "DRON=")):
            self._rang()
        elif "=" in line:
            self._caller_told(*line.split("=", 1))
        elif line.startswith("NO CARRIER") and self._off_hook:
            self._emit(PortEvent.LOOP_BROKEN)

    def _coded(self, code: str) -> None:
        """DLE codes of V.253: only what the sound does not tell as well."""
        match code:
            case "b":
                self._emit(PortEvent.BUSY)
            case "l":
                self._emit(PortEvent.LOOP_BROKEN)
            case "R" if not self._off_hook:
                self._rang()
            case "/":
                self._digit_told = False
            case "~":
                self._digit_told = None
            case _ if code in "0123456789*#ABCD" and self.by_turns:
                self._digit(code)
            case _ if ord(code) in (VoiceCode.TALKS, VoiceCode.QUIET):
                self._speaks = ord(code) == VoiceCode.TALKS
                self._wake.set()
            case _ if ord(code) == VoiceCode.ENDED:
                self._line.look()

    def _digit(self, digit: str) -> None:
        """Between its marks it may be told again and again."""
        if not self._digit_told:
            self._emit(PortEvent.TONE_DIGIT, digit=digit)
        if self._digit_told is not None:
            self._digit_told = True

    def _rang(self) -> None:
        if self._off_hook:
            return
        if not self._ring_over:
            self._emit(PortEvent.RING_BEGAN)
        else:
            self._ring_over.cancel()
        self._ring_over = asyncio.get_running_loop().call_later(RING_S, self._ring_ended)

    def _ring_ended(self) -> None:
        if self._ring_over:
            self._ring_over.cancel()
            self._ring_over = None
            self._emit(PortEvent.RING_ENDED)

    def _caller_told(self, key: str, value: str) -> None:
        """Formatted caller ID (V.253, +VCID=1): DATE, TIME, NMBR, NAME; P is withheld, O not known."""
        name = key.strip().upper()
        if name == "DATE" or not self._caller_due:
            self._caller = {}
        self._caller[name] = value.strip()
        if self._caller_due:
            self._caller_due.cancel()
        self._caller_due = asyncio.get_running_loop().call_later(CALLER_S, self._caller_known)

    def _caller_known(self) -> None:
        """Nothing more was told of this one."""
        self._caller_due = None
        number, name = (self._caller.get(key, "") for key in ("NMBR", "NAME"))
        if "NMBR" in self._caller or name:
            known = [text if text not in ("P", "O") else "" for text in (number, name)]
            private = number == "P" or (not number and name == "P")
            self.on_event(PortEventRecord(PortEvent.CALLER_ID, time.monotonic(), "", known[0], known[1], private))
