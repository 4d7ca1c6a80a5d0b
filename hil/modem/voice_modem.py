# SPDX-License-Identifier: GPL-2.0-or-later
"""A voice modem (ITU-T V.253) on a pty, and the telephone line behind it: who rings, speaks and listens there."""

from __future__ import annotations

import asyncio
from array import array
from collections import deque
from collections.abc import Iterable
from pathlib import Path

from firmware import countries
from firmware.countries import ToneName
from hil.clock import clock
from hil.dtmf_receiver import DtmfReceiver
from hil.g711 import BLOCK, BLOCK_S, Pcm, decode, encode, pcm
from hil.modem.pty_modem import PtyModem, until
from hil.player import Player
from hil.signals import tone_audio

DLE, ETX, SUB = 0x10, 0x03, 0x1A
OK = "OK"
AHEAD = 4  # blocks that it gives at once: it may be late by so much before the box hears a gap
BUFFER = 1600  # octets to be played: 200 ms; more is not taken
PCM8, ULAW = 1, 131
FORMATS = ('0,"SIGNED PCM",8,0,8000,0,0', '1,"UNSIGNED PCM",8,0,8000,0,0', '131,"Mu-Law",8,0,8000,0,0')


class VoiceModem(PtyModem):
    """`duplex` False: without +VTR. `formats` are the lines of +VSM=?. The line has dial tone when it is seized unless
    `dial_tone` is False. `off_hook`, `dialled` and `blocks` (mu-law since it was lifted) are what the line sees.
    """

    def __init__(self, device: Path, *, duplex: bool = True, formats: Iterable[str] = FORMATS) -> None:
        super().__init__(device)
        self.duplex, self.formats = duplex, tuple(formats)
        self.country = countries.load("us")
        self.dial_tone = True
        self.lifts = 0
        self.states: list[str] = []
        self.overruns = self.underruns = 0

    def reset(self) -> None:
        """On hook, in data mode."""
        super().reset()
        self.off_hook = self.rings = False
        self.voice = False
        self.format, self._state = PCM8, ""
        self.player = Player("ulaw")
        self.dialled = ""
        self.blocks: list[bytes] = []
        self._digits = DtmfReceiver()
        self._shielded = False
        self._play: deque[int] = deque()
        self._flows = False
        self._came = self._played_out = 0  # octets, and blocks, of this voice state

    def unplug(self) -> None:
        """The line is on hook."""
        self._stop()
        super().unplug()

    # ---- the line --------------------------------------------------------------------------------

    async def ring(self, number: str = "", name: str = "", on_s: float = 0.3, off_s: float = 2.2) -> None:
        """Until the box answers, or `rings` is set to False; who calls is told between the first two bursts."""
        self.rings = True
        first = True
        while self.rings and not self.off_hook:
            await self.tell("RING")
            await asyncio.sleep(on_s)
            if first and number and not self.off_hook:
                await asyncio.sleep(0.3)
                await self.tell("DATE = 1122", "TIME = 1200", f"NMBR = {number}", *([f"NAME = {name}"] if name else []))
            first = False
            for _ in range(int(off_s / 0.05)):
                if self.off_hook:
                    break
                await asyncio.sleep(0.05)
        self.rings = False

    cushion_s = 0.06  # what the box gives ahead
    settles_s = 0.5  # until both are ahead

    def say(self, audio: Pcm) -> asyncio.Future[None]:
        """The far end of the call says this."""
        return self.player.say(encode(audio, "ulaw"))

    async def listen(self, seconds: float) -> Pcm:
        """What the far end hears from now on for so long. TimeoutError when no sound comes."""
        begin, wanted = len(self.blocks), round(seconds / BLOCK_S)
        await until(lambda: len(self.blocks) >= begin + wanted)
        return self.heard_pcm(begin)

    async def code(self, code: str) -> None:
        """An event on the line, as the modem tells it off hook."""
        await self.put(bytes((DLE,)) + code.encode("ascii"))

    def heard_pcm(self, begin: int = 0) -> Pcm:
        """What the line heard of the box, from that block of 20 ms on."""
        return decode(b"".join(self.blocks[begin:]), "ulaw")

    # ---- commands --------------------------------------------------------------------------------

    async def carry_out(self, command: str) -> Iterable[str] | None:
        text = command[2:].upper()
        name, _, value = text.partition("=")
        if text in ("E0", "E1"):
            self.echo = text == "E1"
        elif text in ("+GMM", "I3"):
            return ["TESTVOICE 56K", OK]
        elif text == "+FCLASS=?":
            return ["0,1,8", OK]
        elif name == "+FCLASS":
            self.voice = value == "8"
        elif text == "+VTR=?":
            return [OK] if self.duplex else ["ERROR"]
        elif text == "+VCID=?":
            return ["(0-2)", OK]
        elif text == "+CPIN?":
            return ["ERROR"]
        elif text == "+VSM=?":
            return [*self.formats, OK]
        elif name == "+VSM":
            self.format = int(value.split(",")[0])
        elif name == "+VLS":
            return self._hook(value)
        elif text in ("+VTR", "+VRX", "+VTX"):
            return self._sound(text)
        elif name == "+VTS" and self.off_hook:
            self.dialled += value.replace(",", "")
            self.player.repeat(None)
        elif text == "H":
            self._on_hook()
        elif text.startswith("D") and self.off_hook:
            self.dialled += "".join(sign for sign in text if sign.isdigit())
            self.player.repeat(None)
        return [OK]

    def _hook(self, value: str) -> list[str]:
        if not self.voice:
            return ["ERROR"]
        if value == "0":
            self._on_hook()
        elif not self.off_hook:
            self.lifts += 1
            self.off_hook, self.dialled, self.blocks = True, "", []
            self._digits = DtmfReceiver()
            if not self.rings and self.dial_tone:
                self.player.repeat(tone_audio(self.country.tones[ToneName.DIAL], "ulaw"))
        return [OK]

    def _on_hook(self) -> None:
        self.off_hook = False
        self._stop()
        self.player.stop()

    def _sound(self, state: str) -> list[str] | None:
        if not self.off_hook or (state == "+VTR" and not self.duplex):
            return ["ERROR"]
        self.states.append(state)
        self.spawn(self._begin(state))
        return None

    async def _begin(self, state: str) -> None:
        async with self.writing:
            await self.put(b"\r\nCONNECT\r\n")
            self._state, self._shielded = state, False
            self._play.clear()
            self._flows = False
            self._came, self._played_out = 0, -clock().missed
            if state != "+VTX":
                for _ in range(AHEAD):
                    self._give_sound()
            clock().add(self._tick)

    def _stop(self) -> None:
        self._state = ""
        clock().remove(self._tick)

    # ---- voice states ----------------------------------------------------------------------------

    def _tick(self) -> None:
        """20 ms on the line, both ways."""
        if self._state in ("+VTR", "+VRX"):
            self._give_sound()
        else:
            self.player.next_block()
        if self._state in ("+VTR", "+VTX"):
            self._played()

    def _give_sound(self) -> None:
        octets = bytes(self._from_line(self.player.next_block()))
        self.give(octets.replace(b"\x10", b"\x10\x10"))

    def _from_line(self, block: bytes) -> Iterable[int]:
        if self.format == ULAW:
            return block
        offset = 128 if self.format == PCM8 else 0
        return [(sample // 256 + offset) & 0xFF for sample in decode(block, "ulaw")]

    def _to_line(self, octets: list[int]) -> bytes:
        if self.format == ULAW:
            return bytes(octets)
        offset = 128 if self.format == PCM8 else 0
        signed = array("b", bytes((octet - offset) & 0xFF for octet in octets))
        return encode(pcm(octet * 256 for octet in signed), "ulaw")

    def _played(self) -> None:
        count = min(len(self._play), BLOCK)
        if count < BLOCK and self._flows:
            self.underruns += 1
            self.give(b"\x10u")
        self._flows = count == BLOCK
        self._played_out += 1
        block = self._to_line([self._play.popleft() for _ in range(count)])
        block += encode([0], "ulaw") * (BLOCK - count)
        self.blocks.append(block)
        if digit := self._digits.feed(decode(block, "ulaw")):
            self.dialled += digit
            self.player.repeat(None)

    def received(self, data: bytes) -> None:
        """In a voice state: sound to be played, and codes."""
        if not self._state:
            super().received(data)
            return
        for at, octet in enumerate(data):
            if not self._state:
                super().received(data[at:])
                return
            if self._shielded:
                self._shielded = False
                self._coded(octet)
            elif octet == DLE:
                self._shielded = True
            else:
                self._take(octet)

    def _take(self, octet: int) -> None:
        if len(self._play) == BUFFER:
            clock().catch_up()  # a modem plays on while this process stands still
        self._came += 1
        if len(self._play) < BUFFER:
            self._play.append(octet)
        elif self._came > (self._played_out + clock().missed) * BLOCK + BUFFER:
            self.overruns += 1  # else it is not too much, but late: silence was played for it already

    def _coded(self, octet: int) -> None:
        ends = {"+VTR": b"^", "+VRX": b"\x1b!", "+VTX": b"\x03"}[self._state]
        if octet == DLE:
            self._take(DLE)
        elif octet == SUB:
            self._take(DLE)
            self._take(DLE)
        elif octet in ends:
            receives = self._state != "+VTX"
            self._stop()
            self.spawn(self._ended(receives))

    async def _ended(self, receives: bool) -> None:
        if receives:
            self.give(bytes((DLE, ETX)))
        await self.tell("VCON" if not receives else OK)
