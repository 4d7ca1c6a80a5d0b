# SPDX-License-Identifier: GPL-2.0-or-later
"""An exchange of the bench: a person calls in through it, and it plays the whole world when the box dials out."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from firmware.countries import ToneName
from firmware.errors import Invalid
from hil.bench.end import KEPT_BLOCKS, Action, Command, End, text_of
from hil.exchange import Exchange, HangUp, LineState
from hil.g711 import Pcm
from hil.signals import quiet, sines

DIALLED_S = 2.5  # after the last digit
RINGBACK_S = 3.0
RING_MOST_S = 180.0  # a caller who waits so long has gone home
ECHO_BLOCKS = 40  # 0.8 s: late enough to be told from one's own voice
BUSY_ENDING = "99"
FIRST_DIGIT_S = 20.0


def message() -> Pcm:
    """What the called party says: three rising beeps."""
    audio = quiet(200)
    for hz in (523, 659, 784):
        audio += sines([(hz, -16)], 250) + quiet(100)
    return audio


class ExchangeEnd(End):
    """A line of the bench."""

    def __init__(self, sim_dir: Path, port: str, country: str) -> None:
        self.exchange = Exchange(sim_dir, port, country, keep=KEPT_BLOCKS)
        super().__init__(self.exchange, country)
        self.exchange.on_state = self._line_changed
        self._caller: dict[str, str] | None = None
        self._plot: asyncio.Task[None] | None = None
        self._state = LineState.IDLE
        self._dialled = ""
        self._echo: deque[bytes] | None = None

    @property
    def in_use(self) -> bool:
        """True while the box holds the line."""
        return self.exchange.loop.seized

    def described(self) -> dict[str, Any]:
        """Hook of the box, who calls in, what was dialled."""
        exchange = self.exchange
        return {
            "kind": "exchange",
            "hook": "off" if self.in_use else "on",
            "ringing": exchange.state is LineState.RINGING,
            "caller_id": self._caller if exchange.state in (LineState.RINGING, LineState.ANSWERED) else None,
            "dialled": exchange.dialled if self.in_use else "",
            "line": str(exchange.state),
        }

    def actions(self) -> Mapping[str, Action]:
        """What a client may ask it to do."""
        return {
            "call": self._call,
            "give_up": self._give_up,
            "answer": self._answer,
            "hang_up": self._hang_up,
            "tone": self._tone,
            "say": self.say,
            "listen": self.listen,
        }

    async def close(self) -> None:
        """The bench ends."""
        self._drop_plot()
        await super().close()

    async def _call(self, command: Command) -> None:
        number, name = text_of(command, "number"), text_of(command, "name")
        try:
            self.exchange.ring(number, name)
        except ValueError as error:
            raise Invalid(str(error), code="bad_command", field="name") from error
        self._caller = {"number": number or "", "name": name or ""}
        self._follow(self._ring_out())

    async def _give_up(self, command: Command) -> None:
        self.exchange.give_up()

    async def _answer(self, command: Command) -> None:
        self._need_call()
        self._drop_plot()
        self._echo = None
        self.exchange.answer()

    async def _hang_up(self, command: Command) -> None:
        by: Any = command.get("by") or "battery"
        if by not in get_args(HangUp):
            raise Invalid(f"One hangs up by battery, polarity or busy, not by {by!r}.", code="bad_command", field="by")
        if self.exchange.state is LineState.RINGING:
            self.exchange.give_up()
        elif self.in_use:
            self._drop_plot()
            await self.exchange.hang_up(by)

    async def _tone(self, command: Command) -> None:
        self._need_call()
        tone = text_of(command, "tone")
        if tone is not None and tone not in list(ToneName):
            raise Invalid(f"There is no tone {tone!r}. Tones: {', '.join(ToneName)}.", code="bad_command", field="tone")
        self._drop_plot()
        self.exchange.tone(tone)

    def _line_changed(self) -> None:
        state, dialled = self.exchange.state, self.exchange.dialled
        if (state, dialled) != (self._state, self._dialled):
            self._state, self._dialled = state, dialled
            if state is LineState.DIALLING:
                self._follow(self._take_call(dialled))
            elif state is LineState.ANSWERED or not self.in_use:
                self._drop_plot()
        self.changed()

    def _follow(self, plot: Any) -> None:
        self._drop_plot()
        self._plot = asyncio.get_running_loop().create_task(plot)

    def _drop_plot(self) -> None:
        if self._plot is not None and self._plot is not asyncio.current_task():
            self._plot.cancel()
        self._plot = None
        self._echo = None

    async def _ring_out(self) -> None:
        await asyncio.sleep(RING_MOST_S)
        self.exchange.give_up()

    async def _take_call(self, dialled: str) -> None:
        """The box seized the line; begins anew with each digit."""
        if not dialled:
            await asyncio.sleep(FIRST_DIGIT_S)
            self.exchange.tone(ToneName.CONGESTION)
            return
        await asyncio.sleep(DIALLED_S)
        if dialled.endswith(BUSY_ENDING):
            self.exchange.tone(ToneName.BUSY)
            return
        self.exchange.tone(ToneName.RINGBACK)
        await asyncio.sleep(RINGBACK_S)
        self.exchange.answer()
        await self.exchange.say(message())
        self._echo = deque([self.far.silence] * ECHO_BLOCKS, maxlen=ECHO_BLOCKS + 5)

    def _heard(self, block: bytes) -> None:
        super()._heard(block)
        if self._echo is not None and self.in_use:
            self._echo.append(block)

    def _say(self) -> bytes | None:
        spoken = super()._say()
        if spoken is None and self._echo:
            return self._echo.popleft()
        return spoken
