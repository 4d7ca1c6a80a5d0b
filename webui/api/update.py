# SPDX-License-Identifier: GPL-2.0-or-later
"""Updates: how far one is, and the order for one."""

from __future__ import annotations

from typing import Any

from webui import auth
from webui.api.route import Ask, Route
from webui.api.schema import NUMBER, TEXT, TRUTH, Schema, may_lack, only, ref
from webui.http import json_response, only_fields

_SOURCE: Schema = may_lack({**TEXT, "maxLength": 2000})


def show(ask: Ask) -> Any:
    """Which version runs, how it is updated, and how far the last update is."""
    return ask.box.live.ask("update")


def start(ask: Ask) -> Any:
    """Begins an update from `source`, an address or a file on the box; without it from the configured address."""
    body = ask.json()
    only_fields(body, "source", "downgrade", "now", "trial_s")
    return json_response(ask.box.live.ask("update.start", author=ask.who.name, **body), 202)


def call_off(ask: Ask) -> Any:
    """The update that is under way is not wanted any more. Nothing changes."""
    return _told(ask, "update.call_off")


def keep(ask: Ask) -> Any:
    """The version that is on trial stays."""
    return _told(ask, "update.keep")


def back(ask: Ask) -> Any:
    """The version that is on trial goes, as soon as nobody calls: the former one comes back."""
    return _told(ask, "update.back")


def _told(ask: Ask, method: str) -> Any:
    ask.json()
    return ask.box.live.ask(method, author=ask.who.name)


ROUTES = [
    Route("GET", "/update", show, auth.MANAGE, answer=ref("Update")),
    Route(
        "POST", "/update", start, auth.CONFIGURE,
        body=only(source=_SOURCE, downgrade=may_lack(TRUTH), now=may_lack(TRUTH), trial_s=may_lack(NUMBER)),
        answer=ref("Update"), status=202,
        fails=("no_updates", "update_under_way"),
    ),
    *(
        Route("POST", path, handler, auth.CONFIGURE, body=only(), answer=ref("Update"), fails=(code,))
        for path, handler, code in (
            ("/update/call-off", call_off, "update_started"), ("/update/keep", keep, "no_trial"),
            ("/update/back", back, "no_trial"),
        )
    ),
]  # fmt: skip
