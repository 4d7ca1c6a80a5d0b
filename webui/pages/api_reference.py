# SPDX-License-Identifier: GPL-2.0-or-later
"""The API's document as a page to read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from bottle import HTTPResponse

from webui import auth
from webui.pages.route import PageRoute, Visit

PATH = "/settings/programs/api"
_NAMES = {"date-time": "time", "string": "text", "integer": "whole number", "boolean": "true/false"}


def reference(visit: Visit) -> HTTPResponse:
    """Every route, by what it is about."""
    return visit.page("api_reference.html", **_contents())


@cache
def _contents() -> dict[str, Any]:
    from webui.api import PREFIX, ROUTES
    from webui.api.openapi import document

    told = document(ROUTES)
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            shown = {"method": method.upper(), "path": PREFIX + path, **_shown(operation)}
            groups.setdefault(operation["tags"][0], []).append(shown)
    objects = {name: shape(schema) for name, schema in sorted(told["components"]["schemas"].items())}
    return {"about": told["info"]["description"], "groups": groups, "objects": objects}


def _shown(operation: dict[str, Any]) -> dict[str, Any]:
    answers = [(status, answer) for status, answer in operation["responses"].items() if status != "304"]
    body = operation.get("requestBody", {}).get("content", {})
    return {
        "id": operation["operationId"],
        "summary": operation["summary"],
        "about": operation["description"],
        "query": [(p["name"], shape(p["schema"]), p.get("description", "")) for p in _in_query(operation)],
        "body": [_content(kind, content) for kind, content in body.items()],
        "good": [
            (status, _content(kind, content))
            for status, answer in answers
            for kind, content in answer.get("content", {}).items()
        ],
        "bad": [(status, answer["description"]) for status, answer in answers if "$ref" in answer],
    }


def _in_query(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (parameter for parameter in operation["parameters"] if parameter.get("in") == "query")


def _content(kind: str, content: dict[str, Any]) -> str:
    return shape(content["schema"]) if "schema" in content else kind


def shape(schema: dict[str, Any]) -> str:
    """A schema in one line: `{"id": text, "state": "new" | "saved"}`; names of objects stand for themselves."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    for key, sign in (("anyOf", " | "), ("allOf", " & ")):
        if key in schema:
            return sign.join(shape(part) for part in schema[key])
    if "enum" in schema:
        return " | ".join(f'"{value}"' for value in schema["enum"])
    if schema.get("type") == "array":
        return f"[{shape(schema['items'])}, …]"
    if schema.get("type") == "object":
        return _object(schema)
    kind = schema.get("type", "anything")
    return _NAMES.get(schema.get("format", "")) or _NAMES.get(kind, kind)


def _object(schema: dict[str, Any]) -> str:
    required, inner = schema.get("required", ()), schema.get("additionalProperties")
    parts = [
        f'"{name}"{"" if name in required else "?"}: {shape(part)}'
        for name, part in schema.get("properties", {}).items()
    ]
    if isinstance(inner, dict):
        parts.append(f"name: {shape(inner)}")
    return f"{{{', '.join(parts)}}}" if parts else "{}" if inner is False else "object"


ROUTES = [PageRoute("GET", PATH, reference, roles=auth.READ - {"agent"})]
