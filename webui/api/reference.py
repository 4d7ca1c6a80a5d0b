# SPDX-License-Identifier: GPL-2.0-or-later
"""The document of this API for programs that read it: client generators, testers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from webui.api.route import Ask, Route
from webui.api.schema import OBJECT
from webui.http import as_json, json_response


def routes_with_document(routes: Sequence[Route]) -> list[Route]:
    """These, and the one that gives the document of all of them."""

    @cache
    def text() -> str:
        from webui.api.openapi import document  # few ask, and the web is to stay small

        return as_json(document(every))

    def openapi(ask: Ask) -> Any:
        """This document (OpenAPI 3.1)."""
        response = json_response(None, Cache_Control="no-cache")
        response.body = text()
        return response

    every = [*routes, Route("GET", "/openapi.json", openapi, roles=None, answer=OBJECT)]
    return every
