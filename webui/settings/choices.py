# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be chosen in a form, and a target in words: `queue:support` is "Queue support"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from webui.i18n import N_
from webui.settings.fields import OUTSIDE, Option
from webui.settings.tables import TARGETS, Document, Item, items

Say = Callable[[str], str]

KINDS: Mapping[str, str] = {
    "queue": N_("Queue"),
    "extension": N_("Extension"),
    "group": N_("Ring group"),
    "ivr": N_("Menu"),
    "voicemail": N_("Voicemail"),
    "conference": N_("Conference"),
    "paging": N_("Announcement to phones"),
    "survey": N_("Survey"),
    "disa": N_("Calling on from outside"),
    "trunk": N_("Trunk"),
    "external": N_("Number outside"),
}
_TARGET = re.compile(rf"\b(?:{'|'.join(KINDS)}):[\w+*#-]+(?:\.[\w-]+)*")
# what a menu does itself
ACTS: Mapping[str, str] = {
    "repeat": N_("Say it again"),
    "language:en": N_("Go on in English"),
    "language:zh": N_("Go on in Chinese"),
    "names": N_("Dial by name"),
    "mailbox": N_("Listen to the own messages"),
    "hangup": N_("Say goodbye"),
}


def named(table: str, item: Item) -> str:
    """An item as people call it: `201 Anna`."""
    if table == "extension":
        return f"{item.get('number', '')} {item.get('name', '')}".strip()
    if table == "line":
        return f"{item.get('name', '')} ({item.get('port', '')})" if item.get("name") else str(item.get("port", ""))
    return str(item.get("name") or item.get("id") or "")


def target_words(say: Say, document: Document, text: str) -> str:
    """A target, or what a menu does, in words."""
    if text in ACTS:
        return say(ACTS[text])
    kind, _, value = text.partition(":")
    if kind not in KINDS:
        return text
    if kind in ("extension", "voicemail"):
        known = (named("extension", item) for item in items(document, "extension") if item.get("number") == value)
        value = next(known, value)
    return f"{say(KINDS[kind])} {value}"


def with_targets(say: Say, document: Document, sentence: str) -> str:
    """A sentence with its targets in words."""
    return _TARGET.sub(lambda found: target_words(say, document, found[0]), sentence)


def targets(say: Say, document: Document) -> Iterator[Option]:
    """Everything that a call can be sent to."""
    for kind in KINDS:
        if kind == "external":
            yield Option(OUTSIDE, say(N_("A number outside …")), say(KINDS[kind]))
            continue
        table = TARGETS[kind]
        for item in items(document, table):
            if kind != "voicemail" or item.get("voicemail"):
                value = item.get("number" if table == "extension" else "name", "")
                yield Option(f"{kind}:{value}", target_words(say, document, f"{kind}:{value}"), say(KINDS[kind]))


def menu_targets(say: Say, document: Document) -> Iterator[Option]:
    """What a key of a menu can lead to."""
    yield from targets(say, document)
    for act, text in ACTS.items():
        yield Option(act, say(text), say(N_("The menu itself")))


def of_table(table: str, key: str = "name", having: str = "") -> Callable[[Say, Document], Iterable[Option]]:
    """The items of a table; `having`: only those with this key."""

    def options(say: Say, document: Document) -> Iterator[Option]:
        for item in items(document, table):
            if not having or having in item:
                yield Option(str(item.get(key, "")), named(table, item))

    return options


def fixed(choices: Mapping[str, str]) -> Callable[[Say, Document], Iterable[Option]]:
    """Always the same: value -> text to be translated."""
    return lambda say, document: [Option(value, say(text)) for value, text in choices.items()]
