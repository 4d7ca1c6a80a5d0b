# SPDX-License-Identifier: GPL-2.0-or-later
"""AT dialogues (ITU-T V.250): one command at a time, a limit for each, and what comes by itself sorted out.

A modem that did not answer in time may still do so, and its answer would be taken for that of the next command. So
after a time-out the dialogue is out of step: before the next command it says AT until the modem has said OK and
nothing more for QUIET_S.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from drivers.modem.at_lines import ERRORS, TWO_LINES, Splitter, comes_by_itself, values
from drivers.modem.serial_line import SerialLine
from drivers.port import PortError

log = logging.getLogger(__name__)

LIMIT_S = 5.0  # of commands that ask nothing of a network
PROMPT_S = 5.0
QUIET_S = 0.6
TRIES = 10
ESCAPE, SUBSTITUTE = b"\x1b", b"\x1a"


class AtError(PortError):
    """The modem refused. `code` is that of +CME ERROR or +CMS ERROR, -1 without one."""

    def __init__(self, command: str, said: str) -> None:
        super().__init__(f"The modem refused {command}: {said}.")
        self.said = said
        number = said.rpartition(":")[2].strip()
        self.code = int(number) if number.isdigit() else -1


class NoAnswer(PortError):
    """Nothing came within the limit, or the modem was pulled out; whether the command was carried out is not known.

    `given`: a message was handed over before.
    """

    def __init__(self, why: str, given: bool = False) -> None:
        super().__init__(why)
        self.given = given


class State(enum.StrEnum):
    IDLE = "idle"
    ASKED = "asked"  # a command is with the modem
    OUT_OF_STEP = "out_of_step"  # it owes an answer


@dataclass(slots=True)
class _Command:
    text: str
    expects: str  # how lines of information begin; "": any
    finals: tuple[str, ...]
    answer: asyncio.Future[str]
    prompt: asyncio.Future[None] | None = None
    lines: list[str] = field(default_factory=list)

    @property
    def given(self) -> bool:
        """The modem has the message."""
        return bool(self.prompt and self.prompt.done())


class Dialogue:
    """On an open line. `on_unsolicited` is called with a line that came by itself, and the PDU behind it or ""."""

    def __init__(self, line: SerialLine, name: str, on_unsolicited: Callable[[str, str], None]) -> None:
        self._line, self._name, self._on_unsolicited = line, name, on_unsolicited
        self._splitter = Splitter()
        self._alone = asyncio.Lock()
        self._command: _Command | None = None
        self._header = ""  # of two lines that belong together
        self._state = State.IDLE
        self._heard = asyncio.Event()
        line.on_received = self.received

    async def ask(
        self,
        text: str,
        expects: str = "",
        limit_s: float = LIMIT_S,
        finals: tuple[str, ...] = ("OK",),
        message: bytes = b"",
    ) -> list[str]:
        """Sends a command; its lines of information. A `message` is given at the prompt.

        AtError when it is refused, NoAnswer when no answer comes in time, PortError when the modem is gone.
        """
        loop = asyncio.get_running_loop()
        command = _Command(text, expects, finals, loop.create_future(), loop.create_future() if message else None)
        said = await self._carried_out(
            command, limit_s, lambda: self._line.write(text.encode("ascii") + b"\r"), message
        )
        return [*command.lines, said] if finals != ("OK",) else command.lines

    async def result_of(self, what: str, begin: Callable[[], None], finals: tuple[str, ...], limit_s: float) -> str:
        """What the modem says to something that is no command: the end of a voice state. As `ask`."""
        command = _Command(what, "", finals, asyncio.get_running_loop().create_future())
        return await self._carried_out(command, limit_s, begin, b"")

    async def _carried_out(self, command: _Command, limit_s: float, begin: Callable[[], None], message: bytes) -> str:
        async with self._alone:
            if self._state is State.OUT_OF_STEP:
                await self._find_step()
            self._command = command
            self._to(State.ASKED, command.text)
            try:
                async with asyncio.timeout(limit_s):
                    begin()
                    if command.prompt:
                        await self._give(command, command.prompt, message)
                    said = await command.answer
            except TimeoutError:
                self._to(State.OUT_OF_STEP, "no answer")
                why = f"The modem did not answer {command.text} within {limit_s:g} s."
                raise NoAnswer(why, command.given) from None
            except BaseException:
                self._to(State.OUT_OF_STEP, "given up")
                raise
            finally:
                self._command = None
            self._to(State.IDLE, said)
            if said.startswith(ERRORS):
                raise AtError(command.text, said)
            return said

    async def _give(self, command: _Command, prompt: asyncio.Future[None], message: bytes) -> None:
        """The message, once it is asked for; a refusal may come instead."""
        asked, _ = await asyncio.wait((prompt, command.answer), timeout=PROMPT_S, return_when=asyncio.FIRST_COMPLETED)
        if not asked:
            self._line.write(ESCAPE)
            raise TimeoutError
        if prompt.done():
            self._line.write(message + SUBSTITUTE)

    def lost(self, why: str) -> None:
        """The line is gone: whoever waits is told."""
        if self._command and not self._command.answer.done():
            self._command.answer.set_exception(NoAnswer(why, self._command.given))
        self._heard.set()

    # ---- step ------------------------------------------------------------------------------------

    def out_of_step(self) -> None:
        """Nobody knows what the modem was doing."""
        self._to(State.OUT_OF_STEP, "begin")

    async def _find_step(self) -> None:
        for _ in range(TRIES):
            self._splitter.forget()
            self._header = ""
            self._line.write(b"AT\r")
            answered = False
            while await self._something():
                answered = True
            if answered:
                self._to(State.IDLE, "quiet")
                return
        raise NoAnswer(f"The modem at {self._line.device} does not answer. Switch it off and on.")

    async def _something(self) -> bool:
        """False when nothing came for a while."""
        self._heard.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(QUIET_S):
                await self._heard.wait()
                return self._line.is_open
        return False

    def _to(self, state: State, event: str) -> None:
        log.debug("%s: %s -[%s]> %s", self._name, self._state, event, state)
        self._state = state

    # ---- what comes ------------------------------------------------------------------------------

    def received(self, data: bytes) -> None:
        """Bytes from the modem."""
        for line in self._splitter.feed(data):
            log.debug("%s said %r", self._name, line)
            self._sort(line)
        command = self._command
        if command and command.prompt and not command.prompt.done() and self._splitter.prompt():
            command.prompt.set_result(None)

    def _sort(self, line: str) -> None:
        command = self._command
        if self._header:
            header, self._header = self._header, ""
            self._on_unsolicited(header, line)
        elif command and line.upper() == command.text.upper():
            return  # echo
        elif command and command.expects and line.startswith(command.expects):
            command.lines.append(line)
        elif command and line.startswith((*command.finals, *ERRORS)):
            self._heard.set()
            if not command.answer.done():
                command.answer.set_result(line)
        elif line.startswith(TWO_LINES):
            self._header = line
        elif comes_by_itself(line):
            self._on_unsolicited(line, "")
        elif command and (not command.expects or (command.lines and _is_pdu(line))):
            command.lines.append(line)
        else:
            self._heard.set()
            log.info("%s said %r, which answers nothing", self._name, line)


def _is_pdu(line: str) -> bool:
    return len(line) % 2 == 0 and not line.strip("0123456789ABCDEFabcdef")


def first(lines: list[str]) -> list[str]:
    """The values of the first line of information. PortError when there is none."""
    if not lines:
        raise PortError("The modem gave no answer to what it was asked.")
    return values(lines[0])
