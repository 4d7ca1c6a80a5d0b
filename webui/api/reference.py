# SPDX-License-Identifier: GPL-2.0-or-later
"""The document of this API for programs that read it: client generators, testers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from webui.api.route import Ask, Route
from webui.api.schema import OBJECT
from webui.http import as_json, json_response


def document_of(routes: Sequence[Route]) -> Route:
    """The route that gives the document of `routes`, among which it is itself by then."""

    @cache
    def text() -> str:
        from webui.api.openapi import document  # few ask, and the web is to stay small

        return as_json(document(routes))

    def openapi(ask: Ask) -> Any:
        """This document (OpenAPI 3.1)."""
        response = json_response(None, Cache_Control="no-cache")
        response.body = text()
        return response

    return Route("GET", "/openapi.json", openapi, roles=None, answer=OBJECT)
