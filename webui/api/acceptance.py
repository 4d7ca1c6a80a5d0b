# SPDX-License-Identifier: GPL-2.0-or-later
"""The acceptance: checks, what was left out, test calls, and certificates."""

from __future__ import annotations

from typing import Any

from firmware.store.acceptance import AcceptanceFile
from webui import auth
from webui.api.route import Ask, Route
from webui.http import json_response, only_fields


def show(ask: Ask) -> Any:
    return ask.box.live.ask("acceptance")


def leave_out(ask: Ask, check: str) -> Any:
    """`why` empty: it is taken up again."""
    body = ask.json()
    only_fields(body, "why")
    return ask.box.live.ask("acceptance.leave_out", check=check, author=ask.who.name, why=body.get("why"))


def expect(ask: Ask, check: str) -> Any:
    """The next call in or out is the test call."""
    only_fields(ask.json())
    return ask.box.live.ask("acceptance.expect", check=check, author=ask.who.name)


def again(ask: Ask) -> Any:
    only_fields(ask.json())
    return ask.box.live.ask("acceptance.again")


def issue(ask: Ask) -> Any:
    """Runs every check, and signs what was found."""
    only_fields(ask.json())
    return json_response(ask.box.live.ask("acceptance.certify", author=ask.who.name), 201)


def certificates(ask: Ask) -> Any:
    return AcceptanceFile(ask.box.state).certificates()


def certificate(ask: Ask, id: str) -> Any:
    return AcceptanceFile(ask.box.state).certificate(id)


ROUTES = [
    Route("GET", "/acceptance", show, roles=auth.MANAGE),
    Route("POST", "/acceptance/checks/<check>/leave-out", leave_out, roles=auth.CONFIGURE),
    Route("POST", "/acceptance/checks/<check>/expect", expect, roles=auth.CONFIGURE),
    Route("POST", "/acceptance/again", again, roles=auth.CONFIGURE),
    Route("GET", "/acceptance/certificates", certificates, roles=auth.MANAGE),
    Route("POST", "/acceptance/certificates", issue, roles=auth.CONFIGURE),
    Route("GET", "/acceptance/certificates/<id>", certificate, roles=auth.MANAGE),
]
