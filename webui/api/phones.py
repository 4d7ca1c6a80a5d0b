# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP phones that are registered, their settings, and addresses that the SIP edge has banned."""

from __future__ import annotations

from typing import Any

from webui import auth
from webui.api.route import Ask, Route
from webui.api.schema import many, obj, ref
from webui.http import json_response


def phones(ask: Ask) -> Any:
    """SIP phones that are registered."""
    return ask.box.live.ask("phones")


def settings(ask: Ask, extension: str) -> Any:
    """What to enter into a phone, with the password: never kept by a cache."""
    return json_response(ask.box.live.ask("phone", extension=extension), Cache_Control="no-store")


def new_password(ask: Ask, extension: str) -> Any:
    """The settings with another password; phones with the old one are out."""
    found = ask.box.live.ask("phone", extension=extension, new_password=True)
    return json_response(found, Cache_Control="no-store")


def bans(ask: Ask) -> Any:
    """Addresses that the SIP edge keeps out."""
    return ask.box.live.ask("bans")


def lift(ask: Ask, address: str) -> Any:
    """The address may come in again."""
    return ask.box.live.ask("bans.lift", address=address)


ROUTES = [
    Route("GET", "/phones", phones, answer=many(ref("Device")), fails=("edge_unavailable",)),
    Route("GET", "/phones/<extension>", settings, auth.CONFIGURE, answer=ref("Phone"), fails=("no_such_phone",)),
    Route(
        "POST", "/phones/<extension>/password", new_password, auth.CONFIGURE, answer=ref("Phone"),
        fails=("no_such_phone", "config_conflict"),
    ),
    Route("GET", "/bans", bans, auth.MANAGE, answer=many(ref("Ban")), fails=("edge_unavailable",)),
    Route("DELETE", "/bans/<address>", lift, auth.CONFIGURE, answer=obj(), fails=("no_such_ban", "edge_unavailable")),
]  # fmt: skip
