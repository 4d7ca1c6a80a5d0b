# SPDX-License-Identifier: GPL-2.0-or-later
"""A form for one thing of the configuration, and how it is shown; errors stand at the field that is wrong."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from bottle import HTTPResponse

from firmware import times
from firmware.secrecy import masked
from firmware.store.config_db import Revision
from webui import auth
from webui.pages.route import Visit
from webui.pages.settings.said import MEANWHILE, NOTHING, Said
from webui.settings.blank import blank
from webui.settings.fields import Entered, Field, Option, filled, value_of, wrong_at
from webui.settings.tables import Document, Item, one, place_of, put


@dataclass(frozen=True)
class Sheet:
    """`table` of the configuration under `path`; `home` is the page that lists it. `single`: there is only one.

    `read` makes an item from what was entered and what it was, `show` is the other way round where form and table
    differ (`stands_for`: key of the table -> field of the form). `more` is what the template needs beside the fields.
    `arrange` puts the whole document in order before it is saved; `then` is where to go afterwards, if not home.
    `on_trial` for what can shut people out: how long such a change stands unless it is confirmed is asked beside it.
    What is wrong with the keys in `shows` the template shows itself. To read the fields in `acts` does something.
    """

    table: str
    path: str
    home: str
    title: str
    fields: tuple[Field, ...]
    template: str = "settings_form.html"
    note: str = ""
    single: bool = False
    read: Callable[[Visit, Document, Entered, Item], Item] | None = None
    more: Callable[[Visit, Document, Item], dict[str, Any]] = lambda visit, document, item: {}
    show: Callable[[Item], Item] = lambda item: item
    arrange: Callable[[Document], Document] = lambda document: document
    stands_for: Mapping[str, str] = field(default_factory=dict)
    shows: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    then: Callable[[Item], str] | None = None
    on_trial: Literal["", "offered", "default"] = ""

    def made(self, visit: Visit, document: Document, entered: Entered, old: Item) -> Item:
        """The item as entered."""
        return self.read(visit, document, entered, old) if self.read else filled(self.fields, entered, old)

    def prefix(self, document: Document, item: Item) -> str:
        """The path of the item's own keys in `document`."""
        return self.table if self.single else f"{self.table}[{place_of(document, self.table, item)}]"


def document_of(visit: Visit) -> Revision:
    """The configuration in force, without its secrets for those who may not change it. NotFound."""
    now = visit.box.configs.current()
    return now if visit.may(auth.CONFIGURE) else Revision(now.id, now.at, now.author, masked(now.document))


def entered(visit: Visit) -> Entered:
    """All fields of the form."""
    forms = visit.request.forms.decode()
    return Entered({name: forms.getall(name) for name in forms})


def shown(
    visit: Visit, sheet: Sheet, id: str | None, item: Item, document: Document, revision: int, said: Said = NOTHING,
    **more: Any,
) -> HTTPResponse:  # fmt: skip
    """The form. `more` is what `UNUSUAL` names."""
    problems = {sheet.stands_for.get(key, key): text for key, text in said.problems.items()}
    filled_in = sheet.show(item)
    rows = [
        {
            "field": f,
            "value": value_or_none(filled_in, f.key),
            "options": options(visit, f, document),
            "wrong": wrong_at(f.key, problems),
        }
        for f in sheet.fields
    ]
    marked = (*(f.key for f in sheet.fields), *sheet.shows)
    lost = [f"{key}: {text}" for key, text in problems.items() if not key.startswith(marked)]
    return visit.page(
        sheet.template,
        said.status,
        sheet=sheet,
        id=id,
        item=blank(item),
        rows=rows,
        revision=revision,
        stale=said.status == MEANWHILE,
        problems=blank(problems),
        others=said.others,
        lost=lost,
        **UNUSUAL | saved_now(visit) | more,
        **sheet.more(visit, document, item),
    )


UNDO_WITHIN = timedelta(minutes=2)
UNUSUAL: dict[str, Any] = {
    "ahead": None,  # what the change would do
    "deleting": False,  # and whether that is to delete the thing
    "theirs": (),  # what somebody else changed meanwhile
    "trial_s": None,  # for how long it was wanted on trial
    "over": None,  # the revision on top of which this may be saved all the same
    "typed": Entered({}),  # what was typed before the log-in, for fields that the configuration does not have
}


def saved_now(visit: Visit) -> dict[str, Any]:
    """Whether something was saved just now, and the revision that can be undone."""
    saved = bool(visit.request.query.get("saved"))
    now = visit.box.configs.current() if saved and visit.may(auth.CONFIGURE) else None
    own = now and now.author == visit.author and now.id > 1 and times.now() - now.at < UNDO_WITHIN
    return {"saved": saved, "undo": now.id if now and own else None}


def labels_of(sheet: Sheet) -> dict[str, str]:
    """What the form calls the keys of its table, each with the table before it."""
    return {f"{sheet.table}.{f.key}": f.label for f in sheet.fields}


def value_or_none(item: Item, key: str) -> Any:
    """What the form shows of a key."""
    value = value_of(item, key)
    return None if value is value_of({}, key) else value


def options(visit: Visit, f: Field, document: Document) -> list[Option]:
    """What a field offers."""
    return list(f.options(visit.say, document)) if f.options else []


def old_item(sheet: Sheet, document: Document, id: str | None) -> Item:
    """As it is in a document; {} for a new one. NotFound."""
    if sheet.single:
        found: Item = document.get(sheet.table, {})
        return found
    return {} if id is None else one(document, sheet.table, id)


def with_item(sheet: Sheet, document: Document, item: Item, id: str | None) -> Document:
    item = copy.deepcopy(item)
    if not sheet.single:
        return put(document, sheet.table, item, id)
    rest = {key: value for key, value in document.items() if key != sheet.table}
    return rest | ({sheet.table: item} if item else {})


def revision_of(form: Entered, name: str = "revision") -> int:
    """The revision that the form was made from; -1 when it says none."""
    text = form.one(name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
