# SPDX-License-Identifier: GPL-2.0-or-later
"""The line and the phone that the lifeline relay brings together: kept from calls meanwhile, listened to in a drill."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from drivers.lineaudio import Hear, Heard, HeardKind
from drivers.port import PortError
from firmware.board.drill import Result
from firmware.calls.line import Line
from firmware.calls.line_leg import DIAL_TONE_S, SETTLE_S
from firmware.calls.station import Station
from firmware.countries import ToneName
from firmware.errors import Conflict

if TYPE_CHECKING:
    from firmware.core.pbx import Pbx


class LifelinePorts:
    """`line` and `station` are None where this box has no such port."""

    def __init__(self, pbx: Pbx, line: str, station: str) -> None:
        self._pbx, self._line_id, self._station_id = pbx, line, station
        self._listening: asyncio.Task[Result] | None = None
        self._taken = False

    @property
    def _line(self) -> Line | None:
        return self._pbx.lines.get(self._line_id)

    @property
    def _station(self) -> Station | None:
        return self._pbx.stations.get(self._station_id)

    @property
    def card_works(self) -> bool:
        """Whether calls between the two could go through the card."""
        line, station = self._line, self._station
        return bool(line and station and not line.port.fault and not station.port.fault)

    @property
    def line_idle(self) -> bool:
        """On hook, and no call about it."""
        return bool(self._line and not self._line.port.off_hook and not self._line.leg)

    @property
    def station_idle(self) -> bool:
        """On hook, as far as the card sees, and no call about it."""
        return bool(self._station and not self._station.port.off_hook and not self._station.leg)

    def hold(self, held: bool) -> None:
        """While the phone is on the line the box leaves both alone."""
        line, station = self._line, self._station
        if station and station.reserved is not held:
            station.reserved = held
            self._pbx.port_changed(station.id)
        if line and line.reserved is not held and not (held and self._taken):
            line.reserved, line.let_go = held, self._let_go if held else _keep
            self._pbx.port_changed(line.id)
        if not held:
            self._taken = False

    def reserve(self) -> None:
        """For a drill. Conflict (`in_use`) while there is any call, or somebody has lifted the phone."""
        busy = self._pbx.journal.calls or not (self.card_works and self.line_idle and self.station_idle)
        if busy or (self._line and self._line.state != "idle"):
            raise Conflict("The lifeline cannot be drilled now: the box is in use.", code=Result.IN_USE)
        self.hold(True)

    async def dial_tone(self) -> Result:
        """Goes off hook on the line and listens: PASSED, NO_DIAL_TONE, or LINE_TAKEN for an emergency call."""
        assert self._line
        self._listening = asyncio.create_task(_listen(self._line))
        try:
            return await self._listening
        except asyncio.CancelledError:
            if not self._taken:
                raise
            return Result.LINE_TAKEN
        finally:
            self._listening = None

    def _let_go(self) -> None:
        """Somebody calls for help: in a drill the line is theirs. One on which the phone itself is, is not."""
        if self._listening and self._line:
            self._taken = True
            self._listening.cancel()
            self._line.reserved, self._line.let_go = False, _keep


def _keep() -> None:
    """Nothing to give back."""


async def _listen(line: Line) -> Result:
    heard = asyncio.Event()

    def on_heard(sound: Heard) -> None:
        if sound.kind == HeardKind.TONE and line.tones.names[int(sound.value)] in (ToneName.DIAL, ToneName.STUTTER):
            heard.set()

    line.on_reserved_heard = on_heard
    try:
        line.port.seize()
        await asyncio.sleep(SETTLE_S)
        line.audio.hear(Hear.TONES)
        async with asyncio.timeout(DIAL_TONE_S):
            await heard.wait()
    except (PortError, TimeoutError):
        return Result.NO_DIAL_TONE
    finally:
        line.on_reserved_heard = _deaf
        line.go_on_hook()
    return Result.PASSED


def _deaf(heard: Heard) -> None:
    """Nobody listens."""
