# SPDX-License-Identifier: GPL-2.0-or-later
"""What would happen to a call, in words: to a number that is dialled in the house, or to a call that comes in.

It asks the same functions that real calls ask, and nothing rings.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from firmware.config import Config, Extension, Route, Target, TargetKind, features, parse_target
from firmware.countries import Country
from firmware.routing import inside, inward, lists
from firmware.routing.outward import Attempt, Outward, TollKind, emergency_numbers, may, outward
from firmware.routing.picture import Box, Lead, Painter
from firmware.routing.schedules import Night, holiday, is_open


@dataclass(frozen=True, slots=True)
class Question:
    """A call that comes in on `line` (a port or a trunk) or to `number` there; or, without a line, `number` dialled.

    `caller` is the extension that dials, or who calls in. `at` is the site's time.
    """

    at: datetime
    line: str = ""
    number: str = ""
    caller: str = ""
    private: bool = False


@dataclass(slots=True)
class Answer:
    """`ends` is "answered" (somewhere it rings, or it goes out) or "refused"; `target` is where it comes to.

    `ways` are what is tried, in order, when it goes out; the rest is for `drawn`.
    """

    steps: list[str] = field(default_factory=list)
    ends: str = "refused"
    target: str = ""
    ways: tuple[Attempt, ...] = ()
    origin: str = ""
    routes: tuple[Route, ...] = ()
    chosen: Route | None = None
    kept: Target | None = None

    def as_json(self) -> dict[str, Any]:
        """For the control socket."""
        return {"steps": self.steps, "ends": self.ends, "target": self.target}


def simulate(
    config: Config, country: Country, question: Question, switch: Night = Night.AUTO,
    stopped: Collection[TollKind] = (), lines: Collection[str] = (),
) -> Answer:  # fmt: skip
    """The whole way of a call. `stopped` are kinds of calls that a limit has stopped.

    `lines` are ports of the box that calls for help may take beside those of the configuration.
    """
    asking = _Simulation(config, country, question, switch, stopped, lines)
    return asking.comes_in() if question.line else asking.is_dialled()


def drawn(config: Config, answer: Answer) -> Box:
    """The way of a call that was simulated, as a picture."""
    painter = Painter(config)
    if answer.routes:
        return painter.routes(answer.origin, answer.routes, answer.chosen, answer.ways)
    if answer.ends == "refused":
        return Box(answer.origin, (Lead("then", "", Box("refused"), True),))
    to = painter.box(answer.kept or answer.target, answer.ways)
    return Box(answer.origin, (Lead("then", "", to, True),))


class _Simulation:
    def __init__(
        self, config: Config, country: Country, question: Question, switch: Night, stopped: Collection[TollKind],
        lines: Collection[str],
    ) -> None:  # fmt: skip
        self._config, self._country, self._question = config, country, question
        self._switch, self._stopped = switch, stopped
        self._has_lines = bool(lines or config.lines)
        self._answer = Answer()
        self._payer = question.caller  # whose class of service a call to the outside needs
        self._hops = 0

    def _say(self, sentence: str) -> None:
        self._answer.steps.append(sentence)

    def _refused(self, why: str) -> Answer:
        self._say(f"Refused: {why}.")
        return self._answer

    # ---- a call that comes in ------------------------------------------------------------------

    def comes_in(self) -> Answer:
        """From a line or a trunk."""
        question, config = self._question, self._config
        at = question.at.strftime("%Y-%m-%d %H:%M")
        self._say(f"A call comes in on {question.line} at {at} from {question.caller or 'somebody unknown'}.")
        self._answer.origin = f"{'line' if config.line(question.line) else 'trunk'}:{question.line}"
        refused = lists.refused_in(config, self._country, question.caller, question.private)
        if refused:
            return self._refused(refused)
        line = config.line(question.line)
        if line:
            routes = inward.of_line(config, line.port, line.number)
        elif not (routes := inward.of_number(config, question.number)):
            if target := self._named(question.number):
                return self._to(target)
            routes = inward.of_trunk(config, question.line)
        return self._choose(routes) if routes else self._refused(f"{question.line} has no route")

    def _named(self, number: str) -> Target | None:
        """Of the house itself: trunks may call queues and extensions by their numbers."""
        queue = next((queue for queue in self._config.queues if number and number in (queue.number, queue.name)), None)
        if queue:
            return Target(TargetKind.QUEUE, queue.name)
        return Target(TargetKind.EXTENSION, number) if self._config.extension(number) else None

    def _choose(self, routes: list[Route]) -> Answer:
        self._answer.routes = tuple(routes)
        if self._switch is not Night.AUTO:
            self._say(f"The night switch stands at {self._switch}: every schedule is {self._all()}.")
        for route in routes:
            chosen = inward.route_open(self._config, route, self._question.at, self._switch)
            self._say(self._why(route, chosen))
            if chosen:
                self._answer.chosen = route
                return self._to(route.to)
        return self._refused("no route is open at this time")

    def _all(self) -> str:
        return "open" if self._switch is Night.DAY else "closed"

    def _why(self, route: Route, chosen: bool) -> str:
        schedule = self._config.schedule(route.schedule)
        if not schedule:
            return f"The route to {route.to} is taken: it has no schedule."
        state = "open" if is_open(schedule, self._question.at, self._switch) else "closed"
        day = " (a holiday)" if holiday(schedule, self._question.at.date()) else ""
        return f"The route to {route.to} is {'taken' if chosen else 'passed over'}: {schedule.name} is {state}{day}."

    # ---- a number that is dialled --------------------------------------------------------------

    def is_dialled(self) -> Answer:
        """By an extension."""
        question, config = self._question, self._config
        self._say(f"{question.caller or 'A phone'} dials {question.number}.")
        self._answer.origin = f"extension:{question.caller}"
        if question.number in emergency_numbers(config, self._country):
            return self._outside(question.number)
        if found := features.dialled(config.features, question.number, inside.known(config, self._country)):
            self._say(f"It is the feature {found[0]}.")
            self._answer.ends, self._answer.target = "answered", f"feature:{found[0]}"
            return self._answer
        target = inside.resolve(config, self._country, question.number)
        return self._to(target) if target else self._refused(f"nothing in the dial plan matches {question.number}")

    def _outside(self, number: str) -> Answer:
        call = outward(self._config, self._country, number)
        self._say(_described(call))
        if call.kind != "emergency" and (why := self._why_not(call, number)):
            return self._refused(why)
        for place, attempt in enumerate(call.attempts, 1):
            self._say(f"Way out {place}: {attempt.digits} over the trunk {attempt.trunk}.")
        if call.kind == "emergency" and self._has_lines:
            self._say("If none of them takes it, over any line; if all are in use, one of their calls is cut.")
        elif not call.attempts:
            helpless = call.kind == "emergency"
            return self._refused("there is no trunk and no line" if helpless else "there is no outbound route")
        self._answer.ends, self._answer.target = "answered", f"external:{call.number}"
        self._answer.ways = call.attempts
        return self._answer

    def _why_not(self, call: Outward, number: str) -> str:
        caller = self._config.extension(self._payer)
        if caller and not may(caller.call_class, call):
            return f"{caller.number} may not make {call.needs} calls, only {caller.call_class} ones"
        if refused := lists.refused_out(self._config, number):
            return refused
        return f"calls to {call.toll} numbers are stopped" if call.toll in self._stopped else ""

    # ---- where it goes -------------------------------------------------------------------------

    def _to(self, target: Target) -> Answer:
        self._answer.target, self._answer.kept = str(target), target
        if target.kind == TargetKind.EXTERNAL:
            return self._outside(target.value)
        self._answer.ends = "answered"
        self._say(f"It goes to {target}.")
        if target.kind == TargetKind.EXTENSION and (extension := self._config.extension(target.value)):
            return self._at_phone(extension)
        if target.kind == TargetKind.QUEUE:
            self._overflow(target.value)
        return self._answer

    def _at_phone(self, extension: Extension) -> Answer:
        """What its owner has set, which counts before anything rings."""
        if extension.forward_always:
            return self._forwarded(extension, extension.forward_always)
        if extension.do_not_disturb:
            self._say(f"{extension.number} does not want to be disturbed.")
            busy = extension.forward_busy
            return self._forwarded(extension, busy) if busy else self._kept(extension)
        for when, to in (("busy", extension.forward_busy), ("not answered", extension.forward_no_answer)):
            if to:
                self._say(f"If {extension.number} is {when}, it goes to {to}.")
        return self._answer

    def _kept(self, extension: Extension) -> Answer:
        if extension.voicemail:
            return self._to(Target(TargetKind.VOICEMAIL, extension.number))
        self._answer.ends, self._answer.target = "refused", ""
        return self._refused(f"{extension.number} has no voicemail")

    def _forwarded(self, extension: Extension, to: str) -> Answer:
        self._say(f"{extension.number} sends its calls on to {to}.")
        self._hops, self._payer = self._hops + 1, extension.number
        self._answer.ends = "refused"
        if self._hops > inside.MOST_HOPS:
            return self._refused(f"the call goes round, the last one to send it on is {extension.number}")
        target = parse_target(to) if ":" in to else inside.resolve(self._config, self._country, to)
        return self._to(target) if target else self._refused(f"nothing in the dial plan matches {to}")

    def _overflow(self, name: str) -> None:
        queue = self._config.queue(name)
        if queue and queue.overflow:
            self._say(f"If nobody takes it there within {queue.max_wait_s:g} s, it goes to {queue.overflow}.")


def _described(call: Outward) -> str:
    if call.kind == "emergency":
        return f"It is the emergency number {call.number}: everybody may call it."
    kind = "a premium" if call.premium else f"a{'n' if call.kind[0] == 'i' else ''} {call.kind}"
    return f"It is {kind} call" + (
        f", by the pattern {call.pattern}." if call.pattern else ", and no pattern matches it."
    )
