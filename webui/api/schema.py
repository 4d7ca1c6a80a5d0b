# SPDX-License-Identifier: GPL-2.0-or-later
"""A short notation for the schemas of the API's document (OpenAPI 3.1: JSON Schema 2020-12)."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

Schema = dict[str, Any]

ANY: Schema = {}
TEXT: Schema = {"type": "string"}
LINE: Schema = {"type": "string", "maxLength": 200}
TIME: Schema = {"type": "string", "format": "date-time"}
TRUTH: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": "number"}
SECONDS: Schema = {"type": "number", "minimum": 0}
OBJECT: Schema = {"type": "object"}
_TEXT_OF_TYPE: Mapping[Any, Schema] = {
    str: TEXT, int: {"type": "integer"}, float: NUMBER, bool: TRUTH, datetime: TIME, Any: ANY,
}  # fmt: skip
_MAY_LACK = "x-may-lack"


@dataclass(frozen=True, slots=True)
class Query:
    """A parameter of a query: its name, what it may be, and what it does."""

    name: str
    schema: Schema
    about: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Media:
    """A body or an answer of other types, e.g. `audio/wav`; `json`: of JSON too."""

    types: tuple[str, ...]
    json: Schema | None = None


@cache
def ref(name: str) -> Schema:
    """One of the document's components."""
    return {"$ref": f"#/components/schemas/{name}"}


@cache
def text(longest: int = 200, pattern: str | None = None) -> Schema:
    """A text of a body that is not blank; of at most so many characters."""
    return {"type": "string", "minLength": 1, "maxLength": longest, "pattern": pattern or r"\S"}


@cache
def one_of(*values: str) -> Schema:
    """One of these words."""
    return {"type": "string", "enum": list(values)}


def many(item: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": item, **more}


def each(item: Schema) -> Schema:
    """An object of names that are not fixed."""
    return {"type": "object", "additionalProperties": item}


def maybe(schema: Schema) -> Schema:
    """Or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def may_lack(schema: Schema) -> Schema:
    """A property that is not always there."""
    return {**schema, _MAY_LACK: True}


def obj(properties: Mapping[str, Schema] | None = None, /, **more: Schema) -> Schema:
    """An object with these properties, all of them unless `may_lack`; there may be others as well."""
    given = {**(properties or {}), **more}
    required = [name for name, schema in given.items() if _MAY_LACK not in schema]
    known = {name: _present(schema) for name, schema in given.items()}
    return {"type": "object", "properties": known} | ({"required": required} if required else {})


def _present(schema: Schema) -> Schema:
    return {k: v for k, v in schema.items() if k != _MAY_LACK} if _MAY_LACK in schema else schema


def only(properties: Mapping[str, Schema] | None = None, /, **more: Schema) -> Schema:
    """The same without any others: a body."""
    return {**obj(properties, **more), "additionalProperties": False}


def both(one: Schema, **more: Schema) -> Schema:
    """A component with more properties."""
    return {"allOf": [one, obj(**more)]}


def items_of(item: Schema) -> Schema:
    """A list in an object."""
    return obj(items=many(item))


def page_of(item: Schema) -> Schema:
    """A page of a list that goes on."""
    return obj(items=many(item), next=maybe(TEXT))


def record(kind: type, *, without: tuple[str, ...] = ()) -> Schema:
    """The JSON of one of the box's records (a dataclass)."""
    hints = typing.get_type_hints(kind)
    names = [item.name for item in dataclasses.fields(kind) if item.name not in without]
    return obj({name: _of_type(hints[name]) for name in names})


def _of_type(hint: Any) -> Schema:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return maybe(_of_type(next(kind for kind in inner if kind is not types.NoneType)))
    if origin is tuple:
        return many(_of_type(inner[0]) if len(inner) == 2 and inner[1] is ... else ANY)
    if origin is not None and issubclass(origin, Mapping):
        return OBJECT
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return one_of(*(str(member.value) for member in hint))
    return _TEXT_OF_TYPE[hint]


SINCE = Query("since", TIME, "From this time on (ISO 8601; UTC without a zone).")
UNTIL = Query("until", TIME, "Before this time.")
LIMIT = Query("limit", {"type": "integer", "minimum": 1, "maximum": 1000}, "How many at most: 50.")
CURSOR = Query("cursor", TEXT, "The `next` of the page before, unchanged.")
DOWNLOAD = Query("download", one_of("1"), "The answer names the file that it is saved as.")
PAGE = (LIMIT, CURSOR)
SPAN = (SINCE, UNTIL)


def chosen(*names: str) -> tuple[Query, ...]:
    """Parameters that choose by a name or a number."""
    return tuple(Query(name, TEXT, f"Only those of this {name}.") for name in names)
