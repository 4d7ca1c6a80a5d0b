# SPDX-License-Identifier: GPL-2.0-or-later
"""From a request to an open event stream."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse, LocalRequest

from firmware.errors import Unavailable
from webui import auth
from webui.box import Box
from webui.limited import LimitedView
from webui.server import TAKE_SOCKET
from webui.streams import MAX_STREAMS, View


def open_stream(box: Box, request: LocalRequest, view: View) -> Any:
    """Hands the connection to the streams. Unavailable (`too_many_streams`) when every place is taken."""
    if request.method == "HEAD":
        return HTTPResponse(status=200, headers={"Content-Type": "text/event-stream; charset=utf-8"})
    if not box.streams.reserve():
        raise Unavailable(
            f"{MAX_STREAMS} event streams are open, and that is the limit. Close one.", code="too_many_streams"
        )
    mine = LimitedView(box.scope, view, box.live) if box.scope else view
    who = auth.identify(request, box.access)
    box.streams.add(request.environ[TAKE_SOCKET](), mine, who.name if who else "")
    return HTTPResponse(status=200)
