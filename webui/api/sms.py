# SPDX-License-Identifier: GPL-2.0-or-later
"""Text messages and the cellular modems that carry them; voice modems as lines."""

from __future__ import annotations

from typing import Any

from webui import auth
from webui.api.route import Ask, Route, limit_of
from webui.api.schema import COUNT, PAGE, TEXT, TRUTH, many, may_lack, maybe, obj, only, page_of, ref, text
from webui.http import json_response, only_fields, text_field

LONGEST, LONGEST_PATH = 1530, 251
FIND_S, NETWORK_S = 15.0, 130.0
MOST = 199


def listed(ask: Ask) -> Any:
    """Text messages that came and went, newest first, by pages."""
    query = ask.query()
    limit = min(limit_of(query, 50), MOST)
    found = ask.box.live.ask("sms", limit=limit + 1, before=query.get("cursor") or "")
    return {"items": found[:limit], "next": found[limit - 1]["id"] if len(found) > limit else None}


def send(ask: Ask) -> Any:
    """A text message is taken to be sent: it is kept, and goes out as soon as a modem has a network."""
    body = ask.json()
    only_fields(body, "number", "text", "modem")
    params = {
        "number": text_field(body, "number", longest=32),
        "text": text_field(body, "text", longest=LONGEST),
        "modem": text_field(body, "modem", longest=64, required=False),
    }
    return json_response(ask.box.live.ask("sms.send", author=f"web:{ask.who.name}", **params), 201)


def modems(ask: Ask) -> Any:
    """Cellular modems of the configuration, and how they are."""
    return ask.box.live.ask("modems")


def found(ask: Ask) -> Any:
    """Modems that are plugged in: each is asked what it is, but for those in use."""
    return ask.box.live.ask_patiently(FIND_S, "modems.find")


def voice(ask: Ask) -> Any:
    """Voice modems that are lines of the box, and what they can."""
    return ask.box.live.ask("modems.voice")


def take(ask: Ask) -> Any:
    """A voice modem that is plugged in becomes a line that does what the first line does."""
    body = ask.json()
    only_fields(body, "device")
    params = {"device": text_field(body, "device", longest=LONGEST_PATH), "author": f"web:{ask.who.name}"}
    return json_response(ask.box.live.ask_patiently(FIND_S, "modem.take", **params), 201)


def give_back(ask: Ask, port: str) -> Any:
    """It is no line any more; routes and ways out of that line go with it."""
    return ask.box.live.ask("modem.give_back", port=port, author=f"web:{ask.who.name}")


def ussd(ask: Ask, name: str) -> Any:
    """A code such as *100#, or the answer that the network waits for; it may take a minute."""
    body = ask.json()
    only_fields(body, "code")
    code = text_field(body, "code", longest=160)
    return ask.box.live.ask_patiently(NETWORK_S, "modem.ussd", name=name, code=code)


def ussd_end(ask: Ask, name: str) -> Any:
    """Leaves a dialogue in which the network waits for an answer."""
    return ask.box.live.ask_patiently(NETWORK_S, "modem.ussd_end", name=name)


def unlock(ask: Ask, name: str) -> Any:
    """The PIN of the configuration is tried once more, though the card refused it before."""
    return ask.box.live.ask("modem.unlock", name=name)


ROUTES = [
    Route("GET", "/sms", listed, auth.SUPERVISE, query=PAGE, answer=page_of(ref("Sms"))),
    Route(
        "POST", "/sms", send, auth.SUPERVISE,
        body=only(number=text(32), text=text(LONGEST), modem=may_lack(maybe(TEXT))),
        answer=ref("Sms"), status=201,
        fails=("bad_number", "bad_text", "emergency_number", "number_blocked", "toll_limit", "no_such_modem",
               "no_modem", "too_many_messages"),
    ),
    Route("GET", "/modems", modems, answer=many(ref("Modem"))),
    Route("GET", "/modems/voice", voice, answer=many(ref("VoiceModem"))),
    Route(
        "POST", "/modems/voice", take, auth.CONFIGURE, body=only(device=text(LONGEST_PATH)),
        answer=obj(port=TEXT, revision=COUNT), status=201,
        fails=("modem_in_use", "no_voice_modem", "no_port_left", "config_invalid", "config_conflict"),
    ),
    Route(
        "DELETE", "/modems/voice/<port>", give_back, auth.CONFIGURE, answer=obj(revision=COUNT),
        fails=("no_such_modem", "config_invalid", "config_conflict", "emergency_unreachable"),
    ),
    Route("GET", "/modems/found", found, auth.CONFIGURE, answer=many(ref("FoundModem"))),
    Route(
        "POST", "/modems/<name>/ussd", ussd, auth.CONFIGURE, body=only(code=text(160)),
        answer=obj(text=TEXT, more=TRUTH), fails=("no_such_modem", "ussd_failed"),
    ),
    Route(
        "DELETE", "/modems/<name>/ussd", ussd_end, auth.CONFIGURE, answer=obj(),
        fails=("no_such_modem", "ussd_failed"),
    ),
    Route("POST", "/modems/<name>/unlock", unlock, auth.CONFIGURE, body=only(), answer=obj(), fails=("no_such_modem",)),
]  # fmt: skip
