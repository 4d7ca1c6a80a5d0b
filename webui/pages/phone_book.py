# SPDX-License-Identifier: GPL-2.0-or-later
"""The phone book of the office: names of callers, looked up, added, taken in from a file and given out as one."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from firmware.errors import Invalid, TipringError
from webui import auth
from webui.pages.changes import stream_of
from webui.pages.route import PageRoute, Visit, redirect

SHOWN = 100
ALL = 100_000
MAY_ADD = auth.MANAGE | auth.SET_AGENT


def phone_book(visit: Visit) -> HTTPResponse:
    """What was asked for; only the list when the open page asks for it anew."""
    text = visit.request.query.decode().get("text", "").strip()
    values = _values(visit, text)
    return visit.part("phone_book_list.html", **values) if visit.wants_part else _page(visit, **values)


def _page(visit: Visit, status: int = 200, **values: Any) -> HTTPResponse:
    problems = dict.fromkeys(("number", "name", "file"), "") | values.pop("problems", {})
    given: dict[str, Any] = {"entered": {"number": "", "name": ""}, "problems": problems} | values
    return visit.page("phone_book.html", status, may_add=visit.may(MAY_ADD), **given)


def _values(visit: Visit, text: str = "") -> dict[str, Any]:
    found = visit.ask_or(None, "contacts", text=text, limit=SHOWN)
    return {"text": text, "found": found, "may_edit": visit.may(auth.MANAGE)}


def add(visit: Visit) -> HTTPResponse:
    """What was entered is still there when it is wrong."""
    entered = {"number": visit.form("number"), "name": visit.form("name")}
    try:
        visit.box.live.ask("contact.save", **{key: text.strip() or " " for key, text in entered.items()})
    except TipringError as error:
        if error.field not in entered:
            raise
        return _page(visit, 422, **_values(visit), entered=entered, problems={error.field: visit.tell(error)})
    return redirect("/phone-book")


def delete(visit: Visit) -> HTTPResponse:
    """The list as it is then."""
    visit.box.live.ask("contact.delete", number=visit.form("number"))
    return visit.part("phone_book_list.html", **_values(visit))


def take_in(visit: Visit) -> HTTPResponse:
    """All of a file, or nothing of it."""
    from firmware import contacts_csv  # the web is to stay small

    upload = visit.request.files.get("file")
    try:
        if upload is None or not upload.filename:
            raise Invalid("Choose a file.", field="file")
        items = contacts_csv.read(upload.file.read(contacts_csv.LARGEST + 1))
        visit.box.live.ask("contacts.import", items=items)
    except TipringError as error:
        if error.field != "file" and not (error.field or "").startswith("items["):
            raise
        return _page(visit, 422, **_values(visit), problems={"file": visit.tell(error)})
    return redirect("/phone-book")


def give_out(visit: Visit) -> HTTPResponse:
    """All of it as CSV."""
    from firmware import contacts_csv

    text = contacts_csv.write(visit.box.live.ask("contacts", limit=ALL)["items"])
    headers = {"Content-Type": "text/csv; charset=utf-8", "Cache-Control": "no-store",
               "Content-Disposition": 'attachment; filename="phone-book.csv"'}  # fmt: skip
    return HTTPResponse("\ufeff" + text, headers=headers)  # spreadsheets take it for UTF-8


ROUTES = [
    PageRoute("GET", "/phone-book", phone_book),
    PageRoute("GET", "/phone-book/stream", stream_of("contacts")),
    PageRoute("GET", "/phone-book.csv", give_out, roles=auth.MANAGE),
    PageRoute("POST", "/phone-book", add, roles=MAY_ADD),
    PageRoute("POST", "/phone-book/delete", delete, roles=auth.MANAGE),
    PageRoute("POST", "/phone-book/file", take_in, roles=auth.MANAGE),
]
