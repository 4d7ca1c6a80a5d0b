# SPDX-License-Identifier: GPL-2.0-or-later
"""Every page of the product, from the list of its routes: where an example of each is found, and for whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from webui.pages import ROUTES
from webui.pages.route import PageRoute
from webui.settings.tables import id_of

NO_PAGES = (
    "stream", "audio", "peaks", "vcon", "<name>", "passkey", "<port>", "simulate", "softphone", "return",
    "file", "json", "people", "deliveries", "notices", "<token>", "trial",
)  # fmt: skip
"""How addresses end that are streams, sound, or parts of a page; files have a dot in their name."""
SECRETS = ("/setup", "/tv")  # take one of their own
LACKED = ("/queues/callers/<id>", "/wizard/leave-out", "/wizard/acceptance/<id>", "/settings/cellular/<id>")
"""Pages of what the office has none of: a caller who waits, a check that is open, a certificate, a cellular modem."""
ALSO_NO_PAGES = frozenset(("/me/passkeys/new", *SECRETS, *LACKED))
TABLE_OF = {
    "/agents": "agent",
    **{f"/settings/{home}": table for home, table in (
        ("hours", "schedule"), ("menus", "ivr"), ("routes", "route"), ("outbound", "outbound"),
        ("conferences", "conference"), ("ring-groups", "group"), ("paging", "paging"), ("queues", "queue"),
        ("agents", "agent"), ("waiting", "queue"), ("surveys", "survey"), ("disa", "disa"), ("reports", "report"),
        ("extensions", "extension"), ("lines", "line"), ("trunks", "trunk"),
        ("webhooks", "webhook"), ("backup/usb", "backup_target"), ("backup/disk", "backup_target"),
        ("backup/sftp", "backup_target"), ("backup/s3", "backup_target"), ("channels", "alarm_channel"),
    )},
}  # fmt: skip
"""Forms of one item, and the table that it is in."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page, and the `kind` of pages that it is an example of. `roles` None: for everybody, also without a log-in."""

    path: str
    roles: frozenset[str] | None
    kind: str = ""

    def is_for(self, role: str) -> bool:
        return self.roles is not None and role in self.roles

    @property
    def name(self) -> str:
        """As a file is named after it, whatever the example is."""
        return re.sub(r"[<>]", "", self.kind or self.path).strip("/").replace("/", "-") or "live"


def places(document: Mapping[str, Any], ids: Mapping[str, str]) -> list[Place]:
    """All pages of an office with this configuration, where `ids` names a `call` and a `recording`.

    LookupError names a route with a parameter for which there is no example here.
    """
    return [Place(_example(route.path, document, ids), route.roles, route.path) for route in page_routes()]


def page_routes() -> Iterator[PageRoute]:
    """Those whose answer is a whole page."""
    for route in ROUTES:
        last = route.path.rpartition("/")[2]
        if route.method == "GET" and last not in NO_PAGES and "." not in last and route.path not in ALSO_NO_PAGES:
            yield route


def _example(path: str, document: Mapping[str, Any], ids: Mapping[str, str]) -> str:
    home, _, parameter = path.rpartition("/")
    if "<" not in path:
        return path
    if home in TABLE_OF:
        table = TABLE_OF[home]
        return f"{home}/{id_of(table, document[table][0])}"
    known = {"/calls": ids["call"], "/recordings": ids["recording"], "/phones": "202"}
    if home not in known or not parameter.startswith("<"):
        raise LookupError(f"{path}: say in hil/pages/inventory.py where an example of this page is found.")
    return f"{home}/{known[home]}"
