# SPDX-License-Identifier: GPL-2.0-or-later
"""From a new box to its acceptance, step by step. What is done is seen in the configuration and kept by the core:
steps can be left, resumed, and done again alone.

A step is loaded when somebody opens it: most of its life the box does without.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from webui import auth
from webui.pages.changes import stream_of
from webui.pages.route import PageRoute

WATCHED = ("acceptance", "port", "port_gone", "trunk", "phone", "prompt", "doctor")


def _later(step: str, name: str) -> Callable[..., Any]:
    def handler(*given: Any, **parameters: str) -> Any:
        module = importlib.import_module(f"{__name__}.{step}")
        return getattr(module, name)(*given, **parameters)

    return handler


def _route(method: str, path: str, step: str, name: str, *, keeps: bool = False) -> PageRoute:
    return PageRoute(method, f"/wizard{path}", _later(step, name), roles=auth.CONFIGURE, keeps=keeps)


ROUTES: list[PageRoute] = [
    _route("GET", "", "steps", "overview"),
    PageRoute("GET", "/wizard/stream", stream_of("trunk", "phone"), roles=auth.CONFIGURE),
    PageRoute("GET", "/wizard/checks/stream", stream_of(*WATCHED), roles=auth.CONFIGURE),
    _route("GET", "/leave-out", "checks", "doubt"),
    _route("POST", "/leave-out", "checks", "leave_out"),
    _route("GET", "/place", "place", "show"),
    _route("POST", "/place", "place", "save", keeps=True),
    _route("GET", "/ports", "ports", "show"),
    _route("GET", "/telephones", "telephones", "show"),
    _route("POST", "/telephones", "telephones", "save_all"),
    _route("GET", "/lines", "lines", "show"),
    _route("POST", "/lines", "lines", "save_all"),
    _route("POST", "/lines/learn", "lines", "wait_for_call"),
    _route("POST", "/lines/learn/stop", "lines", "stop_learning"),
    _route("POST", "/lines/<port>/learn", "lines", "learn"),
    _route("GET", "/lines/<port>", "lines", "examine"),
    _route("POST", "/lines/<port>/start", "lines", "start"),
    _route("POST", "/lines/<port>/cancel", "lines", "cancel"),
    _route("POST", "/lines/<port>/apply", "lines", "apply"),
    _route("POST", "/lines/<port>/number", "lines", "number"),
    _route("GET", "/team", "team", "show"),
    _route("POST", "/team", "team", "save_team"),
    _route("GET", "/greeting", "greeting", "show"),
    _route("POST", "/greeting/say", "greeting", "say"),
    _route("POST", "/greeting/upload", "greeting", "upload"),
    _route("POST", "/greeting/record", "greeting", "record"),
    _route("GET", "/answer", "day_and_night", "show"),
    _route("POST", "/answer", "day_and_night", "save"),
    _route("GET", "/provider", "provider", "show"),
    _route("POST", "/provider", "provider", "add"),
    _route("GET", "/phones", "sip_phones", "show"),
    _route("POST", "/phones", "sip_phones", "add"),
    _route("POST", "/phones/ring", "sip_phones", "ring"),
    _route("GET", "/cloud", "cloud", "show"),
    _route("POST", "/cloud", "cloud", "save", keeps=True),
    _route("GET", "/care", "care", "show"),
    _route("POST", "/care/told", "care", "save_told"),
    _route("POST", "/care/test", "care", "test"),
    _route("POST", "/care/backup", "care", "save_backup"),
    _route("GET", "/calls", "trial_calls", "show"),
    _route("POST", "/calls/expect", "trial_calls", "expect"),
    _route("POST", "/calls/forget", "trial_calls", "forget"),
    _route("POST", "/calls/call", "trial_calls", "call"),
    _route("GET", "/acceptance", "certificate", "show"),
    _route("POST", "/acceptance", "certificate", "issue"),
    _route("POST", "/acceptance/again", "certificate", "again"),
    _route("GET", "/acceptance/<id>/json", "certificate", "download"),
    _route("GET", "/acceptance/<id>", "certificate", "one"),
]
