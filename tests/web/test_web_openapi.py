# SPDX-License-Identifier: GPL-2.0-or-later
"""The API's document says what the API does, and so does its page in docs/reference."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openapi_spec_validator import validate
from web_client import Browser

from webui import auth
from webui.api import PREFIX, ROUTES
from webui.api.openapi import document, path_of
from webui.api.route import Route
from webui.app import app_of
from webui.box import Box

REFERENCE = (Path(__file__).parents[2] / "docs/reference/api.md").read_text()
ORDER = ("admin", "installer", "supervisor", "agent", "readonly")


def test_the_document_is_openapi_and_open_to_everybody(url: str) -> None:
    answer = Browser(url).get("/api/v1/openapi.json")
    assert answer.json["openapi"] == "3.1.0"
    validate(answer.json)


def test_no_route_is_missing_in_the_document_and_none_too_many(box: Box) -> None:
    served = {
        (route.method, re.sub(r"<(\w+)>", r"{\1}", route.rule.removeprefix(PREFIX)))
        for route in app_of(box).routes
        if route.rule.startswith(PREFIX)
    }
    told = document(ROUTES)["paths"]
    assert {(method.upper(), path) for path, methods in told.items() for method in methods} == served


def test_every_route_says_what_it_is_for_and_what_it_answers() -> None:
    for route in ROUTES:
        told = document([route])["paths"][path_of(route)][route.method.lower()]
        assert told["summary"], route
        good = told["responses"][str(route.status)]["content"]
        assert good, route
        assert good != {"application/json": {"schema": {}}}, f"{route.method} {route.path} does not say what it answers"
        if route.method in ("POST", "PUT"):
            assert route.body is not None or route.path.endswith("/password"), route


def told_in_reference() -> dict[tuple[str, str], str]:
    """(method, path) -> who may, as the page says."""
    told, method = {}, ""
    for row, who in re.findall(r"^\| (`.*?) \| (.*?) \|", REFERENCE, re.MULTILINE):
        for code in re.findall(r"`([^`]+)`", row):
            found = re.match(r"(?:(GET|POST|PUT|DELETE) )?(/[\w/.-]*)", code)
            if found and "metrics" not in code:
                method = found[1] or method
                told[method, re.sub(r"\b[A-Z][A-Z-]+\b", "*", found[2])] = who
    return told


def test_the_reference_has_every_route_and_no_other() -> None:
    assert set(told_in_reference()) == {(route.method, re.sub(r"<\w+>", "*", route.path)) for route in ROUTES}


def words(roles: frozenset[str] | None) -> str:
    known = {None: "everybody", auth.READ: "every role", auth.HEAR: "all but installer"}
    return known.get(roles) or ", ".join(role for role in ORDER if role in (roles or ()))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_the_reference_says_who_may(route: Route) -> None:
    who = told_in_reference()[route.method, re.sub(r"<\w+>", "*", route.path)]
    assert words(route.roles) in [part.strip() for part in who.split(";")]
