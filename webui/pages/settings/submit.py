# SPDX-License-Identifier: GPL-2.0-or-later
"""A form of the settings is asked for, saved, deleted; what that would do, who else was there, who was logged out."""

from __future__ import annotations

from dataclasses import replace

from bottle import HTTPResponse

from firmware.errors import NotFound, TipringError
from firmware.store.config_db import Revision
from webui import auth, kept
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit, local_path, redirect
from webui.pages.settings.ahead import ahead, wants_no_help
from webui.pages.settings.said import CONFIG_INVALID, MEANWHILE, Said, problems_of
from webui.pages.settings.sheet import (
    Sheet,
    document_of,
    entered,
    labels_of,
    old_item,
    revision_of,
    shown,
    value_or_none,
    with_item,
)
from webui.settings import places
from webui.settings.differences import LABELS, Difference, differences
from webui.settings.fields import Entered, filled
from webui.settings.merge import merged
from webui.settings.save import save
from webui.settings.tables import Document, Item, drop, one

CHANGED = N_(
    "%(author)s changed the configuration meanwhile. Nothing was overwritten, and what you entered is still here: "
    "look at it, and save again."
)
BOTH = N_(
    "%(author)s changed this very entry meanwhile. Nothing was overwritten. The form has both changes now: look at it, "
    "and save again."
)
SAME_CHANGED = N_(
    "%(author)s changed this very entry meanwhile, and the same fields: %(fields)s. Nothing was overwritten. Load it "
    "again to see it, or save yours in its place."
)
GONE = N_(
    "%(author)s deleted or replaced this entry meanwhile. What you entered is still here: save it as a new one, or go "
    "back."
)
LOGGED_OUT = N_(
    "You had been logged out, and nothing was saved. What you typed is still here: look at it, and save. Passwords and "
    "PINs have to be typed again."
)
IN_USE = N_("It cannot be deleted yet, something still leads there:")


def routes_of(sheet: Sheet) -> list[PageRoute]:
    """New, one, save, delete."""
    LABELS.update(labels_of(sheet))

    def new(visit: Visit) -> HTTPResponse:
        if typed := _typed(visit):
            return _again(visit, sheet, None, typed)
        now = document_of(visit)
        given = {f.key: text for f in sheet.fields if (text := visit.request.query.decode().get(f.key))}
        return shown(visit, sheet, None, given, now.document, now.id)

    def edit(visit: Visit, id: str) -> HTTPResponse:
        if typed := _typed(visit):
            return _again(visit, sheet, id, typed)
        now = document_of(visit)
        return shown(visit, sheet, id, one(now.document, sheet.table, id), now.document, now.id)

    def create(visit: Visit) -> HTTPResponse:
        return _submitted(visit, sheet, None)

    def change(visit: Visit, id: str) -> HTTPResponse:
        return _submitted(visit, sheet, id)

    def delete(visit: Visit, id: str) -> HTTPResponse:
        return _deleted(visit, sheet, id)

    def only(visit: Visit) -> HTTPResponse:
        if typed := _typed(visit):
            return _again(visit, sheet, "", typed)
        now = document_of(visit)
        return shown(visit, sheet, "", now.document.get(sheet.table, {}), now.document, now.id)

    def change_only(visit: Visit) -> HTTPResponse:
        return _submitted(visit, sheet, "")

    if sheet.single:
        return [
            PageRoute("GET", sheet.path, only, roles=auth.CONFIGURE),
            PageRoute("POST", sheet.path, change_only, roles=auth.CONFIGURE, keeps=True),
        ]
    return [
        PageRoute("GET", f"{sheet.path}/new", new, roles=auth.CONFIGURE),
        PageRoute("POST", f"{sheet.path}/new", create, roles=auth.CONFIGURE, keeps=True),
        PageRoute("GET", f"{sheet.path}/<id>", edit, roles=auth.CONFIGURE),
        PageRoute("POST", f"{sheet.path}/<id>", change, roles=auth.CONFIGURE, keeps=True),
        PageRoute("POST", f"{sheet.path}/<id>/delete", delete, roles=auth.CONFIGURE),
    ]


def _submitted(visit: Visit, sheet: Sheet, id: str | None) -> HTTPResponse:
    form, now = entered(visit), visit.box.configs.current()
    looked_at = revision_of(form, "over") if "over" in form.values else revision_of(form)
    if looked_at != now.id:
        return _meanwhile(visit, sheet, id, form, looked_at, now)
    old = old_item(sheet, now.document, id)
    item = filled(sheet.fields, form, old)
    changed, prefix = now.document, ""
    try:
        item = sheet.made(visit, now.document, form, old)
        changed = sheet.arrange(with_item(sheet, now.document, item, id))
        prefix = sheet.prefix(changed, item)
        told = ahead(visit, form, now.document, changed)
        if told:
            return shown(visit, sheet, id, item, now.document, now.id, ahead=told, trial_s=form.one("trial_s"))
        save(visit.box, visit.author, lambda _: changed, now.id, **wants_no_help(form), **on_trial(form))
    except TipringError as error:
        said = problems_of(visit, error, changed, prefix)
        return shown(visit, sheet, id, item, now.document, now.id, said, trial_s=form.one("trial_s"))
    return redirect(sheet.then(item) if sheet.then else f"{sheet.home}?saved=1")


def on_trial(form: Entered) -> dict[str, int]:
    """For how long, where that was chosen."""
    text = form.one("trial_s")
    return {"trial_s": int(text)} if text.isascii() and text.isdigit() and len(text) < 7 else {}


