# SPDX-License-Identifier: GPL-2.0-or-later
"""The board service: parts and machines brought together in one asyncio thread."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from board.board import Board, BoardError, Meter
from board.profile import Profile
from firmware.board import factory_reset
from firmware.board.asking import LISTEN_S, ask_core, web_answers
from firmware.board.button import Button, Gesture
from firmware.board.core_link import CoreLink
from firmware.board.drill import Result
from firmware.board.feeding import Feeding
from firmware.board.lifeline import Facts, Lifeline, Place
from firmware.board.limits import Readings
from firmware.board.patterns import Shown, lit, next_change_ms, patterns
from firmware.board.troubles import Troubles
from firmware.errors import TipringError

log = logging.getLogger(__name__)

REPORT_S = 1.0
LIFELINE_S = 0.2
LATE_S = 0.5  # behind: it is the machine that stands still, not the core
WEB_S = 5.0
SENSORS_S = 10.0
LEDS_S = 1.0  # at least so often they are looked at
DRILL_STEP_S = 2.0  # for a relay to move, of which MOVE_S is enough
DRILL_BACK_S = 30.0

Json = dict[str, Any]


class BoardService:
    """Made once a process. `run` goes on until it is cancelled; `wants_reset` says why it ended by itself."""

    def __init__(self, state: Path, profile: Profile, board: Board) -> None:
        now = asyncio.get_running_loop().time()
        self._state, self._profile, self._board = state, profile, board
        self._core = CoreLink(state, now)
        self._feeding = Feeding(("core", "web"), now)
        self._web_up = False
        self._button = Button(bool(board.button and self._try(board.button.read)), now)
        self._lifeline = Lifeline(bool(board.relay_sense and self._try(board.relay_sense.read)), now)
        self._on_card: bool | None = None
        self._loop_open = True
        self._drilling = False
        self._readings = {"temperature": Readings(), "supply": Readings()}
        self._troubles = Troubles(profile, board)
        self._lit: dict[str, bool] = {}
        self._look = asyncio.Event()
        self._done = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self.wants_reset = False

    async def run(self) -> None:
        """Until cancelled, or until a factory reset was asked for."""
        if self._board.button:
            self._board.button.watch(self._on_edge)
        for task in (self._leds(), self._reports(), self._moves(), self._asks_web(), self._feeds(), self._senses()):
            self._spawn(task)
        try:
            await self._done.wait()
        finally:
            for running in list(self._tasks):
                running.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _spawn(self, coroutine: Any) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("a part of the board service failed", exc_info=error)
            self._done.set()  # it is started again as a whole

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _try(self, act: Callable[[], Any], part: str = "") -> Any:
        """What a part answers; None when it does not, which is told as a trouble."""
        try:
            found = act()
        except BoardError as error:
            if part:
                self._troubles.failed(part, str(error))
            return None
        if part:
            self._troubles.works(part)
        return found

    # ---- the core ----------------------------------------------------------------------------------

    async def _reports(self) -> None:
        while True:
            if await self._core.report(self._report()):
                self._feeding.answered("core", self._now)
                if (by := self._core.facts["drill"]) and not self._drilling:
                    self._drilling = True
                    self._spawn(self._drill(by))
            self._look.set()
            await asyncio.sleep(REPORT_S)

    def _report(self) -> Json:
        board, lifeline = self._board, self._profile.lifeline
        place = Place.DRILL if self._drilling else self._lifeline.place
        return {
            "name": board.name,
            "title": board.title,
            "serial": board.serial,
            "leds": {name: pattern.value for name, pattern in patterns(self._shown()).items() if name in board.leds},
            "button": self._button.stage(self._now).value if board.button else None,
            "watchdog": {"timeout_s": board.watchdog.timeout_s, "fed": not self._feeding.starving(self._now)}
            if board.watchdog
            else None,
            "temperature_c": self._readings["temperature"].value,
            "supply_v": self._readings["supply"].value,
            "fan": self._troubles.fan_runs if board.fan else None,
            "lifeline": {
                "station": lifeline.station, "line": lifeline.line, "place": place.value, "stuck": self._lifeline.stuck,
            } if lifeline and board.relay else None,
            "missing": board.missing,
            "troubles": [trouble.as_json() for trouble in self._troubles.all()],
        }  # fmt: skip

    # ---- LEDs and button -----------------------------------------------------------------------------

    def _shown(self) -> Shown:
        facts, now = self._core.facts, self._now
        up = self._core.is_up(now)
        return Shown(
            well=up and self._web_up,
            lines=facts.get("lines", 0) if up else 0,
            dead_lines=facts.get("dead_lines", 0) if up else 0,
            on_lifeline=self._board.relay is not None and self._lifeline.place is not Place.CARD,
            calls=facts.get("calls", 0) if up else 0,
            ringing=up and facts["ringing"],
            alarm=facts["alarm"] if up else "error",
            update=facts.get("update", "") if up else "",
            identify=up and facts["identify"],
            button=self._button.stage(now),
        )

    async def _leds(self) -> None:
        while True:
            self._look.clear()
            ms = int(self._now * 1000)
            wanted = patterns(self._shown())
            for name, led in self._board.leds.items():
                on = lit(wanted[name], ms)
                if self._lit.get(name) is not on:
                    self._lit[name] = on
                    self._try(lambda led=led, on=on: led.set(on), f"leds.{name}")  # type: ignore[misc]
            self._expire_button()
            pause = min(LEDS_S, (next_change_ms(wanted, ms) or 1000) / 1000)
            if (deadline := self._button.deadline) is not None:
                pause = min(pause, max(0.0, deadline - self._now))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), max(pause, 0.005))

    def _on_edge(self, pressed: bool) -> None:
        self._meant(self._button.feed(pressed, self._now))
        self._look.set()

    def _expire_button(self) -> None:
        """The level is looked at as well: an edge that the kernel had no room for is not missed."""
        if self._board.button:
            level = self._try(self._board.button.read, "button")
            self._meant(self._button.expire(self._now) if level is None else self._button.feed(level, self._now))

    def _meant(self, gesture: Gesture | None) -> None:
        match gesture:
            case None:
                return
            case Gesture.STUCK | Gesture.FREED:
                self._troubles.button_is_stuck(gesture is Gesture.STUCK)
            case Gesture.ACKNOWLEDGE:
                self._spawn(self._acknowledge())
            case Gesture.NETWORK_RESET:
                self._spawn(self._reset_network())
            case Gesture.FACTORY_RESET:
                self._reset_everything()
        log.info("button: %s", gesture)

    async def _acknowledge(self) -> None:
        with suppress(TipringError):
            await asyncio.to_thread(ask_core, self._state, "alarms.acknowledge", {"by": "button"})

    async def _reset_network(self) -> None:
        """By the command line, which works without a core as well, and in a process of its own: it needs memory."""
        command = [sys.executable, "-m", "firmware.cli", "config", "reset-network", "--state", str(self._state)]
        process = await asyncio.create_subprocess_exec(*command, stdout=sys.stderr.fileno())
        self._core.tell("button", "network_reset" if await process.wait() == 0 else "network_reset_failed", "button")

    def _reset_everything(self) -> None:
        try:
            factory_reset.ask(self._state)
        except OSError as error:
            log.error("factory reset: %s", error)
            return
        self.wants_reset = True
        self._done.set()

    # ---- lifeline ------------------------------------------------------------------------------------

    def _facts(self) -> Facts:
        facts = self._core.facts
        works = not self._core.is_dead(self._now) and bool(facts.get("card_works"))
        return Facts(works, bool(facts.get("station_idle")), bool(facts.get("line_idle")), self._loop_open)

    async def _moves(self) -> None:
        due = self._now
        while self._board.relay:
            if (late := self._now - due) > LATE_S:
                self._core.forgive(late)
            self._core.look()
            self._move(self._facts())
            due = self._now + LIFELINE_S
            await asyncio.sleep(LIFELINE_S)

    def _move(self, facts: Facts) -> None:
        before = self._lifeline.place
        if self._core.facts or self._core.is_dead(self._now):  # until then the relay stays as it was found
            if self._board.loop:
                self._loop_open = self._try(self._board.loop.read, "lifeline.loop") is False
            place = self._lifeline.step(facts, self._now)
            if place is not before and Place.DRILL not in (place, before) and not self._drilling:
                self._core.tell("lifeline", place.value, "core" if place is Place.LINE else "quiet")
            self._set_relay()
        self._look_back()

    def _set_relay(self) -> None:
        if relay := self._board.relay:
            self._try(lambda: relay.set(self._lifeline.energized), "lifeline.relay")

    def _look_back(self) -> None:
        if self._board.relay_sense:
            on_card = self._try(self._board.relay_sense.read, "lifeline.sense")
            if on_card is not None:
                self._on_card = on_card
                self._troubles.relay_is_stuck(self._lifeline.read_back(on_card, self._now), self._lifeline.energized)

    async def _drill(self, by: str) -> None:
        """Over, dial tone heard, back. Nothing is kept of one that was due while the box was in use."""
        try:
            result = await self._drilled()
        finally:
            self._drilling = False
        if result is not Result.IN_USE or by == "hand":
            self._core.tell("drill", result.value, by)

    async def _drilled(self) -> Result:
        try:
            await asyncio.to_thread(ask_core, self._state, "lifeline.reserve", {})
            if not self._lifeline.begin_drill(self._facts(), self._now):
                return Result.IN_USE
            self._set_relay()
            if not await self._contacts(on_card=False, patience_s=DRILL_STEP_S):
                return Result.STUCK_ON_CARD
            answer = await asyncio.to_thread(ask_core, self._state, "lifeline.listen", {}, LISTEN_S)
            result = Result(answer["result"])
        except TipringError as error:
            return Result.IN_USE if error.code == Result.IN_USE else Result.CORE_GONE
        finally:
            lifted = self._lifeline.place is Place.LINE
            self._lifeline.end_drill(self._now)
        if lifted:
            return Result.LIFTED
        back = await self._contacts(on_card=True, patience_s=DRILL_BACK_S)
        return Result.STUCK_ON_LINE if not back and self._lifeline.place is Place.CARD else result

    async def _contacts(self, *, on_card: bool, patience_s: float) -> bool:
        """Whether they are there in time; where nothing reads them, whether the service wants them there."""
        until = self._now + patience_s
        while self._now < until:
            is_there = self._on_card if self._board.relay_sense else self._lifeline.energized
            if is_there is on_card:
                return True
            await asyncio.sleep(LIFELINE_S / 2)
        return False

    # ---- watchdog, sensors ---------------------------------------------------------------------------

    async def _asks_web(self) -> None:
        while True:
            self._web_up = await asyncio.to_thread(web_answers, self._state)
            if self._web_up:
                self._feeding.answered("web", self._now)
            await asyncio.sleep(WEB_S if self._web_up else REPORT_S)

    async def _feeds(self) -> None:
        told: list[str] = []
        while watchdog := self._board.watchdog:
            starving = self._feeding.starving(self._now)
            if starving and starving != told:
                log.critical("%s does not answer: the watchdog is not fed and restarts the box", " and ".join(starving))
            told = starving
            if not starving:
                self._try(watchdog.feed, "watchdog")
            await asyncio.sleep(watchdog.timeout_s / 4)

    async def _senses(self) -> None:
        while True:
            self._sense("temperature", self._board.temperature)
            self._sense("supply", self._board.supply)
            self._troubles.measured(self._readings["temperature"].value, self._readings["supply"].value)
            if fan := self._board.fan:
                self._try(lambda: fan.set(self._troubles.fan_runs), "fan")
            await asyncio.sleep(SENSORS_S)

    def _sense(self, name: str, meter: Meter | None) -> None:
        if not meter:
            return
        readings = self._readings[name]
        try:
            readings.got(meter.read())
        except BoardError as error:
            readings.failed()
            if readings.failing:
                self._troubles.failed(name, str(error))
        else:
            self._troubles.works(name)
