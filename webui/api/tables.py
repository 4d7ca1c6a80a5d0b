# SPDX-License-Identifier: GPL-2.0-or-later
"""One menu, route, schedule, conference … of the configuration at a time, checked as the whole document is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bottle import HTTPResponse

from firmware.errors import NotFound
from firmware.secrecy import masked
from webui import auth
from webui.api.config import if_match
from webui.api.route import Ask, Route
from webui.api.schema import COUNT, OBJECT, TEXT, many, obj
from webui.http import json_response
from webui.settings.save import save
from webui.settings.tables import NAMED_BY, Document, drop, id_of, items, one, put


def _known(table: str) -> None:
    if table not in NAMED_BY:
        raise NotFound(f"There is no table {table}; there are {', '.join(NAMED_BY)}.", code="no_such_table")


def _document(ask: Ask) -> tuple[int, Document]:
    now = ask.box.configs.current()
    return now.id, now.document if ask.who.role in auth.CONFIGURE else masked(now.document)


def _answer(revision: int, status: int = 200, **values: Any) -> HTTPResponse:
    return json_response({"revision": revision} | values, status, ETag=f'"{revision}"')


def every(ask: Ask, table: str) -> Any:
    """All of a table, in its order."""
    _known(table)
    revision, document = _document(ask)
    found = [{"id": id_of(table, item), "item": item} for item in items(document, table)]
    return _answer(revision, items=found)


def show(ask: Ask, table: str, id: str) -> Any:
    """One of a table."""
    _known(table)
    revision, document = _document(ask)
    return _answer(revision, id=id, item=one(document, table, id))


def add(ask: Ask, table: str) -> Any:
    """Adds one at the end of the table."""
    item = ask.json()
    return _changed(ask, table, lambda document: put(document, table, item), 201, id=id_of_new(table, item))


def change(ask: Ask, table: str, id: str) -> Any:
    """Puts it in the place of what is there; with another name, whatever named it follows."""
    item = ask.json()
    return _changed(ask, table, lambda document: put(document, table, item, id), id=id_of_new(table, item))


def delete(ask: Ask, table: str, id: str) -> Any:
    """Takes it out of the configuration."""
    return _changed(ask, table, lambda document: drop(document, table, id))


def id_of_new(table: str, item: dict[str, Any]) -> str:
    """What it is known by from now on."""
    _known(table)
    return id_of(table, item)


def _changed(
    ask: Ask, table: str, make: Callable[[Document], Document], status: int = 200, **values: Any
) -> HTTPResponse:
    _known(table)
    return _answer(save(ask.box, ask.who.name, make, if_match(ask)), status, **values)


_READ = ("no_such_table", "no_config")
_CHECKED = (*_READ, "config_conflict", "config_invalid")
_ONE, _ITEM, _GONE = obj(revision=COUNT, id=TEXT, item=OBJECT), obj(revision=COUNT, id=TEXT), obj(revision=COUNT)
_EVERY = obj(revision=COUNT, items=many(obj(id=TEXT, item=OBJECT)))
_TABLE = "/config/tables/<table>"

ROUTES = [
    Route("GET", _TABLE, every, answer=_EVERY, fails=_READ),
    Route(
        "POST", _TABLE, add, auth.CONFIGURE, body=OBJECT, answer=_ITEM, status=201, fails=_CHECKED, matched=True
    ),
    Route("GET", f"{_TABLE}/<id>", show, answer=_ONE, fails=_READ),
    Route(
        "PUT", f"{_TABLE}/<id>", change, auth.CONFIGURE, body=OBJECT, answer=_ITEM, fails=_CHECKED, matched=True
    ),
    Route("DELETE", f"{_TABLE}/<id>", delete, auth.CONFIGURE, answer=_GONE, fails=_CHECKED, matched=True),
]  # fmt: skip
