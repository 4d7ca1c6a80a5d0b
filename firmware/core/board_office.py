# SPDX-License-Identifier: GPL-2.0-or-later
"""The control socket's words about the board: `tipring-board` reports once a second, and is told what it must know."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from firmware import times
from firmware.board.drill import BAD, Result, due
from firmware.calls.journal import BOARD
from firmware.core.lifeline_ports import LifelinePorts
from firmware.core.pbx import Pbx
from firmware.errors import Conflict, TipringError, Unavailable
from firmware.records import Severity
from firmware.store import board as store
from firmware.store.writer import HistoryWriter

SILENT_S = 10.0  # without a report: the board service is away
IDENTIFY_S = 30.0
DRILLS_SHOWN = 10
AWAY = BOARD + "away"
DRILL = BOARD + "drill"
AWAY_TEXT = (
    "The board service does not answer: nobody looks after LEDs, button, watchdog and lifeline until it is back."
)
DRILL_TEXTS = {
    Result.STUCK_ON_CARD: "The lifeline relay did not let go in the drill: without power the phone at {station} would "
    "be dead. Have the relay replaced.",
    Result.STUCK_ON_LINE: "The lifeline relay did not come back after the drill: the phone at {station} is on the "
    "line, past the box. Have the relay replaced.",
    Result.NO_DIAL_TONE: "No dial tone on {line} in the drill of the lifeline: without power the phone at {station} "
    "could not call for help. Check the line.",
}

Json = dict[str, Any]


class BoardOffice:
    """`look` is to be called now and then; `update` tells what the LED of that name shows."""

    def __init__(self, pbx: Pbx, writer: HistoryWriter, update: Callable[[], str] = lambda: "") -> None:
        self._pbx, self._writer, self._update = pbx, writer, update
        self._report: Json | None = None
        self._heard_at = time.monotonic()
        self._ports: LifelinePorts | None = None
        self._drilled_at: datetime | None = None
        self._wanted = False  # a drill, by hand
        self._identify_until = 0.0

    async def start(self) -> None:
        """Remembers the last drill."""
        try:
            found = await self._writer.run(store.last, "drill", 1)
        except TipringError:
            return  # a history that cannot be read now costs a drill, not a call
        self._drilled_at = times.parse(found[0]["at"]) if found else None

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {
            "board": self._show,
            "board.report": self._take,
            "board.identify": self._identify,
            "board.drill": self._drill,
            "lifeline.reserve": self._reserve,
            "lifeline.listen": self._listen,
        }

    @property
    def _is_up(self) -> bool:
        return self._report is not None and time.monotonic() - self._heard_at < SILENT_S

    def look(self) -> None:
        """A board service that came once should be there; alarms of one that never came are of another time."""
        if time.monotonic() - self._heard_at < SILENT_S:
            return
        if self._report:
            self._pbx.journal.raise_alarm(AWAY, Severity.ERROR, AWAY_TEXT)
        else:
            self._alarm([])

    # ---- what the board tells --------------------------------------------------------------------

    async def _take(self, params: Json) -> Json:
        """Its report; the answer is what it needs, and which of its events are kept."""
        self._report, self._heard_at = {**params, "events": []}, time.monotonic()
        self._pbx.journal.clear_alarm(AWAY)
        self._follow(params.get("lifeline"))
        self._alarm(params.get("troubles", []))
        kept = await self._keep(params.get("events", []))
        return self._facts() | {"kept": kept}

    def _follow(self, lifeline: Json | None) -> None:
        if not lifeline:
            return
        if not self._ports:
            self._ports = LifelinePorts(self._pbx, lifeline["line"], lifeline["station"])
        self._ports.hold(lifeline["place"] != "card")

    def _alarm(self, troubles: list[Json]) -> None:
        wrong = {BOARD + trouble["kind"]: trouble for trouble in troubles}
        for kind in [kind for kind in self._pbx.journal.alarms if kind.startswith(BOARD)]:
            if kind not in wrong and kind != DRILL:
                self._pbx.journal.clear_alarm(kind)
        for kind, trouble in wrong.items():
            self._pbx.journal.raise_alarm(kind, Severity(trouble["severity"]), trouble["text"])

    async def _keep(self, events: list[Json]) -> list[str]:
        if not events:
            return []
        try:
            await self._writer.run(store.keep, events)
        except Unavailable:
            return []  # it tells them again
        for event in events:
            if event["kind"] == "drill":
                self._drilled(Result(event["result"]), times.parse(event["at"]))
        return [event["id"] for event in events]

    def _drilled(self, result: Result, at: datetime) -> None:
        self._drilled_at = at
        if result in BAD:
            assert self._report
            text = DRILL_TEXTS[result].format(**self._report["lifeline"])
            self._pbx.journal.clear_alarm(DRILL)
            self._pbx.journal.raise_alarm(DRILL, Severity.ERROR, text)
        elif result is Result.PASSED:
            self._pbx.journal.clear_alarm(DRILL)

    # ---- what it is told -------------------------------------------------------------------------

    def _facts(self) -> Json:
        lines = [line.state for line in self._pbx.lines.values()]
        calls, ports = self._pbx.journal.calls.values(), self._ports
        return {
            "lines": len(lines),
            "dead_lines": sum(state in ("no_battery", "fault") for state in lines),
            "calls": len(calls),
            "ringing": any(call.state.value in ("ringing", "waiting", "offered") for call in calls),
            "alarm": self._worst(),
            "update": self._update(),
            "card_works": bool(ports and ports.card_works),
            "line_idle": bool(ports and ports.line_idle),
            "station_idle": bool(ports and ports.station_idle),
            "identify": time.monotonic() < self._identify_until,
            "drill": "hand" if self._wanted else "schedule" if self._due() else "",
        }

    def _worst(self) -> str:
        standing = self._pbx.journal.standing()
        news = {alarm.severity for alarm in standing if not alarm.acknowledged_at}
        if news & {Severity.ERROR, Severity.CRITICAL}:
            return "error"
        return "warning" if news else "seen" if standing else ""

    def _due(self) -> bool:
        board = self._pbx.config.board
        return due(self._drilled_at, self._pbx.local_time(), board.drill, board.drill_hour)

    # ---- what people ask -------------------------------------------------------------------------

    async def _show(self, params: Json) -> Json:
        drills = await self._writer.run(store.last, "drill", DRILLS_SHOWN)
        moves = await self._writer.run(store.last, "lifeline", DRILLS_SHOWN)
        resets = await self._writer.run(store.last, "button", DRILLS_SHOWN)
        report = self._report if self._is_up else None
        return {"up": self._is_up, "report": report, "drills": drills, "moves": moves, "resets": resets}

    async def _identify(self, params: Json) -> Json:
        self._needed()
        self._identify_until = time.monotonic() + IDENTIFY_S
        return {"seconds": IDENTIFY_S}

    async def _drill(self, params: Json) -> Json:
        """Begins within a second; its result is among the drills of `board`."""
        if not self._needed().get("lifeline"):
            raise Conflict("This board has no lifeline relay, so there is nothing to drill.", code="no_lifeline")
        if self._pbx.journal.calls:
            raise Conflict("The lifeline cannot be drilled now: the box is in use.", code=Result.IN_USE)
        self._wanted = True
        return {}

    def _needed(self) -> Json:
        if not self._is_up or not self._report:
            raise Unavailable("There is no board here, or its service does not answer.", code="no_board")
        return self._report

    async def _reserve(self, params: Json) -> Json:
        self._wanted = False
        if not self._ports:
            raise Conflict("This board has no lifeline relay, so there is nothing to drill.", code="no_lifeline")
        self._ports.reserve()
        return {}

    async def _listen(self, params: Json) -> Json:
        if not self._ports:
            raise Conflict("This board has no lifeline relay, so there is nothing to drill.", code="no_lifeline")
        return {"result": await self._ports.dial_tone()}
