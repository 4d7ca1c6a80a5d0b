# SPDX-License-Identifier: GPL-2.0-or-later
"""Extensions: what their lamps show, and what people chose for them: forwards, do not disturb, call waiting."""

from __future__ import annotations

from typing import Any

from webui import auth
from webui.api.route import Ask, Route
from webui.api.schema import TEXT, TRUTH, many, may_lack, maybe, only, ref

_SWITCH, _FORWARD = may_lack(maybe(TRUTH)), may_lack(maybe(TEXT))
_CHOICES = only(
    do_not_disturb=_SWITCH, call_waiting=_SWITCH, forward_always=_FORWARD, forward_busy=_FORWARD,
    forward_no_answer=_FORWARD, forward_unregistered=_FORWARD,
)  # fmt: skip


def extensions(ask: Ask) -> Any:
    """What is in force for every extension, and what its lamp shows."""
    return ask.box.live.ask("extensions")


def settings(ask: Ask, number: str) -> Any:
    """The same of one extension."""
    return ask.box.live.ask("extension.settings", extension=number)


def choose(ask: Ask, number: str) -> Any:
    """Changes those that are named; null is what the configuration says."""
    return ask.box.live.ask("extension.set", extension=number, settings=ask.json())


ROUTES = [
    Route("GET", "/extensions", extensions, answer=many(ref("Extension"))),
    Route(
        "GET", "/extensions/<number>/settings", settings, answer=ref("Extension"), fails=("no_such_extension",)
    ),
    Route(
        "PUT", "/extensions/<number>/settings", choose, auth.MANAGE, body=_CHOICES, answer=ref("Extension"),
        fails=("no_such_extension", "bad_forward"),
    ),
]  # fmt: skip
