# SPDX-License-Identifier: GPL-2.0-or-later
"""The configuration as a JSON document. Its revision is the ETag; If-Match keeps two installers apart."""

from __future__ import annotations

import re
from typing import Any

from firmware.errors import Invalid
from firmware.secrecy import masked
from firmware.store.config_trial import LONGEST_S, SHORTEST_S
from webui import auth
from webui.api.route import Ask, Route, limit_of, page, place_of
from webui.api.schema import COUNT, OBJECT, PAGE, TRUTH, Query, may_lack, maybe, obj, only, page_of, ref
from webui.http import json_response, only_fields

LAST_REVISION = 999_999_999

PREVIEW_S = 30.0


def show(ask: Ask) -> Any:
    """The document in force. Whoever may not change it does not see its passwords either."""
    revision = ask.box.configs.current()
    document = revision.document if ask.who.role in auth.CONFIGURE else masked(revision.document)
    return json_response({"revision": revision.id, "document": document}, ETag=f'"{revision.id}"')


def apply(ask: Ask) -> Any:
    """Takes `{"document": …, "revision": n}`, or the document itself; checks all of it, applies all or nothing."""
    body = ask.json()
    document, revision = _given(ask, body)
    return _applied(ask, "config.apply", revision, document=document, **_word(body if "document" in body else {}))


def _word(body: dict[str, Any]) -> dict[str, Any]:
    """The word that it takes to make emergency numbers unreachable, and how long the change is on trial."""
    given = body.get("without_emergency", False)
    if not isinstance(given, bool):
        raise Invalid("'without_emergency' must be true or false.", field="without_emergency")
    seconds = body.get("trial_s")
    on_trial = {} if seconds is None else {"trial_s": seconds}  # the core says which it takes
    return ({"without_emergency": True} if given else {}) | on_trial


def trial(ask: Ask) -> Any:
    """The change that goes back by itself unless it is confirmed; null when there is none."""
    return ask.box.live.ask("config.trial")


def keep_trial(ask: Ask) -> Any:
    """What is on trial stays."""
    only_fields(ask.json())
    return ask.box.live.ask("config.trial.confirm", author=ask.who.name)


def end_trial(ask: Ask) -> Any:
    """The trial is over now: what was before is in force again, as a new revision."""
    only_fields(ask.json())
    return ask.box.live.ask("config.trial.end", author=ask.who.name)


def preview(ask: Ask) -> Any:
    """What applying the same would change, what is worth knowing of it, and which calls of the last 30 days would have
    gone elsewhere; nothing is changed."""
    body = ask.json()
    if "to" in body:
        only_fields(body, "to")
        return ask.box.live.ask_patiently(PREVIEW_S, "config.preview", to=_revision(body["to"]))
    return ask.box.live.ask_patiently(PREVIEW_S, "config.preview", document=_given(ask, body)[0])


def history(ask: Ask) -> Any:
    """Who changed what and when, newest first; without secrets."""
    query = ask.query()
    limit, before = limit_of(query, 20), place_of(query)
    asked = {"limit": limit + 1} | ({} if before is None else {"before": before})
    return page(ask.box.live.ask("config.history", **asked), limit, "revision")


def rollback(ask: Ask) -> Any:
    """A former revision is in force again, as a new one."""
    body = ask.json()
    only_fields(body, "to", "revision", "without_emergency", "trial_s")
    revision = _revision(body["revision"]) if body.get("revision") is not None else if_match(ask)
    return _applied(ask, "config.rollback", revision, to=_revision(body.get("to")), **_word(body))


def _given(ask: Ask, body: dict[str, Any]) -> tuple[dict[str, Any], int | None]:
    """The document of the body, and the revision that it was made from."""
    revision = if_match(ask)
    if "document" not in body:
        return body, revision
    only_fields(body, "document", "revision", "without_emergency", "trial_s")
    revision = _revision(body["revision"]) if body.get("revision") is not None else revision
    return _object(body["document"]), revision


def _applied(ask: Ask, method: str, revision: int | None, **params: Any) -> Any:
    made_from = {} if revision is None else {"revision": revision}
    result = ask.box.live.ask(method, author=ask.who.name, **made_from, **params)
    return json_response(result, ETag=f'"{result["revision"]}"')


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Invalid("'document' must be a JSON object.", field="document")
    return value


def _revision(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LAST_REVISION:
        raise Invalid("'revision' must be the number that GET /config gave.", field="revision")
    return value


def if_match(ask: Ask) -> int | None:
    """The revision that the change was made from; None when it says none. Invalid."""
    header = ask.request.get_header("If-Match", "*").strip()
    if header == "*":
        return None
    tag = re.fullmatch(r'"(\d{1,9})"', header)
    if tag is None:
        raise Invalid('If-Match must be the ETag that GET /config gave, such as "7".', field="If-Match")
    return int(tag[1])


_NUMBER = {"type": "integer", "minimum": 0, "maximum": LAST_REVISION}
_REVISION, _WORD = may_lack(maybe(_NUMBER)), may_lack(TRUTH)
_TRIAL_S = may_lack(maybe({"type": "number", "minimum": SHORTEST_S, "maximum": LONGEST_S}))
_DOCUMENT = obj(document=may_lack(OBJECT), revision=_REVISION, without_emergency=_WORD, trial_s=_TRIAL_S)
_DONE = obj(revision=COUNT)
_CHECKED = ("config_conflict", "config_invalid", "emergency_unreachable", "on_trial", "trial_stands")

ROUTES = [
    Route("GET", "/config", show, answer=obj(revision=COUNT, document=OBJECT), fails=("no_config",)),
    Route(
        "PUT", "/config", apply, auth.CONFIGURE, body=_DOCUMENT, answer=_DONE, fails=_CHECKED, matched=True,
    ),
    Route(
        "POST", "/config/preview", preview, auth.CONFIGURE,
        body=obj(document=may_lack(OBJECT), revision=_REVISION, to=may_lack(_NUMBER)), fails=("no_config", *_CHECKED),
        answer=ref("Preview"),
    ),
    Route(
        "GET", "/config/history", history, auth.MANAGE, query=(Query("before", COUNT, "The same as `cursor`."), *PAGE),
        answer=page_of(ref("Revision")),
    ),
    Route(
        "POST", "/config/rollback", rollback, auth.CONFIGURE,
        body=only(to=_NUMBER, revision=_REVISION, without_emergency=_WORD, trial_s=_TRIAL_S), answer=_DONE,
        fails=("no_config", *_CHECKED), matched=True,
    ),
    Route("GET", "/config/trial", trial, auth.MANAGE, answer=obj(trial=maybe(ref("Trial")))),
    Route("POST", "/config/trial/keep", keep_trial, auth.CONFIGURE, body=only(), answer=_DONE, fails=("no_trial",)),
    Route(
        "POST", "/config/trial/back", end_trial, auth.CONFIGURE, body=only(), answer=_DONE,
        fails=("no_trial", "config_invalid"),
    ),
]  # fmt: skip
