# SPDX-License-Identifier: GPL-2.0-or-later
"""What a dial plan of Asterisk does with calls, as far as it can be said for sure. Nothing is guessed: a way with a
step that is not known here is no way, and all of its lines are told."""

from __future__ import annotations

import re

from firmware.importing.asterisk.dialplan import DEEPEST, Dialplan, Step
from firmware.importing.freepbx import hours
from firmware.importing.freepbx.destinations import Known
from firmware.importing.plan import Item, Names, Plan

SKIPPED = {"noop", "verbose", "log", "answer", "wait", "ringing", "progress", "proceeding", "resetcdr", "musiconhold"}
ENDS = {"hangup", "busy", "congestion"}
SAID = {"playback", "background", "backgroundwithmoh"}
KEYS = set("0123456789*#")
HANGUP = "hangup"
_SETTING = re.compile(r"(?:CHANNEL|TIMEOUT|CDR)\(\w+\)\s*=.*", re.IGNORECASE)
_RESPONSE = re.compile(r"TIMEOUT\(response\)\s*=\s*(\d{1,2})", re.IGNORECASE)
_PEER = re.compile(r"(?:PJSIP|SIP)/([\w.-]{1,80})", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,15}")

Way = tuple[str | None, str]  # a schedule, and a target


def peers(step: Step) -> list[str]:
    """Names of the SIP devices that it rings, [] when there is anything else among them."""
    if step.app != "dial":
        return []
    found = [_PEER.fullmatch(part.strip()) for part in step.args[0].split("&")]
    return [peer[1] for peer in found if peer] if all(found) else []


