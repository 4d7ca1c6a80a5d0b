# SPDX-License-Identifier: GPL-2.0-or-later
"""Extensions, telephone lines and trunks as forms: what the pages of phones and of the outside list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from firmware.telephone_numbers import dialled
from webui.i18n import N_
from webui.pages.route import Visit
from webui.pages.settings.sheet import Sheet
from webui.pages.settings.submit import routes_of
from webui.settings.choices import Say, fixed, of_table, targets
from webui.settings.fields import Entered, Field, Option, filled
from webui.settings.tables import Document, Item, items

TRANSPORTS = {"udp": "UDP", "tcp": "TCP", "tls": "TLS"}
SRTP = {"off": N_("no"), "optional": N_("if both can"), "mandatory": N_("always")}
_MAILBOX = ("pin", "email")


def _free_ports(say: Say, document: Document) -> Iterator[Option]:
    """Ports for telephones that the configuration knows; the form adds those of the box."""
    for item in items(document, "extension"):
        if item.get("port"):
            yield Option(str(item["port"]), f"{item['port']} ({item.get('name') or item.get('number')})")


def _show_extension(item: Item) -> Item:
    """Mailbox and SIP phone as switches."""
    box = item.get("voicemail")
    shown: Item = item | {"has_sip": "sip" in item, "has_voicemail": bool(box)}
    return shown | ({f"box_{key}": box.get(key, "") for key in _MAILBOX} if isinstance(box, dict) else {})


def _read_extension(visit: Visit, document: Document, form: Entered, old: Item) -> Item:
    item = filled(EXTENSION.fields[:3], form, old)
    if form.one("has_sip") == "on":
        item.setdefault("sip", {})
    else:
        item.pop("sip", None)
    before = old.get("voicemail")
    box: Any = dict(before) if isinstance(before, dict) else {}
    for key in _MAILBOX:
        box.pop(key, None)
        if text := form.one(f"box_{key}"):
            box[key] = dialled(text) if key == "pin" else text
    item.pop("voicemail", None)
    return item | ({"voicemail": box or True} if form.one("has_voicemail") == "on" else {})


def _ports(visit: Visit, document: Document, item: Item) -> dict[str, Any]:
    """Every telephone port, with who has it."""
    owners = {e.get("port"): e.get("name") or e.get("number") for e in items(document, "extension")}
    ports = [port["id"] for port in visit.box.live.picture()["ports"]] or visit.box.configs.ports() or []
    return {"ports": [(port, owners.get(port, "")) for port in ports if port.startswith("fxs")]}


EXTENSION = Sheet(
    "extension",
    "/settings/extensions",
    "/phones",
    N_("Extension"),
    (
        Field("number", N_("Number"), "phone", required=True),
        Field("name", N_("Name")),
        Field("port", N_("Telephone on port"), "choice", options=_free_ports),
        Field("has_sip", N_("SIP phones may register"), "switch", N_("The box makes a long password for them.")),
        Field("has_voicemail", N_("Has a mailbox"), "switch"),
        Field("box_pin", N_("PIN of the mailbox"), "phone", N_("4 to 12 digits. Empty: only its own phone opens it.")),
        Field("box_email", N_("E-mail for messages")),
    ),
    template="settings_extension.html",
    show=_show_extension,
    read=_read_extension,
    more=_ports,
    stands_for={"voicemail.pin": "box_pin", "voicemail.email": "box_email", "sip": "has_sip"},
    then=lambda item: f"/phones/{item.get('number')}",
)  # fmt: skip


def _read_trunk(visit: Visit, document: Document, form: Entered, old: Item) -> Item:
    item = filled(TRUNK.fields, form, old)
    if item.get("ports") and not item.get("sip", {}).get("registrar"):
        item.pop("sip", None)
    return item


TRUNK = Sheet(
    "trunk",
    "/settings/trunks",
    "/outside",
    N_("Trunk"),
    (
        Field("name", N_("Name"), required=True),
        Field("sip.registrar", N_("Provider's address"), hint=N_("such as sip.example.com, with :port if it says so")),
        Field("sip.username", N_("User name")),
        Field("sip.password", N_("Password"), "secret"),
        Field("sip.transport", N_("Transport"), "choice", options=fixed(TRANSPORTS), default="udp"),
        Field("sip.srtp", N_("Encrypted sound"), "choice", options=fixed(SRTP), default="off"),
        Field("sip.number", N_("Own number"), "phone"),
        Field("sip.register", N_("It wants to be registered at"), "switch", default=True, wide=True),
        Field("ports", N_("Or a group of telephone lines"), "members", options=of_table("line", "port"), wide=True),
    ),
    note=N_("A way out: an account at a SIP provider, or telephone lines that are taken in this order."),
    read=_read_trunk,
    on_trial="offered",
)

CALLER_ID = {
    "bell202": N_("Bell 202, after the first ring (North America)"),
    "v23": N_("V.23, after the first ring"),
    "v23_polarity": N_("V.23, after a polarity reversal"),
    "v23_ring_pulse": N_("V.23, after a short ring"),
    "v23_alerting": N_("V.23, after an alert tone"),
    "dtmf": N_("DTMF, before the first ring"),
    "dtmf_polarity": N_("DTMF, after a polarity reversal"),
    "dtmf_ring_pulse": N_("DTMF, after a short ring"),
    "dtmf_alerting": N_("DTMF, after an alert tone"),
    "dtmf_after_ring": N_("DTMF, after the first ring"),
    "ntt": N_("NTT (Japan)"),
    "none": N_("none is sent"),
}
DIALLING = {"tone": N_("Tones (DTMF)"), "pulse": N_("Pulses")}


def _read_line(visit: Visit, document: Document, form: Entered, old: Item) -> Item:
    """A line stays at its port: routes and trunks know it by that."""
    return filled(LINE.fields, form, old) | ({"port": old["port"]} if old else {})


def _free_lines(visit: Visit, document: Document, item: Item) -> dict[str, Any]:
    """Ports for telephone lines that have none yet."""
    ports = [port["id"] for port in visit.box.live.picture()["ports"] if port["kind"] == "fxo"]
    taken = {line.get("port") for line in items(document, "line")}
    return {"free": [Option(port, port) for port in ports if port not in taken]}


LINE = Sheet(
    "line",
    "/settings/lines",
    "/outside",
    N_("Telephone line"),
    (
        Field("port", N_("Port"), "choice", required=True),
        Field("name", N_("Name")),
        Field("number", N_("Own number"), "phone"),
        Field("caller_id", N_("How the caller's number comes"), "choice", N_("Empty: as usual in your country."),
              options=fixed(CALLER_ID)),
        Field("dialling", N_("How it dials"), "choice", options=fixed(DIALLING), default="tone"),
        Field("rx_gain_db", N_("Louder or softer from the line (dB)"), "number", N_("-12 to 12. 0 when empty.")),
        Field("tx_gain_db", N_("Louder or softer to the line (dB)"), "number", N_("-12 to 12. 0 when empty.")),
        Field("hangup.silence_s", N_("Hang up after so many seconds of silence"), "number",
              N_("Only for a line that gives no other sign when somebody hangs up. Never when empty.")),
        Field("echo_canceller", N_("Cancel the echo of the line"), "switch", default=True),
        Field("fax", N_("Where a fax machine that calls is sent"), "target", options=targets, wide=True),
    ),
    template="settings_line.html",
    note=N_("The Line Doctor finds most of this by itself."),
    read=_read_line,
    more=_free_lines,
    on_trial="offered",
)  # fmt: skip

ROUTES = [route for sheet in (EXTENSION, LINE, TRUNK) for route in routes_of(sheet)]
