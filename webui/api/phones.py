# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP phones that are registered, their settings, and addresses that the SIP edge has banned."""

from __future__ import annotations

from typing import Any

from webui import auth
from webui.api.route import Ask, Route
from webui.http import json_response


def phones(ask: Ask) -> Any:
    return ask.box.live.ask("phones")


def settings(ask: Ask, extension: str) -> Any:
    """With the password: never kept by a cache."""
    return json_response(ask.box.live.ask("phone", extension=extension), Cache_Control="no-store")


def new_password(ask: Ask, extension: str) -> Any:
    """The settings with another password; phones with the old one are out."""
    found = ask.box.live.ask("phone", extension=extension, new_password=True)
    return json_response(found, Cache_Control="no-store")


def bans(ask: Ask) -> Any:
    return ask.box.live.ask("bans")


def lift(ask: Ask, address: str) -> Any:
    return ask.box.live.ask("bans.lift", address=address)


ROUTES = [
    Route("GET", "/phones", phones),
    Route("GET", "/phones/<extension>", settings, roles=auth.CONFIGURE),
    Route("POST", "/phones/<extension>/password", new_password, roles=auth.CONFIGURE),
    Route("GET", "/bans", bans, roles=auth.MANAGE),
    Route("DELETE", "/bans/<address>", lift, roles=auth.CONFIGURE),
]