def _meanwhile(
    visit: Visit, sheet: Sheet, id: str | None, form: Entered, looked_at: int, now: Revision
) -> HTTPResponse:
    """Somebody else saved first: told what, with what both entered; one press saves it on top."""
    before = looked_at_then(visit, looked_at)
    theirs = theirs_of(visit, looked_at, before, now)
    base = _item_or_none(sheet, before, id)
    new = _item_or_none(sheet, now.document, id)
    if base is None or new is None:
        mine = _made(visit, sheet, now.document, form, {})
        said = Said({}, (visit.say(GONE, author=now.author),), MEANWHILE)
        return shown(visit, sheet, None, mine, now.document, now.id, said, theirs=theirs)
    item, clashes = merged(base, _made(visit, sheet, before, form, base), new)
    if clashes:
        fields = ", ".join(visit.say(labels_of(sheet).get(f"{sheet.table}.{key}", key)) for key in clashes)
        said = Said({}, (visit.say(SAME_CHANGED, author=now.author, fields=fields),), MEANWHILE)
        return shown(visit, sheet, id, item, now.document, looked_at, said, theirs=theirs, over=now.id)
    text = visit.say(CHANGED if base == new else BOTH, author=now.author)
    return shown(visit, sheet, id, item, now.document, now.id, Said({}, (text,), MEANWHILE), theirs=theirs)


def looked_at_then(visit: Visit, looked_at: int) -> Document:
    """What the form was made from; {} when it does not say."""
    try:
        return visit.box.configs.revision(looked_at).document
    except NotFound:
        return {}


def _item_or_none(sheet: Sheet, document: Document, id: str | None) -> Item | None:
    try:
        return old_item(sheet, document, id)
    except NotFound:
        return None


def _made(visit: Visit, sheet: Sheet, document: Document, form: Entered, old: Item) -> Item:
    """As entered, also when it cannot be used."""
    form = replace(form, values={name: texts for name, texts in form.values.items() if name not in sheet.acts})
    try:
        return sheet.made(visit, document, form, old)
    except TipringError:
        return filled(sheet.fields, form, old)


def theirs_of(visit: Visit, looked_at: int, before: Document, now: Revision) -> list[Difference]:
    """What others changed since the form was made."""
    steps = visit.ask_or([], "config.history", before=now.id + 1) if before else []
    since = [step for step in reversed(steps) if step["revision"] > looked_at]
    return [told for step in since for told in differences(visit.say, before, now.document, step["changes"])]


def _deleted(visit: Visit, sheet: Sheet, id: str) -> HTTPResponse:
    form, now = entered(visit), visit.box.configs.current()
    item = one(now.document, sheet.table, id)
    if revision_of(form) != now.id:
        said = Said({}, (visit.say(CHANGED, author=now.author),), MEANWHILE)
        theirs = theirs_of(visit, revision_of(form), looked_at_then(visit, revision_of(form)), now)
        return shown(visit, sheet, id, item, now.document, now.id, said, theirs=theirs)
    without = drop(now.document, sheet.table, id)
    try:
        if told := ahead(visit, form, now.document, without):
            return shown(visit, sheet, id, item, now.document, now.id, ahead=told, deleting=True)
        save(visit.box, visit.author, lambda _: without, now.id, **wants_no_help(form))
    except TipringError as error:
        if error.code != CONFIG_INVALID:
            raise
        where = {places.words(visit.say, without, problem.path): None for problem in getattr(error, "errors", ())}
        said = Said({}, (f"{visit.say(IN_USE)} {', '.join(where)}",), 422)
        return shown(visit, sheet, id, item, now.document, now.id, said)
    return redirect(f"{sheet.home}?saved=1")


# ---- who was logged out ------------------------------------------------------------------------------


def _typed(visit: Visit) -> Entered | None:
    found = kept.again(visit.box, visit.request, visit.known.name)
    return Entered(found) if found else None


def _again(visit: Visit, sheet: Sheet, id: str | None, typed: Entered) -> HTTPResponse:
    """The form as it was typed, made from the revision that it showed."""
    now = visit.box.configs.current()
    old = _item_or_none(sheet, now.document, id)
    item = _made(visit, sheet, now.document, _with_secrets(sheet, typed, old or {}), old or {})
    said = Said({}, (visit.say(LOGGED_OUT),))
    return shown(visit, sheet, id, item, now.document, revision_of(typed), said, typed=typed)


def _with_secrets(sheet: Sheet, typed: Entered, old: Item) -> Entered:
    """PINs were not kept: they are what they were."""
    known = sheet.show(old)
    as_before = {f.key: value_or_none(known, f.key) for f in sheet.fields if kept.is_secret(f.key)}
    missing = {key: [value] for key, value in as_before.items() if value and key not in typed.values}
    return Entered({**missing, **typed.values})


# ---- the way back ------------------------------------------------------------------------------------


def _undone(visit: Visit) -> HTTPResponse:
    """What was saved last is taken back, unless somebody changed something since. Conflict."""
    last = revision_of(entered(visit))
    (former,) = visit.box.configs.revisions(1, before=last)
    visit.box.live.ask("config.rollback", to=former.id, author=visit.author, revision=last)
    return redirect(local_path(visit.form("next")))


UNDO = PageRoute("POST", "/settings/undo", _undone, roles=auth.CONFIGURE)
