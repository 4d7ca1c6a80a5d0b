# SPDX-License-Identifier: GPL-2.0-or-later
"""Alarms: those that stand, those that are over, those that are known; who is told of them."""

from __future__ import annotations

from typing import Any

from webui import auth
from webui.api.route import Ask, Route, limit_of
from webui.api.schema import LIMIT, TEXT, Query, Schema, many, may_lack, one_of, only, ref
from webui.channels import Channels, notice_json
from webui.http import json_response, only_fields


def alarms(ask: Ask) -> Any:
    """Alarms that stand."""
    return ask.box.live.need()["alarms"]


def history(ask: Ask) -> Any:
    """Alarms of the past too, newest first; it works while call control is away."""
    query = ask.query()
    standing = query.get("state") == "standing"
    return [alarm.as_json() for alarm in ask.box.history.alarms(standing, limit_of(query))]


def acknowledge(ask: Ask) -> Any:
    """Says that alarms are known: all that stand, or those with these ids."""
    body = ask.json()
    only_fields(body, "ids")
    return ask.box.live.ask("alarms.acknowledge", **body, by=ask.who.name)


def channels(ask: Ask) -> Any:
    """Who is told of alarms, and whether that works."""
    return Channels(ask.box).every()


def notices(ask: Ask, name: str) -> Any:
    """What a channel was told last, newest first."""
    return [notice_json(notice) for notice in Channels(ask.box).notices(name)]


def test(ask: Ask, name: str) -> Any:
    """Tells a channel of nothing, so that it can be seen whether it arrives."""
    only_fields(ask.json())
    return json_response(notice_json(Channels(ask.box).test(name)), 201)


_IDS: Schema = may_lack(many(TEXT, maxItems=1000))
_STATE = Query("state", one_of("standing", "all"), "Those that stand, or all: all.")
_UNKNOWN = ("no_such_alarm_channel",)

ROUTES = [
    Route("GET", "/alarms", alarms, answer=many(ref("Alarm"))),
    Route("GET", "/alarms/history", history, query=(_STATE, LIMIT), answer=many(ref("Alarm"))),
    Route("POST", "/alarms/acknowledge", acknowledge, auth.MANAGE, body=only(ids=_IDS), answer=many(ref("Alarm"))),
    Route("GET", "/alarms/channels", channels, auth.CONFIGURE, answer=many(ref("AlarmChannel"))),
    Route(
        "GET", "/alarms/channels/<name>/notices", notices, auth.CONFIGURE, answer=many(ref("AlarmNotice")),
        fails=_UNKNOWN,
    ),
    Route(
        "POST", "/alarms/channels/<name>/test", test, auth.CONFIGURE, body=only(), answer=ref("AlarmNotice"),
        status=201, fails=_UNKNOWN,
    ),
]  # fmt: skip
