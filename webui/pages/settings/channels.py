# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is told of alarms: a form for each way, a test, and what was told."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from bottle import HTTPResponse

from webui import auth, words
from webui.channels import Channels
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit, redirect
from webui.pages.settings.sheet import Sheet
from webui.pages.settings.submit import routes_of
from webui.settings.choices import fixed, of_table
from webui.settings.fields import Entered, Field, Option, filled
from webui.settings.tables import Document, Item

HOME, PATH = "/settings/alarms", "/settings/channels"
SEVERITIES = {"warning": N_("Warnings, errors and the worst"), "error": N_("Errors and the worst"),
              "critical": N_("Only the worst")}  # fmt: skip
THROUGH = {"critical": N_("The worst"), "error": N_("Errors and the worst")}
TRANSPORTS = {"udp": "UDP", "tcp": "TCP", "tls": "TLS"}
LEAST = {"call": "critical"}  # as firmware.alarms.routing
LANGUAGES = {"en": "English", "zh": "中文"}
WAYS = {
    "mail": N_("E-mail"),
    "call": N_("Telephone call"),
    "webhook": N_("Webhook"),
    "syslog": N_("Syslog"),
    "snmp": N_("SNMP"),
}
NOTES = {
    "mail": N_("Sent through the mail server of the reports; kept and tried again while it is away."),
    "call": N_("The box calls one number after the other and says what is wrong, until somebody presses 1."),
    "webhook": N_("Through a webhook that is set up under For programs."),
    "syslog": N_("RFC 5424, by UDP, TCP or TLS."),
    "snmp": N_("Notifications by our MIB; SNMPv2c with a community, or SNMPv3 with a user and passwords."),
}


def _areas(say: Any, document: Document) -> list[Option]:
    from firmware.alarms.kinds import Area

    return [Option(area.value, say(words.english("alarm_area", area.value))) for area in Area]


OF_WAYS = {
    "mail": (Field("mail", N_("E-mail addresses"), "lines", N_("One a line."), wide=True),),
    "call": (Field("call", N_("Numbers"), "lines", N_("As a phone of the house dials them, one a line."), wide=True),),
    "webhook": (Field("webhook", N_("Webhook"), "choice", options=of_table("webhook"), required=True),),
    "syslog": (
        Field("syslog.server", N_("Server"), hint=N_("HOST or HOST:PORT."), required=True),
        Field("syslog.transport", N_("Transport"), "choice", options=fixed(TRANSPORTS), default="udp"),
        Field("syslog.ca_file", N_("File of the authority"), hint=N_("Who signed its certificate, if nobody known.")),
    ),
    "snmp": (
        Field("snmp.server", N_("Server"), hint=N_("HOST or HOST:PORT."), required=True),
        Field("snmp.community", N_("Community"), "secret", N_("SNMPv2c. Empty for SNMPv3.")),
        Field("snmp.user", N_("User name"), hint=N_("SNMPv3.")),
        Field("snmp.password", N_("Password"), "secret", N_("8 characters or more (SHA-256).")),
        Field("snmp.privacy_password", N_("Password of the encryption"), "secret", N_("8 characters or more (AES).")),
        Field("snmp.inform", N_("The receiver confirms"), "switch", N_("Off: traps, which may be lost."), default=True),
    ),
}
_SEVERITY = {
    way: Field("severity", N_("Tells of"), "choice", options=fixed(SEVERITIES), default=LEAST.get(way, "warning"))
    for way in WAYS
}
_COMMON = (
    Field("areas", N_("Only of these"), "members", N_("None chosen: all of them."), options=_areas, wide=True),
    Field("quiet", N_("Quiet hours"), hint=N_("Such as 22:00-07:00. What comes meanwhile is told afterwards.")),
    Field("quiet_severity", N_("Told all the same"), "choice", options=fixed(THROUGH), default="critical"),
)
_ENDS = Field("cleared", N_("Of the ends of alarms, too"), "switch", default=True)
_LANGUAGE = Field("language", N_("Language"), "choice", options=fixed(LANGUAGES))
_NAME, _WAY = Field("name", N_("Name"), required=True), Field("way", N_("Way"), "choice", options=fixed(WAYS))


EMPTY: dict[str, Any] = {"mail": [], "call": [], "webhook": "", "syslog": {}, "snmp": {}}
"""What says which way it is where nothing else was entered of it."""


def fields_of(way: str) -> tuple[Field, ...]:
    """What is asked for a way."""
    ends = () if way == "call" else (_ENDS,)
    language = (_LANGUAGE,) if way in ("mail", "call") else ()
    return (_NAME, *OF_WAYS[way], _SEVERITY[way], *_COMMON, *ends, *language)


def _way(item: Item) -> str:
    known = str(item.get("way", ""))
    return known if known in WAYS else next((way for way in WAYS if way in item), "mail")


def _read(visit: Visit, document: Document, form: Entered, old: Item) -> Item:
    way = _way({"way": form.one("way"), **old})
    item = filled(fields_of(way), form, old)
    return item if item.get(way) else item | {way: EMPTY[way]}


def _more(visit: Visit, document: Document, item: Item) -> dict[str, Any]:
    known = next((channel for channel in Channels(visit.box).every() if channel["name"] == item.get("name")), None)
    way = _way(item)
    return {
        "channel": known,
        "way": way,
        "way_title": WAYS[way],
        "way_note": NOTES[way],
        "asked": {f.key for f in fields_of(way)},
        "notices": Channels(visit.box).notices(known["name"]) if known else [],
        "mail_server": document.get("mail", {}).get("server", ""),
    }


CHANNEL = Sheet(
    "alarm_channel",
    PATH,
    HOME,
    N_("Told of alarms"),
    (_NAME, _WAY, *(f for fields in OF_WAYS.values() for f in fields), _SEVERITY["mail"], *_COMMON, _ENDS, _LANGUAGE),
    template="settings_channel.html",
    read=_read,
    more=_more,
)


def test(visit: Visit, name: str) -> HTTPResponse:
    """A notice of nothing."""
    Channels(visit.box).test(name)
    return redirect(f"{PATH}/{quote(name)}#notices")


def notices(visit: Visit, name: str) -> HTTPResponse:
    """The part of the page that changes by itself."""
    return visit.part("settings_channel_log.html", notices=Channels(visit.box).notices(name))


ROUTES = [
    PageRoute("GET", f"{PATH}/<name>/notices", notices, roles=auth.CONFIGURE),
    PageRoute("POST", f"{PATH}/<name>/test", test, roles=auth.CONFIGURE),
    *routes_of(CHANNEL),
]
