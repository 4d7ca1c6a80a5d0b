# SPDX-License-Identifier: GPL-2.0-or-later
"""How the box is in the network: its addresses, where it listens, who is kept out, who may come in."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from firmware import network
from firmware.errors import Invalid
from webui import auth, locality
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit, redirect
from webui.pages.settings.sheet import Sheet
from webui.pages.settings.submit import routes_of
from webui.settings.blank import blank
from webui.settings.fields import Entered, Field, filled
from webui.settings.tables import Document, Item

HOME = "/settings/network"
SHUT_OUT = N_("You come from %(address)s, which would be shut out. Leave a network with it in the list.")

_WEB = (
    Field("admin_networks", N_("Networks"), "lines",
          N_("One a line, such as 203.0.113.7 or 198.51.100.0/24. Empty: the local network only."), wide=True),
)  # fmt: skip


def _still_lets_in(visit: Visit, document: Document, form: Entered, old: Item) -> Item:
    """The networks as entered. Invalid when whoever enters them could not come in any more."""
    item = filled(_WEB, form, old)
    try:
        stays = locality.may_come(visit.request, item.get("admin_networks", []))
    except ValueError:  # one is no network; the check of the configuration says so at the field
        stays = True
    if not stays:
        raise Invalid(visit.say(SHUT_OUT, address=visit.address), field="admin_networks")
    return item


LAN = Sheet(
    "network", f"{HOME}/address", HOME, N_("Address of the box"),
    (
        Field("address", N_("Address"), hint=N_("With its prefix, such as 192.168.1.5/24. Empty: by DHCP.")),
        Field("gateway", N_("Router"), hint=N_("Such as 192.168.1.1. Empty: by DHCP.")),
        Field("name_servers", N_("Name servers"), "lines", N_("One a line. Empty: by DHCP.")),
        Field("time_servers", N_("Time servers"), "lines", N_("One a line. Empty: by DHCP.")),
        Field("host_name", N_("Name in the network"), hint=N_("Such as tipring. Empty: as the system has it.")),
        Field("vlan", N_("VLAN"), "number", N_("1 to 4094; empty: untagged.")),
        Field("interface", N_("Interface"), hint=N_("Such as eth0. Empty: each that is wired.")),
    ),
    single=True, on_trial="default",
    note=N_("The box moves there three seconds after you save. Open its page at the new address, and keep the change."),
)  # fmt: skip
WEB = Sheet(
    "web", f"{HOME}/admins", HOME, N_("From where owners and installers come in"), _WEB, single=True,
    read=_still_lets_in,
    note=N_("Owners and installers come in from the local network, and from the networks that are named here."),
    on_trial="offered",
)  # fmt: skip
EDGE = Sheet(
    "edge", f"{HOME}/sip", HOME, N_("SIP phones in the network"),
    (
        Field("domain", N_("Name of the box"), hint=N_("Such as pbx.example.com. Empty: its address.")),
        Field("tls_port", N_("Port for SIP over TLS"), "number", N_("Empty: the one after that of SIP; 0: none.")),
        Field("wss_port", N_("Port for browsers (WSS)"), "number", N_("Empty: the third after that of SIP; 0: none.")),
        Field("ban_after", N_("Wrong guesses until an address is kept out"), "number", N_("3 to 100; empty: 8.")),
        Field("ban_s", N_("For how long, in seconds"), "number", N_("60 to 604800; empty: 3600, an hour.")),
        Field("trusted", N_("Networks that are never kept out"), "lines",
              N_("One a line, such as 192.168.1.0/24. Callers from there need no password to call inside."), wide=True),
    ),
    single=True,
    note=N_("Another name or port interrupts SIP phones for a moment; calls go on."),
    on_trial="offered",
)  # fmt: skip


def overview(visit: Visit) -> HTTPResponse:
    """What is, with ways to change what can be changed here."""
    document, status = visit.box.document(), visit.ask_or({}, "status")
    values: dict[str, Any] = {
        "interfaces": network.interfaces(),
        "gateways": network.gateways(),
        "name_servers": network.name_servers(),
        "listens": status.get("edge", {}).get("listens", []),
        "web": visit.request.urlparts,
        "admin_networks": document.get("web", {}).get("admin_networks", []),
        "edge": document.get("edge", {}),
        "lan": blank(document.get("network", {})),
        "saved": bool(visit.request.query.get("saved")),
    }
    return visit.page("settings_network.html", **values)


def bans(visit: Visit) -> HTTPResponse:
    """Who is kept out, and why: by the SIP edge, and at the door of the pages."""
    return visit.page(
        "settings_bans.html",
        bans=visit.ask_or(None, "bans"),
        doors=visit.box.throttle.closed(),
        may_lift=visit.may(auth.CONFIGURE),
        saved=bool(visit.request.query.get("saved")),
    )


def lift(visit: Visit) -> HTTPResponse:
    """An address may come in again."""
    visit.box.live.ask("bans.lift", address=visit.form("address"))
    return redirect(f"{HOME}/bans?saved=1")


def open_door(visit: Visit) -> HTTPResponse:
    """An address may log in again."""
    visit.box.throttle.open(visit.form("address"))
    visit.note("let_in", visit.form("address")[:64])
    return redirect(f"{HOME}/bans?saved=1")


ROUTES = [
    PageRoute("GET", HOME, overview, roles=auth.CONFIGURE),
    *(route for sheet in (LAN, WEB, EDGE) for route in routes_of(sheet)),
    PageRoute("GET", f"{HOME}/bans", bans, roles=auth.MANAGE),
    PageRoute("POST", f"{HOME}/bans/lift", lift, roles=auth.CONFIGURE),
    PageRoute("POST", f"{HOME}/bans/door", open_door, roles=auth.CONFIGURE),
]
