# SPDX-License-Identifier: GPL-2.0-or-later
"""Templates, and what every page has: language, tabs, the user, times in the site's zone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from bottle import LocalRequest
from jinja2 import Environment, PackageLoader, StrictUndefined

from firmware.store.config_trial import as_json
from firmware.update.progress import UpdateFiles
from webui import auth, formats, i18n, mailbox, seat, words
from webui.auth import Identity, csrf_token
from webui.box import Box
from webui.formats import Formats
from webui.i18n import N_
from webui.limited import MAY

LANGUAGE_COOKIE = "tipring_language"
PHONE_TABS = 5  # as many fit side by side at 360 px


@dataclass(frozen=True, slots=True)
class Tab:
    path: str
    icon: str
    title: str
    roles: frozenset[str] = auth.READ


DESK = Tab("/desk", "user", N_("My desk"), frozenset(("agent",)))
LIVE = Tab("/", "live", N_("Live"))
QUEUES = Tab("/queues", "clock", N_("Queues"), auth.SUPERVISE | {"readonly"})
AGENTS = Tab("/agents", "users", N_("Agents"), auth.SUPERVISE)
CALLS = Tab("/calls", "calls", N_("Calls"))
RECORDINGS = Tab("/recordings", "record", N_("Recordings"), auth.HEAR)
PHONES = Tab("/phones", "phone", N_("Phones"))
MESSAGES = Tab("/messages", "mail", N_("Messages"), mailbox.READERS)
OUTSIDE = Tab("/outside", "globe", N_("Outside"))
REPORTS = Tab("/reports", "chart", N_("Reports"))
SETTINGS = Tab("/settings", "gear", N_("Settings"), auth.READ - {"agent"})
BELONGS = dict.fromkeys(("/wizard", "/history", "/users"), SETTINGS.path)
BELONGS["/sms"] = MESSAGES.path
BELONGS |= dict.fromkeys(("/call-backs", "/phone-book"), CALLS.path)
BENCH = Tab("/bench", "bench", N_("Bench"))


@cache
def environment(language: str) -> Environment:
    """The templates with one language's texts."""
    env = Environment(
        loader=PackageLoader("webui"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.install_gettext_translations(i18n.catalog(language), newstyle=True)  # type: ignore[attr-defined]
    return env


def language_of(request: LocalRequest, box: Box) -> str:
    """The language of this request: switch, browser, site."""
    return i18n.choose(
        request.get_cookie(LANGUAGE_COOKIE), request.get_header("Accept-Language", ""), box.site().get("language")
    )


def formats_of(box: Box, language: str) -> Formats:
    """How a reader of this language has things written here."""
    return Formats(language, box.country(), i18n.zone(box.site().get("timezone", "UTC")))


def view_helpers(box: Box, language: str) -> dict[str, Any]:
    """What templates call: times, amounts and numbers in their formats, words for codes, names, addresses of files."""
    translate = i18n.catalog(language).gettext
    form = formats_of(box, language)

    def say(kind: str, code: str) -> str:
        return translate(words.english(kind, code))

    def sentence(text: str) -> str:
        return i18n.sentence(text, language)

    def why(agent: dict[str, Any]) -> str:
        """The reason of an agent's state: of a pause its label, otherwise a sentence of the core."""
        reason = agent["reason"]
        return box.labels("pause_reason").get(reason) or sentence(reason)

    return {
        "language": language,
        "asset": box.assets.url,
        "words": say,
        "sentence": sentence,
        "tone": words.tone,
        "span": formats.duration,
        "size": form.size,
        "amount": form.amount,
        "percent": form.percent,
        "telephone": form.telephone,
        "trail_facts": lambda data: _trail_facts(data, say, box.live.agent_name, sentence),
        "when": form.when,
        "hour_of": form.hour,
        "minute_of": form.minute,
        "moment": form.moment,
        "day_of": form.day,
        "clock_of": form.clock,
        "elapsed": form.elapsed,
        "agent_name": box.live.agent_name,
        "why": why,
        "may_dial": False,
    }


OWN_PLACE = ("recording", "considered")


def _plain(value: Any) -> str:
    """A value of a trail event as one line."""
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_plain(item)}" for key, item in value.items())
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _trail_facts(
    data: dict[str, Any],
    say: Callable[[str, str], str],
    agent_name: Callable[[str], str],
    sentence: Callable[[str], str],
) -> list[str]:
    """What a trail event knows, as short lines; empty values, inner numbers and what has its own place are left out."""
    show: dict[str, Callable[[Any], str]] = {
        "agent": agent_name,
        "by": lambda value: say("party", value) if value in words.WORDS["party"] else value,
        "sign": lambda value: say("sign", value),
        "tone": lambda value: say("hearing", value),
        "disposition": lambda value: say("disposition", value),
        "reason": lambda value: sentence(_plain(value)),
    }
    told = {key: value for key, value in data.items() if key not in OWN_PLACE}
    facts = {key: value for key, value in told.items() if value not in (None, "", [], {}, False)}
    return [f"{say('key', key)}: {show.get(key, _plain)(value)}" for key, value in facts.items()]


def may_dial(box: Box, who: Identity | None) -> bool:
    """Whether numbers on pages are called when they are clicked: the visitor has a phone."""
    if who is None or who.role not in auth.SET_AGENT or box.scope is not None:
        return False
    return seat.phone_of(box, who) != ""


def render(box: Box, language: str, template: str, **values: Any) -> str:
    """One template as text. Values come on top of `view_helpers`."""
    return environment(language).get_template(template).render(view_helpers(box, language) | values)


def tabs_of(box: Box, role: str) -> list[Tab]:
    """The tabs that lead somewhere on this box, for somebody of this role who sees what the box shows."""
    tabs = [
        DESK, LIVE, QUEUES, AGENTS, CALLS, RECORDINGS, PHONES, MESSAGES, OUTSIDE, REPORTS, SETTINGS,
        *([BENCH] if box.has_bench() else []),
    ]  # fmt: skip
    return [tab for tab in tabs if role in tab.roles and (box.scope is None or f"GET {tab.path}" in MAY)]


def near(tabs: list[Tab]) -> list[Tab]:
    """Those that a phone shows at once beside "More": the first three, and the settings where there are any."""
    if len(tabs) <= PHONE_TABS:
        return tabs
    last = [SETTINGS] if SETTINGS in tabs[3:] else tabs[3:4]
    return tabs[:3] + last


def trial_for(box: Box, who: Identity | None) -> dict[str, Any] | None:
    """What stands on trial, for those who see what is changed."""
    if who is None or who.role not in auth.MANAGE or box.scope is not None:
        return None
    return as_json(box.configs.trial())


def version_on_trial(box: Box) -> dict[str, Any] | None:
    """The new version of the firmware that somebody has to keep."""
    progress = UpdateFiles(box.state).progress()
    return progress.as_json() if progress.to_confirm else None


def new_place(box: Box, request: LocalRequest) -> str:
    """Where the pages are once the box has moved to its configured address; "" when they are there already."""
    address: str = box.fresh_document().get("network", {}).get("address", "").partition("/")[0]
    here = request.urlparts
    port = f":{here.port}" if here.port else ""
    return f"{here.scheme}://{address}{port}/" if address not in ("", here.hostname) else ""


def page(box: Box, request: LocalRequest, who: Identity | None, secret: str, template: str, **values: Any) -> str:
    """A whole page in the frame. `secret` is what its forms' CSRF tokens derive from."""
    site = box.site().get("name", "")
    query = f"?{request.query_string}" if request.query_string and request.path != "/setup" else ""
    tabs = tabs_of(box, who.role) if who else []
    frame = {
        "csrf": csrf_token(secret),
        "tabs": tabs,
        "near": near(tabs),
        "here": BELONGS.get(here := "/" + request.path.split("/")[1], here),
        "here_full": request.path + query,
        "site_name": site,
        "user_name": who.name if who else "",
        "may_dial": may_dial(box, who),
        "trial": (trial := trial_for(box, who)),
        "update_trial": version_on_trial(box) if who and who.role in auth.MANAGE and box.scope is None else None,
        "moves_to": new_place(box, request) if trial else "",
        "may_keep": who is not None and who.role in auth.CONFIGURE,
        "language_names": i18n.NAMES,
        "server_ms": int(time.time() * 1000),
    }
    return render(box, language_of(request, box), template, **(frame | values))
