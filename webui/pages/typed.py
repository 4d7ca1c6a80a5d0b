# SPDX-License-Identifier: GPL-2.0-or-later
"""What somebody typed into a form before they were logged out, to be sent once more."""

from __future__ import annotations

from bottle import HTTPResponse

from webui import auth, kept
from webui.pages.route import PageRoute, Visit, local_path, redirect


def show(visit: Visit) -> HTTPResponse:
    """Once: whoever opens it a second time finds the first page."""
    found = kept.aside(visit.box, visit.request, visit.known.name)
    if found is None:
        return redirect("/")
    fields = [(name, text) for name, texts in found.fields.items() for text in texts if name != kept.BY]
    return visit.page("typed.html", path=found.path, fields=fields, within=found.within and local_path(found.within))


ROUTES = [PageRoute("GET", kept.ASIDE, show, roles=auth.READ)]