class Ways:
    """Follows calls, and adds to the plan what they meet."""

    def __init__(self, dialplan: Dialplan, plan: Plan, known: Known) -> None:
        self._dialplan, self._plan, self._known = dialplan, plan, known
        self._groups, self._menus, self._schedules = Names(), Names(), Names()
        self._made: dict[tuple[str, str], str] = {}
        self._times: dict[str, str] = {}

    # ---- one target ----------------------------------------------------------------------------------------

    def target(self, context: str, exten: str, at: int = 0, depth: int = 0) -> str | None:
        """Where a call at this step goes; None when that cannot be said."""
        steps = self._dialplan.extens.get(context, {}).get(exten, [])
        passed: list[Step] = []
        for place in range(at, len(steps)):
            step = steps[place]
            if self._is_skipped(step) or step.app == "playback":
                passed.append(step)
                continue
            found = self._of(context, exten, place, depth) if depth < DEEPEST else None
            if found:
                self._pass(step, *passed, *(later for later in steps[place + 1 :] if later.app in ENDS))
            return found
        return None

    def _is_skipped(self, step: Step) -> bool:
        return step.app in SKIPPED or (step.app == "set" and bool(_SETTING.fullmatch(",".join(step.args))))

    def _pass(self, *steps: Step) -> None:
        for step in steps:
            if step.app == "playback" and step.where not in self._dialplan.used:
                self._plan.note(
                    step.where,
                    f"{step.args[0]} is said to callers: record or upload it (Settings, Prompts), and choose it there.",
                )
        self._dialplan.use(*steps)

    def _of(self, context: str, exten: str, place: int, depth: int) -> str | None:
        step = self._dialplan.extens[context][exten][place]
        if step.app in ENDS:
            return HANGUP
        if step.app == "goto":
            there = self.goto(context, exten, step.args)
            return self.target(*there, depth + 1) if there else None
        if step.app == "dial":
            return self._dialled(context, exten, place, depth)
        if step.app == "queue":
            return self._queue(context, exten, place, depth)
        if step.app == "voicemail":
            return self._voicemail(step)
        if step.app in (*SAID, "waitexten"):
            return self._menu(context, exten, place, depth)
        return None

    def goto(self, context: str, exten: str, args: list[str]) -> tuple[str, str, int] | None:
        """`[[context,]extension,]priority`: a number, or a label."""
        *before, last = args
        context = before[-2] if len(before) > 1 else context
        exten = before[-1] if before else exten
        found = self._dialplan.find(context, exten)
        if found is None:
            return None
        for place, step in enumerate(self._dialplan.extens[found[0]][found[1]]):
            if last in (str(step.priority), step.label):
                return *found, place
        return None

    def _after(self, context: str, exten: str, place: int, depth: int) -> str | None:
        """What follows when nobody answered; None for the end of the call."""
        found = self.target(context, exten, place + 1, depth + 1)
        return None if found == HANGUP else found

    def _dialled(self, context: str, exten: str, place: int, depth: int) -> str | None:
        steps = self._dialplan.extens[context][exten]
        names = [exten if name == "${EXTEN}" else name for name in peers(steps[place])]
        numbers = [self._known.peers.get(name, "") for name in names]
        if not numbers or not all(numbers):
            return None
        then, ring = self._after(context, exten, place, depth), ([*steps[place].args, ""])[1]
        rest = steps[place + 1 :]
        if then is None and rest and not all(step.app in ENDS or self._is_skipped(step) for step in rest):
            return None  # something follows that is not known
        self._dialplan.use(*rest[: 0 if then else None])
        if len(numbers) == 1 and then in (None, f"voicemail:{numbers[0]}"):
            if exten == numbers[0]:
                self._rings(numbers[0], ring)
                return f"extension:{exten}"
            if not self._is_internal(context, exten):
                return f"extension:{numbers[0]}"
        return self._group(context, exten, steps[place], numbers, ring, then)

    def _rings(self, number: str, ring: str) -> None:
        """For so long, then its mailbox."""
        item = self._item("extension", "number", number)
        if item and ring.isdigit() and 0 < int(ring) <= 300:
            item.values.setdefault("no_answer_s", max(3, int(ring)))
            if isinstance(box := item.values.get("voicemail"), dict):
                box.setdefault("after_s", int(ring))

    def _item(self, table: str, key: str, value: str) -> Item | None:
        return next((item for item in self._plan.of(table) if item.values.get(key) == value), None)

    def _is_internal(self, context: str, exten: str) -> bool:
        inner = {name for start in self._known.inner for name in self._dialplan.around(start)}
        return context in inner and _NUMBER.fullmatch(exten) is not None

    def _group(self, context: str, exten: str, step: Step, numbers: list[str], ring: str, then: str | None) -> str:
        key = (context, exten)
        if key not in self._made:
            name = self._groups.new(f"{context}-{exten}", "group")
            self._made[key] = f"group:{name}"
            self._plan.add("group", step.where, {
                "name": name, "number": exten if self._is_internal(*key) else None, "members": numbers,
                "strategy": "together", "then": then,
                "timeout_s": max(3, int(ring)) if ring.isdigit() and int(ring) <= 600 else None,
            })  # fmt: skip
        return self._made[key]

    def _queue(self, context: str, exten: str, place: int, depth: int) -> str | None:
        step = self._dialplan.extens[context][exten][place]
        name = self._known.queues.get(step.args[0])
        item = self._item("queue", "name", name or "")
        if item is None:
            return None
        limit, then = ([*step.args, *[""] * 5])[4], self._after(context, exten, place, depth)
        if limit.isdigit() and then:
            item.values.setdefault("max_wait_s", int(limit))
            item.values.setdefault("overflow", then)
        rest = self._dialplan.extens[context][exten][place + 1 :]
        if all(later.app in ENDS or self._is_skipped(later) for later in rest):
            self._dialplan.use(*rest)
        return f"queue:{name}"

    def _voicemail(self, step: Step) -> str | None:
        number = step.args[0].partition("@")[0]
        item = self._item("extension", "number", self._known.peers.get(number, number))
        return f"voicemail:{item.values['number']}" if item and "voicemail" in item.values else None

    # ---- menus ---------------------------------------------------------------------------------------------

    def _menu(self, context: str, exten: str, place: int, depth: int) -> str | None:
        if known := self._known.menus.get(context):
            return f"ivr:{known}"
        there = self._dialplan.extens[context]
        if not KEYS & set(there):
            return None
        name = self._known.menus[context] = self._menus.new(context, "menu")
        steps = there[exten][place:]
        asked = [step for step in steps if step.app in (*SAID, "waitexten")]
        keys = {key: found for key in there if key in KEYS and (found := self.target(context, key, 0, depth + 1))}
        self._plan.note(
            steps[0].where, f'Menu "{name}": record or upload what it says (Settings, Prompts), and choose it there.'
        )
        self._dialplan.use(*asked)
        last = there[exten].index(asked[-1])
        late = self._otherwise(name, context, "t", 0, depth)
        late = late or self._otherwise(name, context, exten, last + 1, depth)
        self._plan.add("ivr", steps[0].where, {
            "name": name, "digits": keys, "timeout_s": self._patience(there[exten]),
            "timeout": late,
            "invalid": self._otherwise(name, context, "i", 0, depth),
            "extensions": any(self._reaches_extensions(inner) for inner in self._dialplan.around(context)) or None,
        })  # fmt: skip
        return f"ivr:{name}"

    def _otherwise(self, name: str, context: str, exten: str, at: int, depth: int) -> str | None:
        """None for the end of the call, and for the menu once more."""
        found = self.target(context, exten, at, depth + 1)
        return None if found in (HANGUP, f"ivr:{name}") else found

    def _patience(self, steps: list[Step]) -> int | None:
        """In seconds: of WaitExten, or of a setting before it."""
        said = [step.args[0] for step in steps if step.app == "waitexten"]
        said += [
            found[1] for step in steps if step.app == "set" and (found := _RESPONSE.fullmatch(",".join(step.args)))
        ]
        return next((int(text) for text in said if text.isdigit() and 1 <= int(text) <= 60), None)

    def _reaches_extensions(self, context: str) -> bool:
        return any(number in self._known.extensions for number in self._dialplan.extens.get(context, ()))

    # ---- ways with times -----------------------------------------------------------------------------------

    def ways(self, context: str, exten: str, at: int = 0, depth: int = 0) -> list[Way]:
        """In their order; [] when one of them cannot be said."""
        steps, found, passed = self._dialplan.extens[context][exten], list[Way](), list[Step]()
        for place in range(at, len(steps)):
            step = steps[place]
            if self._is_skipped(step):
                passed.append(step)
            elif step.app == "gotoiftime" and depth < DEEPEST:
                timed = self._timed(context, exten, step)
                if timed is None:
                    return []
                schedule, inside, otherwise = timed
                found.append((schedule, inside))
                passed.append(step)
                if otherwise:
                    rest = self.ways(*otherwise, depth + 1)
                    return self._whole(found, rest, passed)
            elif step.app == "goto" and depth < DEEPEST:
                there = self.goto(context, exten, step.args)
                return self._whole(found, self.ways(*there, depth + 1) if there else [], [*passed, step])
            else:
                target = self.target(context, exten, place)
                return self._whole(found, [(None, target)] if target else [], passed)
        return []

    def _whole(self, found: list[Way], rest: list[Way], passed: list[Step]) -> list[Way]:
        if rest:
            self._pass(*passed)
        return found + rest if rest else []

    def _timed(self, context: str, exten: str, step: Step) -> tuple[str, str, tuple[str, str, int] | None] | None:
        """`times,weekdays,days,months?then:otherwise`: schedule, target while it is open, where it goes else."""
        times, mark, labels = ",".join(step.args).partition("?")
        then, colon, otherwise = labels.partition(":")
        there = self.goto(context, exten, [part.strip() for part in then.split(",")]) if mark and then else None
        target = self.target(*there) if there else None
        other = self.goto(context, exten, [part.strip() for part in otherwise.split(",")]) if colon else None
        if target is None or (colon and other is None):
            return None
        schedule = self._schedule(step, "|".join(part.strip() for part in times.split(",")[:4]))
        return (schedule, target, other) if schedule else None

    def _schedule(self, step: Step, times: str) -> str | None:
        if times not in self._times:
            days = hours.holidays([times])
            try:
                made = {"holidays": days, "holiday_hours": ["00:00-24:00"]} if days else hours.schedule([times])
            except hours.NotOurs as error:
                self._plan.note(step.where, str(error))
                return None
            self._times[times] = self._schedules.new("holidays" if days else "hours", "hours")
            self._plan.add("schedule", step.where, {"name": self._times[times]} | made)
        return self._times[times]
