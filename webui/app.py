# SPDX-License-Identifier: GPL-2.0-or-later
"""The WSGI application: API, pages, metrics; security headers and one form of errors around all of them."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import bottle
from bottle import Bottle, HTTPError, HTTPResponse

from webui import api, metrics, pages
from webui.box import Box
from webui.compression import compressed
from webui.http import CODE_OF_STATUS, MESSAGE_OF_STATUS, error_body, json_response
from webui.pages.route import error_page, visit_of
from webui.security import StartResponse, Wsgi, secured

log = logging.getLogger(__name__)


def make_app(box: Box) -> Wsgi:
    """The whole application for one box."""
    return secured(_readable(compressed(app_of(box))))


def app_of(box: Box) -> Bottle:
    """Every address that there is."""
    app = Bottle()
    api.mount(app, box, api.ROUTES)
    pages.mount(app, box, pages.ROUTES)
    app.route("/metrics", "GET", lambda: metrics.metrics(box))
    app.default_error_handler = lambda error: _say_error(box, error)
    return app


def _say_error(box: Box, error: HTTPError) -> Any:
    """What Bottle itself refuses (404, 405, 500 …), in the API's form or as a page."""
    status = error.status_code
    if error.exception is not None:
        log.error("%s %s failed", bottle.request.method, bottle.request.path, exc_info=error.exception)
    answer = _json_error(status) if bottle.request.path.startswith("/api/") else _error_page(box, status)
    allow = error.get_header("Allow")
    if allow:
        answer.set_header("Allow", allow)
    answer.apply(bottle.response)
    return answer.body


def _json_error(status: int) -> HTTPResponse:
    code = CODE_OF_STATUS.get(status, "internal_error" if status >= 500 else "bad_request")
    return json_response(error_body(code, MESSAGE_OF_STATUS.get(status, MESSAGE_OF_STATUS[400])), status)


def _error_page(box: Box, status: int) -> HTTPResponse:
    visit, _ = visit_of(box, bottle.request)
    return error_page(visit, status)


def _readable(app: Wsgi) -> Wsgi:
    """Refuses headers that are not UTF-8: Bottle fails on them wherever they are read."""

    def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if all(_is_text(value) for name, value in environ.items() if name.startswith("HTTP_")):
            return app(environ, start_response)
        refusal = _json_error(400)
        start_response(refusal.status_line, refusal.headerlist)
        return [refusal.body.encode()]

    return application


def _is_text(value: str) -> bool:
    if value.isascii():
        return True
    try:
        value.encode("latin1").decode()
    except UnicodeDecodeError:
        return False
    return True
