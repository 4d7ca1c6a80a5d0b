# SPDX-License-Identifier: GPL-2.0-or-later
"""The way of a call as a picture: from where it comes in to everywhere it can come to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from firmware.config import Config, Extension, Group, Ivr, Queue, Route, Target, TargetKind
from firmware.config.waiting import CALL_BACK
from firmware.routing.outward import Attempt

DEEPEST = 5  # menus below menus, and overflows of overflows


@dataclass(frozen=True, slots=True)
class Lead:
    """From one box to the next. `when`: "open" (`what`: a schedule), "other" (times), "always", "key", "nothing",
    "invalid", "after" (seconds), "full", "empty", "busy", "no_answer", "unregistered", "also", "then",
    "try" (digits that are dialled)."""

    when: str
    what: str
    to: Box
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A place on the way: a target, `line:`, `trunk:`, `feature:`, "refused", or a menu's own act. `again`: its leads
    are drawn where it stands first."""

    place: str
    leads: tuple[Lead, ...] = ()
    again: bool = False

    def as_json(self) -> dict[str, Any]:
        """For the control socket."""
        leads = [
            {"when": lead.when, "what": lead.what, "taken": lead.taken, "to": lead.to.as_json()} for lead in self.leads
        ]
        return {"place": self.place, "again": self.again, "leads": leads}


class Painter:
    """Draws each place of a configuration once."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._drawn: set[str] = set()

    def routes(
        self, origin: str, routes: Iterable[Route], chosen: Route | None, attempts: Iterable[Attempt] = ()
    ) -> Box:
        """What is tried for calls of an origin; what follows the route that is taken is drawn, of others the end."""
        known = list(routes)
        unnamed = "other" if len(known) > 1 else "always"
        leads = [
            Lead(
                "open" if route.schedule else unnamed,
                route.schedule or "",
                self._end(route, chosen, attempts),
                route is chosen,
            )
            for route in known
        ]
        return Box(origin, tuple(leads))

    def _end(self, route: Route, chosen: Route | None, attempts: Iterable[Attempt]) -> Box:
        return self.box(route.to, attempts) if route is chosen else Box(str(route.to))

    def box(self, target: object, attempts: Iterable[Attempt] = (), depth: int = 0) -> Box:
        """A target, with where calls go from there."""
        place = str(target)
        if place in self._drawn:
            return Box(place, again=True)
        leads = tuple(self._leads(target, attempts, depth)) if depth < DEEPEST else ()
        if leads:
            self._drawn.add(place)
        return Box(place, leads)

    def _to(self, when: str, what: object, target: object, depth: int) -> Iterator[Lead]:
        if target:
            self_made = target if isinstance(target, Target) else str(target)
            yield Lead(when, str(what), self.box(self_made, (), depth + 1))

    def _leads(self, target: object, attempts: Iterable[Attempt], depth: int) -> Iterator[Lead]:
        yield from (Lead("try", attempt.digits, Box(f"trunk:{attempt.trunk}")) for attempt in attempts)
        if not isinstance(target, Target):
            return
        config, name = self._config, target.value
        if target.kind == TargetKind.IVR and (menu := config.menu(name)):
            yield from self._of_menu(menu, depth)
        elif target.kind == TargetKind.QUEUE and (queue := config.queue(name)):
            yield from self._of_queue(queue, depth)
        elif target.kind == TargetKind.EXTENSION and (extension := config.extension(name)):
            yield from self._of_extension(extension, depth)
        elif target.kind == TargetKind.GROUP and (group := config.group(name)):
            yield from self._of_group(group, depth)

    def _of_menu(self, menu: Ivr, depth: int) -> Iterator[Lead]:
        self._drawn.add(f"ivr:{menu.name}")
        for key, choice in sorted(menu.digits.items()):
            yield from self._to("key", key, choice, depth)
        yield from self._to("nothing", "", menu.timeout or "hangup", depth)
        yield from self._to("invalid", "", menu.invalid, depth)

    def _of_queue(self, queue: Queue, depth: int) -> Iterator[Lead]:
        self._drawn.add(f"queue:{queue.name}")
        for key, way in sorted(queue.waiting.keys.items()):
            yield from self._to("key", key, CALL_BACK if way == CALL_BACK else way, depth)
        yield from self._to("after", f"{queue.max_wait_s:g}", queue.overflow, depth)
        yield from self._to("full", "", queue.when_full, depth)
        yield from self._to("empty", "", queue.when_empty, depth)

    def _of_extension(self, extension: Extension, depth: int) -> Iterator[Lead]:
        self._drawn.add(f"extension:{extension.number}")
        for when in ("always", "busy", "no_answer", "unregistered"):
            yield from self._to(when, "", self._forward(getattr(extension, f"forward_{when}")), depth)
        if extension.voicemail and not extension.forward_no_answer:
            after = f"{extension.voicemail.after_s:g}"
            yield from self._to("after", after, Target(TargetKind.VOICEMAIL, extension.number), depth)

    def _forward(self, to: str) -> object:
        known = self._config.extension(to)
        return Target(TargetKind.EXTENSION, to) if known else to if ":" in to or not to else f"external:{to}"

    def _of_group(self, group: Group, depth: int) -> Iterator[Lead]:
        self._drawn.add(f"group:{group.name}")
        for number in group.members:
            yield Lead("also", "", Box(f"extension:{number}"))
        yield from self._to("after", f"{group.timeout_s:g}", group.then, depth)
