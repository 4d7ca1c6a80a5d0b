# SPDX-License-Identifier: GPL-2.0-or-later
"""A form for one thing of the configuration: shown, saved, deleted; errors stand at the field that is wrong."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bottle import HTTPResponse

from firmware.errors import NotFound, TipringError
from firmware.secrecy import masked
from firmware.store.config_db import Revision
from webui import auth
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit, redirect
from webui.pages.settings.said import CONFIG_INVALID, MEANWHILE, NOTHING, Said, problems_of
from webui.settings import places
from webui.settings.blank import blank
from webui.settings.fields import Entered, Field, Option, filled, value_of, wrong_at
from webui.settings.save import save
from webui.settings.tables import Document, Item, drop, one, place_of, put

CHANGED = N_(
    "%(author)s changed the configuration meanwhile. Nothing was overwritten, and what you entered is still here: "
    "look at it, and save again."
)
SAME_CHANGED = N_(
    "%(author)s changed this very entry meanwhile. Nothing was overwritten. Load it again to see it, then repeat your "
    "change."
)
IN_USE = N_("It cannot be deleted yet, something still leads there:")


@dataclass(frozen=True)
class Sheet:
    """`table` of the configuration under `path`; `home` is the page that lists it. `single`: there is only one.

    `read` makes an item from what was entered and what it was, `show` is the other way round where form and table
    differ (`stands_for`: key of the table -> field of the form). `more` is what the template needs beside the fields.
    `arrange` puts the whole document in order before it is saved; `then` is where to go afterwards, if not home.
    What is wrong with the keys in `shows` the template shows itself.
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
    then: Callable[[Item], str] | None = None

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
    visit: Visit, sheet: Sheet, id: str | None, item: Item, document: Document, revision: int, said: Said = NOTHING
) -> HTTPResponse:
    """The form."""
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
        saved=bool(visit.request.query.get("saved")),
        **sheet.more(visit, document, item),
    )


def value_or_none(item: Item, key: str) -> Any:
    """What the form shows of a key."""
    value = value_of(item, key)
    return None if value is value_of({}, key) else value


def options(visit: Visit, f: Field, document: Document) -> list[Option]:
    """What a field offers."""
    return list(f.options(visit.say, document)) if f.options else []


def routes_of(sheet: Sheet) -> list[PageRoute]:
    """New, one, save, delete."""

    def new(visit: Visit) -> HTTPResponse:
        now = document_of(visit)
        given = {f.key: text for f in sheet.fields if (text := visit.request.query.decode().get(f.key))}
        return shown(visit, sheet, None, given, now.document, now.id)

    def edit(visit: Visit, id: str) -> HTTPResponse:
        now = document_of(visit)
        return shown(visit, sheet, id, one(now.document, sheet.table, id), now.document, now.id)

    def create(visit: Visit) -> HTTPResponse:
        return _submitted(visit, sheet, None)

    def change(visit: Visit, id: str) -> HTTPResponse:
        return _submitted(visit, sheet, id)

    def delete(visit: Visit, id: str) -> HTTPResponse:
        return _deleted(visit, sheet, id)

    def only(visit: Visit) -> HTTPResponse:
        now = document_of(visit)
        return shown(visit, sheet, "", now.document.get(sheet.table, {}), now.document, now.id)

    def change_only(visit: Visit) -> HTTPResponse:
        return _submitted(visit, sheet, "")

    if sheet.single:
        return [
            PageRoute("GET", sheet.path, only, roles=auth.CONFIGURE),
            PageRoute("POST", sheet.path, change_only, roles=auth.CONFIGURE),
        ]
    return [
        PageRoute("GET", f"{sheet.path}/new", new, roles=auth.CONFIGURE),
        PageRoute("POST", f"{sheet.path}/new", create, roles=auth.CONFIGURE),
        PageRoute("GET", f"{sheet.path}/<id>", edit, roles=auth.CONFIGURE),
        PageRoute("POST", f"{sheet.path}/<id>", change, roles=auth.CONFIGURE),
        PageRoute("POST", f"{sheet.path}/<id>/delete", delete, roles=auth.CONFIGURE),
    ]


def old_item(sheet: Sheet, document: Document, id: str | None) -> Item:
    """As it is in a document; {} for a new one. NotFound."""
    if sheet.single:
        found: Item = document.get(sheet.table, {})
        return found
    return {} if id is None else one(document, sheet.table, id)


def _with(sheet: Sheet, document: Document, item: Item, id: str | None) -> Document:
    item = copy.deepcopy(item)
    if not sheet.single:
        return put(document, sheet.table, item, id)
    rest = {key: value for key, value in document.items() if key != sheet.table}
    return rest | ({sheet.table: item} if item else {})


def _submitted(visit: Visit, sheet: Sheet, id: str | None) -> HTTPResponse:
    form, now = entered(visit), visit.box.configs.current()
    looked_at = revision_of(form)
    if looked_at != now.id:
        return _meanwhile(visit, sheet, id, form, looked_at, now)
    old = old_item(sheet, now.document, id)
    item = filled(sheet.fields, form, old)
    changed, prefix = now.document, ""
    try:
        item = sheet.made(visit, now.document, form, old)
        changed = sheet.arrange(_with(sheet, now.document, item, id))
        prefix = sheet.prefix(changed, item)
        save(visit.box, visit.author, lambda _: changed, now.id)
    except TipringError as error:
        return shown(visit, sheet, id, item, now.document, now.id, problems_of(visit, error, changed, prefix))
    return redirect(sheet.then(item) if sheet.then else f"{sheet.home}?saved=1")


def _meanwhile(
    visit: Visit, sheet: Sheet, id: str | None, form: Entered, looked_at: int, now: Revision
) -> HTTPResponse:
    """Somebody else saved first: told, with what was entered; it may be saved on top unless it is the same thing."""
    try:
        before = visit.box.configs.revision(looked_at).document
        old, new = old_item(sheet, before, id), old_item(sheet, now.document, id)
    except NotFound:
        old, new = {}, {"": "it is gone"}
    same = old == new
    text = visit.say(CHANGED if same else SAME_CHANGED, author=now.author)
    try:
        item = sheet.made(visit, now.document, form, new if same else {})
    except TipringError:
        item = filled(sheet.fields, form, {})
    revision = now.id if same else looked_at
    return shown(visit, sheet, id, item, now.document, revision, Said({}, (text,), MEANWHILE))


def _deleted(visit: Visit, sheet: Sheet, id: str) -> HTTPResponse:
    now = visit.box.configs.current()
    item = one(now.document, sheet.table, id)
    if revision_of(entered(visit)) != now.id:
        said = Said({}, (visit.say(CHANGED, author=now.author),), MEANWHILE)
        return shown(visit, sheet, id, item, now.document, now.id, said)
    try:
        save(visit.box, visit.author, lambda document: drop(document, sheet.table, id), now.id)
    except TipringError as error:
        if error.code != CONFIG_INVALID:
            raise
        without = drop(now.document, sheet.table, id)
        where = {places.words(visit.say, without, problem.path): None for problem in getattr(error, "errors", ())}
        said = Said({}, (f"{visit.say(IN_USE)} {', '.join(where)}",), 422)
        return shown(visit, sheet, id, item, now.document, now.id, said)
    return redirect(f"{sheet.home}?saved=1")


def revision_of(form: Entered) -> int:
    """The revision that the form was made from; -1 when it says none."""
    text = form.one("revision")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
