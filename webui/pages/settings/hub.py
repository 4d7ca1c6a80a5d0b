# SPDX-License-Identifier: GPL-2.0-or-later
"""Where everything that can be set is found."""

from __future__ import annotations

from dataclasses import dataclass

from bottle import HTTPResponse

import firmware
from webui import auth
from webui.i18n import N_
from webui.pages.route import PageRoute, Visit


@dataclass(frozen=True, slots=True)
class Room:
    """A page of settings."""

    path: str
    icon: str
    title: str
    text: str
    roles: frozenset[str] = auth.READ


ROOMS = (
    Room(
        "/wizard",
        "flash",
        N_("Set up step by step"),
        N_("Telephones, provider, what callers hear by day, voicemail by night."),
        auth.CONFIGURE,
    ),
    Room(
        "/import",
        "download",
        N_("From another system"),
        N_("Extensions, queues, menus, calls of a FreePBX, Asterisk or a list"),
        auth.CONFIGURE,
    ),
    Room("/settings/hours", "clock", N_("Opening hours"), N_("The night switch, weekdays, holidays.")),
    Room("/settings/menus", "tree", N_("Menus"), N_("What callers hear, and where each key leads.")),
    Room(
        "/settings/prompts",
        "sound",
        N_("Prompts and music"),
        N_("Listen, upload, from text, or speak into a telephone; music on hold."),
    ),
    Room("/settings/plan", "between", N_("Where calls go"), N_("In and out, and what would happen to a call.")),
    Room("/settings/queues", "users", N_("Queues and agents"), N_("Who gets which call, and when.")),
    Room("/settings/groups", "users", N_("Rooms and groups"), N_("Conferences, ring groups, announcements.")),
    Room("/settings/waiting", "phone", N_("Waiting and surveys"), N_("Keys for who waits, call-backs, surveys.")),
    Room("/settings/limits", "shield", N_("Limits and lists"), N_("Against toll fraud; whom to refuse.")),
    Room(
        "/settings/classes", "key", N_("Who may call where"), N_("Classes, emergency calls, calling on from outside.")
    ),
    Room("/settings/codes", "hash", N_("Feature codes"), N_("What a telephone dials to be served by the box.")),
    Room(
        "/settings/reports",
        "chart",
        N_("Reports by e-mail"),
        N_("To whom, how often; the mail server; SMDR."),
        auth.MANAGE,
    ),
    Room(
        "/settings/programs",
        "globe",
        N_("For programs"),
        N_("Webhooks: events to other programs; the REST API."),
        auth.CONFIGURE,
    ),
    Room(
        "/settings/cellular",
        "phone",
        N_("Modems"),
        N_("SIM cards for text messages: network, signal, PIN."),
        auth.CONFIGURE,
    ),
    Room("/settings/alarms", "alert", N_("Alarms"), N_("What somebody has to look after, and what was.")),
    Room(
        "/settings/network",
        "globe",
        N_("Network"),
        N_("Addresses, ports, from where owners come in."),
        auth.CONFIGURE,
    ),
    Room(
        "/settings/network/bans",
        "shield",
        N_("Addresses kept out"),
        N_("Who guessed passwords or flooded the box."),
        auth.MANAGE,
    ),
    Room(
        "/settings/certificate",
        "key",
        N_("Certificate"),
        N_("For https and SIP over TLS: see, replace, renew."),
        auth.CONFIGURE,
    ),
    Room(
        "/settings/backup",
        "download",
        N_("Backup"),
        N_("One file with everything: places, test, restore."),
        auth.CONFIGURE,
    ),
    Room("/settings/logs", "calls", N_("Logs"), N_("What the services say, by service and weight."), auth.CONFIGURE),
    Room("/settings/board", "flash", N_("Board and lifeline"), N_("LEDs, button, the emergency phone, its drill.")),
    Room("/settings/update", "download", N_("Updates"), N_("The version that runs, and newer ones."), auth.MANAGE),
    Room("/history", "clock", N_("Changes"), N_("Who changed what and when, and the way back."), auth.MANAGE),
    Room("/users", "user", N_("Users"), N_("Names, passwords, roles, and tokens for programs."), auth.ADMIN),
)


def hub(visit: Visit) -> HTTPResponse:
    """The rooms that this visitor may enter."""
    rooms = [room for room in ROOMS if visit.may(room.roles)]
    return visit.page(
        "settings.html", rooms=rooms, version=firmware.__version__, supported_until=firmware.SUPPORTED_UNTIL
    )


ROUTES = [PageRoute("GET", "/settings", hub)]
