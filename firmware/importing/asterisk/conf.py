# SPDX-License-Identifier: GPL-2.0-or-later
"""The form of Asterisk's files: `[name](template)`, `key = value`, comments after `;` and between `;--` and `--;`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from firmware.importing.plan import Plan
from firmware.importing.uploads import Source

MOST_LINES = 200_000
_SECTION = re.compile(r"\[([^\]]{1,80})\]\s*(?:\(([^)]{0,200})\))?")


@dataclass(slots=True)
class Section:
    """`values` has what its templates say, too; of a key that is there more than once all, in order."""

    name: str
    where: str
    is_template: bool = False
    values: dict[str, list[str]] = field(default_factory=dict)

    def one(self, key: str, other: str = "") -> str:
        """What is said last."""
        return self.values[key][-1] if key in self.values else other

    @property
    def kind(self) -> str:
        return self.one("type")


def sections(source: Source, plan: Plan) -> list[Section]:
    """In their order; those of the same name are apart unless the later one adds to the first (`+`)."""
    found: list[Section] = []
    for number, text in lines(source.content.decode(errors="replace")):
        where = f"{source.name}:{number}"
        if number > MOST_LINES:
            plan.note(where, "The rest of this file is not read: it is too long.")
            break
        if begun := _SECTION.match(text):
            _begin(found, begun[1].strip(), where, [part.strip() for part in (begun[2] or "").split(",")], plan)
        elif text.startswith("#"):
            plan.note(where, f'"{text[:80]}": files that are included must be given too; this line is passed over.')
        elif found and "=" in text:
            key, _, value = text.partition("=")
            found[-1].values.setdefault(key.strip().lower(), []).append(value.removeprefix(">").strip())
        else:
            plan.note(where, f'"{text[:80]}" is no setting.')
    return [section for section in found if not section.is_template]


def _begin(found: list[Section], name: str, where: str, options: list[str], plan: Plan) -> None:
    earlier = {section.name: section for section in found}
    if "+" in options and name in earlier:
        found.append(found.pop(found.index(earlier[name])))
        return
    made = Section(name, where, "!" in options)
    for template in options:
        if template in earlier:
            for key, values in earlier[template].values.items():
                made.values.setdefault(key, []).extend(values)
        elif template not in ("", "!", "+"):
            plan.note(where, f'There is no template "{template}" before it.')
    found.append(made)


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Those with something in them, without comments, each with its number."""
    within = False
    for number, line in enumerate(text.splitlines(), 1):
        rest = line
        if within:
            _, end, rest = rest.partition("--;")
            within = not end
        if ";--" in rest and not rest.partition(";--")[2].startswith("-"):
            rest, _, after = rest.partition(";--")
            within = "--;" not in after
        rest = re.split(r"(?<!\\);", rest, maxsplit=1)[0].replace("\\;", ";").strip()
        if rest:
            yield number, rest
