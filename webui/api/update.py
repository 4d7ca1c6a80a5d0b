# SPDX-License-Identifier: GPL-2.0-or-later
"""Updates: how far one is, and the order for one."""

from __future__ import annotations

from typing import Any

from webui import auth
from webui.api.route import Ask, Route
from webui.api.schema import TEXT, TRUTH, Schema, may_lack, only, ref
from webui.http import json_response, only_fields

_SOURCE: Schema = may_lack({**TEXT, "maxLength": 2000})


def show(ask: Ask) -> Any:
    """Which version runs, how it is updated, and how far the last update is."""
    return ask.box.live.ask("update")


def start(ask: Ask) -> Any:
    """Begins an update from `source`, an address or a file on the box; without it from the configured address."""
    body = ask.json()
    only_fields(body, "source", "downgrade", "now")
    return json_response(ask.box.live.ask("update.start", author=ask.who.name, **body), 202)


ROUTES = [
    Route("GET", "/update", show, auth.MANAGE, answer=ref("Update")),
    Route(
        "POST", "/update", start, auth.CONFIGURE,
        body=only(source=_SOURCE, downgrade=may_lack(TRUTH), now=may_lack(TRUTH)), answer=ref("Update"), status=202,
        fails=("no_updates", "update_under_way"),
    ),
]  # fmt: skip
