# SPDX-License-Identifier: GPL-2.0-or-later
"""The form of extensions.conf: contexts of extensions, each a list of steps by priority. What they mean: `ways`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from firmware.importing.asterisk.conf import lines
from firmware.importing.plan import Plan
from firmware.importing.uploads import Source

OWN = ("general", "globals")
DEEPEST = 20  # contexts that include, and steps that lead to, one another
_SECTION = re.compile(r"\[([^\]]{1,80})\]\s*(?:\(.*\))?")
_EXTEN = re.compile(r"exten\s*=>?\s*([^,]{1,80}?)\s*,(.*)")
_SAME = re.compile(r"same\s*=>?\s*(.*)")
_INCLUDE = re.compile(r"include\s*=>?\s*([^,]+)")
_STEP = re.compile(r"\s*(\d{1,9}|n|hint)\s*(?:\(([\w-]+)\))?\s*,\s*(.*)", re.IGNORECASE)
_APP = re.compile(r"(\w+)\s*(?:\((.*)\))?\s*")
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_SET = re.compile(r"[XZN.!]|\[[^\]]*\]|.", re.IGNORECASE)
_CLASSES = {"X": "[0-9]", "Z": "[1-9]", "N": "[2-9]", ".": ".+", "!": ".*"}


@dataclass(slots=True)
class Step:
    """An application, called with `args`."""

    where: str
    text: str
    app: str
    args: list[str]
    label: str = ""
    priority: int = 0


@dataclass(slots=True)
class Dialplan:
    """Steps by context and extension; lines are `used` once something came of them."""

    extens: dict[str, dict[str, list[Step]]] = field(default_factory=dict)
    includes: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def use(self, *steps: Step) -> None:
        self.used.update(step.where for step in steps)

    def around(self, context: str, depth: int = 0) -> Iterator[str]:
        """The context and what it includes, in the order in which Asterisk looks."""
        yield context
        for name, where in self.includes.get(context, ()):
            if depth < DEEPEST and name in self.extens:
                self.used.add(where)
                yield from self.around(name, depth + 1)

    def find(self, context: str, number: str) -> tuple[str, str] | None:
        """Context and extension that a number leads to: itself, else the first pattern."""
        for name in self.around(context):
            there = self.extens.get(name, {})
            if number in there:
                return name, number
            if found := next((key for key in there if key.startswith("_") and matches(key, number)), None):
                return name, found
        return None


def matches(pattern: str, number: str) -> bool:
    """Whether a number is one of a pattern such as `_9NXXXXXX`."""
    parts = [part for part in _SET.findall(pattern.removeprefix("_")) if part != "-"]
    expression = "".join(
        _CLASSES.get(part.upper(), part if part.startswith("[") else re.escape(part)) for part in parts
    )
    try:
        return re.fullmatch(expression, number) is not None
    except re.error:
        return False


def read(source: Source, plan: Plan) -> Dialplan:
    """All of a file. What has no form that is known is told at the end, with what was not understood."""
    found, context, exten = Dialplan(), "", ""
    for number, text in lines(source.content.decode(errors="replace")):
        where = f"{source.name}:{number}"
        if begun := _SECTION.fullmatch(text):
            context, exten = begun[1].strip(), ""
            found.extens.setdefault(context, {})
        elif context == "globals":
            name, _, value = text.partition("=")
            found.variables[name.strip()] = value.removeprefix(">").strip()
        elif context != "general":
            found.texts[where] = text
            exten = _line(found, context, exten, where, text)
    for name in OWN:
        found.extens.pop(name, None)
    return found


def _line(found: Dialplan, context: str, exten: str, where: str, text: str) -> str:
    """The extension that the next line `same` is of."""
    if included := _INCLUDE.fullmatch(text):
        found.includes.setdefault(context, []).append((included[1].strip(), where))
        return exten
    begun, same = _EXTEN.fullmatch(text), _SAME.fullmatch(text)
    exten = begun[1].strip() if begun else exten
    step = _STEP.fullmatch(begun[2] if begun else same[1] if same else "")
    if not exten or step is None or context not in found.extens:
        return exten
    if step[1].lower() == "hint":
        found.used.add(where)  # lamps show every extension here
        return exten
    _add(found, found.extens[context].setdefault(exten, []), where, text, step)
    return exten


def _add(found: Dialplan, steps: list[Step], where: str, text: str, step: re.Match[str]) -> None:
    app = _APP.fullmatch(_VARIABLE.sub(lambda name: found.variables.get(name[1], name[0]), step[3]))
    before = steps[-1].priority if steps else 0
    priority = before + 1 if step[1].lower() == "n" else int(step[1])
    args = [part.strip() for part in (app[2] or "").split(",")] if app else []
    steps.append(Step(where, text, app[1].lower() if app else "", args, step[2] or "", priority))
    steps.sort(key=lambda one: one.priority)
