# SPDX-License-Identifier: GPL-2.0-or-later
"""Static files: named by their content, kept by browsers for ever, sent compressed."""

from __future__ import annotations

from pathlib import Path

import bottle
from bottle import HTTPResponse

from firmware.errors import NotFound
from webui.assets import TYPES
from webui.pages.route import PageRoute, Visit

FOR_EVER = "public, max-age=31536000, immutable"


def static(visit: Visit, name: str) -> HTTPResponse:
    """A built file. NotFound for anything else."""
    path = visit.box.assets.find(name)
    if path is None:
        raise NotFound(f"There is no static file {name}.")
    return _send(path, "gzip" in visit.request.get_header("Accept-Encoding", ""))


def _send(path: Path, compressed: bool) -> HTTPResponse:
    source = path.with_name(f"{path.name}.gz") if compressed else path
    response: HTTPResponse = bottle.static_file(source.name, root=str(source.parent), mimetype=TYPES[path.suffix])
    response.set_header("Cache-Control", FOR_EVER)
    response.set_header("Vary", "Accept-Encoding")
    if compressed:
        response.set_header("Content-Encoding", "gzip")
    return response


def icon(visit: Visit) -> HTTPResponse:
    """Browsers ask for it by habit."""
    path = visit.box.assets.find(visit.box.assets.manifest["logo.svg"])
    assert path is not None  # the manifest names it
    return _send(path, compressed=False)


ROUTES = [
    PageRoute("GET", "/static/<name>", static, roles=None),
    PageRoute("GET", "/favicon.ico", icon, roles=None),
]
