# SPDX-License-Identifier: GPL-2.0-or-later
"""A cellular modem with a SIM card and its network: 3GPP TS 27.005 and 27.007, on a pty."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from hil.modem.pty_modem import PtyModem
from hil.modem.short_messages import Submitted, length, report, submitted

OK, ERROR = "OK", "ERROR"


class CellularModem(PtyModem):
    """What the network and the card are like is set in the attributes; `sent` is what went out.

    `reports`: delivery reports come by themselves, with that status. `keeps_reports`: as +CDSI, else +CDS.
    """

    def __init__(self, device: Path, pin: str = "") -> None:
        super().__init__(device)
        self.pin, self.tries, self.sim = pin, 3, True
        self.registration, self.operator, self.signal = 1, "Testnet", 20
        self.capacity = 10
        self.stored: dict[int, str] = {}
        self.stored_reports: dict[int, str] = {}
        self.sent: list[Submitted] = []
        self.reports: int | None = None
        self.keeps_reports = True
        self.refuses_messages = ""  # "+CMS ERROR: 38"
        self.menus: dict[str, tuple[int, str]] = {"*100#": (0, "Your balance is 4.20")}
        self.cut_next = 0  # octets that are missing of the next stored message that is listed
        self.pins_tried: list[str] = []
        self._reference = 0
        self._expecting: int | None = None

    def reset(self) -> None:
        """A card asks for its PIN again."""
        super().reset()
        self.unlocked = not self.pin
        self.pdu_mode, self.wide, self.tells = False, False, ["0"] * 5
        self.memory = "SM"
        self._expecting = None

    # ---- the network -----------------------------------------------------------------------------

    async def arrive(self, pdu: str) -> bool:
        """The network delivers; False when there is no room (it would try again later)."""
        if len(self.stored) >= self.capacity:
            return False
        index = next(n for n in range(1, self.capacity + 1) if n not in self.stored)
        self.stored[index] = pdu
        if self.tells[1] == "1":
            await self.tell(f'+CMTI: "SM",{index}')
        return True

    async def ring(self, number: str) -> None:
        """A voice call to the card's number."""
        await self.tell("RING", f'+CLIP: "{number}",145')

    def _spell(self, text: str) -> str:
        return text.encode("utf-16-be").hex().upper() if self.wide else text

    def _read(self, text: str) -> str:
        return bytes.fromhex(text).decode("utf-16-be") if self.wide else text

    # ---- commands --------------------------------------------------------------------------------

    def received(self, data: bytes) -> None:
        """At the prompt everything up to Ctrl-Z is the message, and ESC gives up (27.005, 3.5.1)."""
        if self._expecting is None:
            super().received(data)
            return
        self._received += data
        if b"\x1b" in self._received:
            self._received, self._expecting = b"", None
            self.spawn(self.tell(OK))
        elif b"\x1a" in self._received:
            message, _, self._received = self._received.partition(b"\x1a")
            size, self._expecting = self._expecting, None
            self.spawn(self._sent(message.decode("ascii"), size))

    async def carry_out(self, command: str) -> Iterable[str] | None:
        name, _, value = command[2:].partition("=")
        if name.upper() in ("E0", "E1"):
            self.echo = name.upper() == "E1"
            return [OK]
        if name.upper() in ("", "V1", "H", "+CHUP", "Z"):
            return [OK]
        if value == "?" or name.endswith("?"):
            return self._told(name.rstrip("?").upper())
        method = getattr(self, "do_" + re.sub(r"\W", "", name).lower(), None)
        if method is None:
            return [ERROR]
        if not self.unlocked and name.upper() not in ("+CPIN", "+CMEE", "+CGMM"):
            return ["+CME ERROR: 11"]
        answer = method(value)
        if name.upper() == "+CMGS" and answer is None:
            async with self.writing:
                await self.put(b"\r\n> ")
        return list(answer) if answer is not None else None

    def _told(self, name: str) -> list[str]:
        if name == "+CPIN":
            return self._card()
        if not self.unlocked:
            return ["+CME ERROR: 11"]
        answers = {
            "+CREG": f"+CREG: 0,{self.registration}",
            "+CEREG": "+CEREG: 0,0",
            "+COPS": f'+COPS: 0,0,"{self._spell(self.operator)}",7',
            "+CPMS": f"+CPMS: {','.join([self._counted('SM', name=True)] * 3)}",
            "+CMGF": f"+CMGF: {0 if self.pdu_mode else 1}",
        }
        return [answers[name], OK] if name in answers else [ERROR]

    def _card(self) -> list[str]:
        if not self.sim:
            return ["+CME ERROR: 10"]
        if not self.tries:
            return ["+CPIN: SIM PUK", OK]
        return [f"+CPIN: {'READY' if self.unlocked else 'SIM PIN'}", OK]

    def do_cpin(self, value: str) -> list[str]:
        given = value.strip('"')
        self.pins_tried.append(given)
        if given == self.pin and self.tries:
            self.unlocked, self.tries = True, 3
            return [OK]
        self.tries = max(0, self.tries - 1)
        return ["+CME ERROR: 16" if self.tries else "+CME ERROR: 12"]

    def do_cmee(self, value: str) -> list[str]:
        return [OK]

    do_clip = do_cusd_reset = do_cmee

    def do_cgmm(self, value: str) -> list[str]:
        return ["TESTMODEM 4G", OK]

    def do_csq(self, value: str) -> list[str]:
        return [f"+CSQ: {self.signal},99", OK]

    def do_cmgf(self, value: str) -> list[str]:
        self.pdu_mode = value == "0"
        return [OK]

    def do_cscs(self, value: str) -> list[str]:
        self.wide = value == '"UCS2"'
        return [OK]

    def do_cnmi(self, value: str) -> list[str]:
        wanted = value.split(",")
        if wanted[3] == "2" and not self.keeps_reports:
            return ["+CMS ERROR: 303"]
        self.tells = wanted
        return [OK]

    def _messages(self) -> dict[int, str]:
        return self.stored_reports if self.memory == "SR" else self.stored

    def _counted(self, memory: str, *, name: bool = False) -> str:
        held = self.stored_reports if memory == "SR" else self.stored
        return (f'"{memory}",' if name else "") + f"{len(held)},{self.capacity}"

    def do_cpms(self, value: str) -> list[str]:
        wanted = value.replace('"', "").split(",")
        if wanted[0] not in ("SM", "SR"):
            return ["+CMS ERROR: 302"]
        self.memory = wanted[0]
        return [f"+CPMS: {','.join(self._counted(n) for n in (self.memory, 'SM', 'SM'))}", OK]

    def do_cmgl(self, value: str) -> list[str]:
        if not self.pdu_mode:
            return ["+CMS ERROR: 302"]
        lines = []
        for index, pdu in self._messages().items():
            lines += [f"+CMGL: {index},0,,{length(pdu)}", pdu[: len(pdu) - 2 * self.cut_next]]
            self.cut_next = 0
        return [*lines, OK]

    def do_cmgd(self, value: str) -> list[str]:
        return [OK] if self._messages().pop(int(value), None) else ["+CMS ERROR: 321"]

    def do_cmgs(self, value: str) -> list[str] | None:
        if not self.pdu_mode:
            return ["+CMS ERROR: 302"]
        self._expecting = int(value)
        return None

    async def _sent(self, pdu: str, size: int) -> None:
        if self.refuses_messages or length(pdu) != size:
            await self.tell(self.refuses_messages or "+CMS ERROR: 304")
            return
        message = submitted(pdu)
        self.sent.append(message)
        self._reference = (self._reference + 1) % 256
        await self.tell(f"+CMGS: {self._reference}", OK)
        if self.reports is not None and message.wants_report:
            await self._reported(report(self._reference, message.number, self.reports))

    async def _reported(self, pdu: str) -> None:
        if self.tells[3] == "2":
            index = max(self.stored_reports, default=0) + 1
            self.stored_reports[index] = pdu
            await self.tell(f'+CDSI: "SR",{index}')
        elif self.tells[3] == "1":
            await self.tell(f"+CDS: {length(pdu)}", pdu)

    def do_cusd(self, value: str) -> list[str]:
        found = value.replace('"', "").split(",")
        if len(found) < 2:
            return [OK]
        kind, text = self.menus.get(self._read(found[1]), (4, ""))
        self.spawn(self.tell(f'+CUSD: {kind},"{self._spell(text)}",72'))
        return [OK]
