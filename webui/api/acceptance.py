# SPDX-License-Identifier: GPL-2.0-or-later
"""The acceptance: checks, what was left out, test calls, and certificates."""

from __future__ import annotations

from typing import Any

from webui import auth
from webui.api.route import Ask, Route
from webui.api.schema import COUNT, OBJECT, TEXT, TIME, each, many, maybe, obj, one_of, only
from webui.http import json_response, only_fields, text_field

_RESULT = one_of("pass", "fail", "left_out", "open")
_CHECK = obj(id=TEXT, kind=TEXT, subject=TEXT, title=TEXT, result=_RESULT, found=TEXT, todo=TEXT, at=maybe(TIME),
             by=TEXT, why=TEXT, data=OBJECT)  # fmt: skip
_TRIALS = each(obj(call=maybe(OBJECT)))
_LEARNING = maybe(
    obj(state=one_of("calling", "waiting", "rang", "learnt", "failed"), line=TEXT, number=TEXT, via=TEXT, caller=TEXT,
        why=TEXT)
)  # fmt: skip
_SUMMARY = {"id": TEXT, "issued_at": TIME, "issued_by": TEXT, "counts": each(COUNT),
            "verdict": one_of("passed", "passed_with_exceptions", "failed")}  # fmt: skip
_CERTIFICATE = obj(**_SUMMARY, format=TEXT, box=OBJECT, checks=many(_CHECK), public_key=TEXT, signature=TEXT)


def show(ask: Ask) -> Any:
    """Every check as it is now, the test calls that are waited for, and the certificates."""
    return ask.box.live.ask("acceptance")


def leave_out(ask: Ask, check: str) -> Any:
    """Somebody does without a check and says why; an empty `why` takes it up again."""
    body = ask.json()
    only_fields(body, "why")
    return ask.box.live.ask("acceptance.leave_out", check=check, author=ask.who.name, why=body.get("why"))


def expect(ask: Ask, check: str) -> Any:
    """The next call in or out is the test call."""
    only_fields(ask.json())
    return ask.box.live.ask("acceptance.expect", check=check, author=ask.who.name)


def learn_number(ask: Ask) -> Any:
    """The box calls itself on `line` to learn its number, or waits for a call to `number`; neither: it stops."""
    body = ask.json()
    only_fields(body, "line", "number")
    return ask.box.live.ask("acceptance.learn_number", author=ask.who.name, **body)


def ring_phone(ask: Ask) -> Any:
    """A SIP phone rings: whoever lifts it speaks, hears that again, and presses 1."""
    body = ask.json()
    only_fields(body, "extension")
    number = text_field(body, "extension")
    return ask.box.live.ask("acceptance.ring_phone", extension=number, author=ask.who.name)


def again(ask: Ask) -> Any:
    """What people saw has to be seen again."""
    only_fields(ask.json())
    return ask.box.live.ask("acceptance.again")


def issue(ask: Ask) -> Any:
    """Runs every check, and signs what was found."""
    only_fields(ask.json())
    return json_response(ask.box.live.ask("acceptance.certify", author=ask.who.name), 201)


def certificates(ask: Ask) -> Any:
    """The last 50 certificates, newest first, as they were signed."""
    from firmware.store.acceptance import AcceptanceFile

    return AcceptanceFile(ask.box.state).certificates()


def certificate(ask: Ask, id: str) -> Any:
    """One of them."""
    from firmware.store.acceptance import AcceptanceFile

    return AcceptanceFile(ask.box.state).certificate(id)


ROUTES = [
    Route(
        "GET", "/acceptance", show, auth.MANAGE,
        answer=obj(
            checks=many(_CHECK), trials=_TRIALS, learning=_LEARNING, ringing=many(TEXT),
            certificates=many(obj(**_SUMMARY)),
        ),
    ),
    Route(
        "POST", "/acceptance/checks/<check>/leave-out", leave_out, auth.CONFIGURE, body=only(why=maybe(TEXT)),
        answer=OBJECT, fails=("no_such_check",),
    ),
    Route("POST", "/acceptance/checks/<check>/expect", expect, auth.CONFIGURE, body=only(), answer=_TRIALS),
    Route(
        "POST", "/acceptance/numbers", learn_number, auth.CONFIGURE, body=only(line=maybe(TEXT), number=maybe(TEXT)),
        answer=_LEARNING, fails=("no_such_line", "line_not_idle", "learning_already", "no_other_number"),
    ),
    Route(
        "POST", "/acceptance/phones", ring_phone, auth.CONFIGURE, body=only(extension=TEXT), answer=obj(id=TEXT),
        fails=("no_such_extension",),
    ),
    Route("POST", "/acceptance/again", again, auth.CONFIGURE, body=only(), answer=OBJECT),
    Route("GET", "/acceptance/certificates", certificates, auth.MANAGE, answer=many(_CERTIFICATE)),
    Route("POST", "/acceptance/certificates", issue, auth.CONFIGURE, body=only(), answer=_CERTIFICATE, status=201),
    Route(
        "GET", "/acceptance/certificates/<id>", certificate, auth.MANAGE, answer=_CERTIFICATE,
        fails=("no_such_certificate",),
    ),
]  # fmt: skip
