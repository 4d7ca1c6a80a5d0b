# SPDX-License-Identifier: GPL-2.0-or-later
"""Links of wallboards, made and revoked: for the pages and for the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from firmware.store.wallboards import Link
from webui.box import Box
from webui.streams import REVOKED


@dataclass(frozen=True, slots=True)
class Links:
    """`who` makes the changes, from `address`; each is kept in the log of accesses."""

    box: Box
    who: str
    address: str

    def add(self, name: str, queues: Iterable[str], **query: str) -> tuple[Link, str]:
        """The link, and the path for the screen with its secret, which is told this once. As `Wallboards.create`."""
        link, secret = self.box.wallboards.create(name, queues, self.who)
        self.box.access_log.write(self.who, "wallboard", f"+ {link.name}", self.address)
        return link, f"/tv?{urlencode({'key': secret, **query})}"

    def revoke(self, id: str) -> None:
        """Screens that show it go dark at once. NotFound."""
        link = self.box.wallboards.revoke(id)
        self.box.tell(REVOKED, link.id)
        self.box.access_log.write(self.who, "wallboard", f"- {link.name}", self.address)
