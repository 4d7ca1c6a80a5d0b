# SPDX-License-Identifier: GPL-2.0-or-later
"""Reports that come by e-mail, the mail server, and calls on a serial port."""

from __future__ import annotations

from bottle import HTTPResponse

from firmware.reports.choice import Of
from webui import auth
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit
from webui.pages.settings.groups import frame_of
from webui.pages.settings.sheet import Sheet, document_of
from webui.pages.settings.submit import routes_of
from webui.settings.choices import fixed, of_table
from webui.settings.fields import Entered, Field, filled
from webui.settings.tables import Document, Item, items

HOME = "/settings/reports"
EVERY = {"day": N_("Every day"), "week": N_("Every Monday, of the week"), "month": N_("Every first, of the month")}
OF = {Of.QUEUES.value: N_("Queues"), Of.CALLS.value: N_("All calls")}
BY = {
    "queue": N_("Queue"),
    "agent": N_("Agent"),
    "line": N_("Line"),
    "trunk": N_("Trunk"),
    "direction": N_("Direction"),
    "disposition": N_("Outcome"),
    "hour": N_("Hour"),
    "weekday": N_("Weekday"),
    "day": N_("Day"),
    "month": N_("Month"),
}
SECURITY = {"starttls": "STARTTLS", "tls": "TLS", "none": N_("none")}
FLOW = {"none": N_("none"), "rtscts": "RTS/CTS", "xonxoff": "XON/XOFF"}

REPORT = Sheet(
    "report",
    HOME,
    HOME,
    N_("Report by e-mail"),
    (
        Field("name", N_("Name"), required=True),
        Field("to", N_("To"), "lines", N_("E-mail addresses, one a line."), required=True),
        Field("every", N_("When"), "choice", options=fixed(EVERY), default="day"),
        Field("at", N_("At"), hint=N_("A time such as 07:00, which it is when empty.")),
        Field("of", N_("Of"), "choice", options=fixed(OF), default="queues"),
        Field("by", N_("By"), "choice", options=fixed(BY), default="queue"),
        Field("queue", N_("Only of this queue"), "choice", options=of_table("queue")),
        Field("agent", N_("Only of this agent"), "choice", options=of_table("agent", "id")),
    ),
    note=N_("Sent as a table with the same as CSV attached, of the day, week or month that has ended."),
)


def _unless_empty(key: str, sheet_fields: tuple[Field, ...]) -> object:
    def read(visit: Visit, document: Document, form: Entered, old: Item) -> Item:
        """Without its first field it is not there at all."""
        return filled(sheet_fields, form, old) if form.one(key) else {}

    return read


_MAIL = (
    Field("server", N_("Server"), hint=N_("HOST or HOST:PORT. Empty: no e-mail is sent.")),
    Field("sender", N_("Sender"), hint=N_("The address that e-mail comes from.")),
    Field("security", N_("Encryption"), "choice", options=fixed(SECURITY), default="starttls"),
    Field("username", N_("User name")),
    Field("password", N_("Password"), "secret"),
)
_SMDR = (
    Field("port", N_("Serial port"), hint=N_("A device such as /dev/ttyUSB0, or socket://HOST:PORT. Empty: none.")),
    Field("baud", N_("Speed"), "number", N_("Bits a second; 9600 when empty.")),
    Field("flow", N_("Flow control"), "choice", options=fixed(FLOW), default="none"),
    Field("internal", N_("Calls between extensions too"), "switch", default=False),
    Field("format", N_("Line"), wide=True, hint=N_("Fields in braces, e.g. {extension} {number} {duration}.")),
)
MAIL = Sheet(
    "mail",
    "/settings/mail",
    HOME,
    N_("Mail server"),
    _MAIL,
    single=True,
    note=N_("For reports and for messages of mailboxes."),
    read=_unless_empty("server", _MAIL),  # type: ignore[arg-type]
)
SMDR = Sheet(
    "smdr",
    "/settings/smdr",
    HOME,
    N_("Calls on a serial port (SMDR)"),
    _SMDR,
    single=True,
    note=N_("A line of text for each call that has ended, for hotel and call-accounting systems."),
    read=_unless_empty("port", _SMDR),  # type: ignore[arg-type]
)


def reports(visit: Visit) -> HTTPResponse:
    """What is sent to whom."""
    document = document_of(visit).document
    rows = [
        {
            "name": item["name"],
            "when": visit.say(EVERY[item.get("every", "day")]),
            "what": f"{visit.say(OF[item.get('of', 'queues')])}, {visit.say(BY[item.get('by', 'queue')])}",
            "to": ", ".join(item["to"]),
        }
        for item in items(document, "report")
    ]
    mail, smdr = document.get("mail", {}), document.get("smdr", {})
    values = {"reports": rows, "server": mail.get("server", ""), "port": smdr.get("port", "")}
    return visit.page("settings_reports.html", **values, **frame_of(visit))


ROUTES = [
    PageRoute("GET", HOME, reports, roles=auth.MANAGE),
    *(route for sheet in (REPORT, MAIL, SMDR) for route in routes_of(sheet)),
]
