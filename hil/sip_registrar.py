# SPDX-License-Identifier: GPL-2.0-or-later
"""A registrar as providers have it."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hil.sip_message import Message

if TYPE_CHECKING:
    from hil.sip import SipPeer


@dataclass
class Registrar:
    """Digest registration of RFC 3261, section 22, for one user. `bindings` are the contacts that are registered."""

    user: str
    password: str
    refuse: int = 0  # answers every REGISTER with this status
    bindings: list[str] = field(default_factory=list)
    nonce: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def challenge(self) -> str:
        """The header of a 401."""
        return f'WWW-Authenticate: Digest realm="tel", nonce="{self.nonce}", algorithm=MD5, qop="auth"'

    def register(self, peer: SipPeer, request: Message) -> None:
        """Answers a REGISTER."""
        if self.refuse:
            peer.reply(request, self.refuse, tag="reg")
        elif not self.knows(request):
            peer.reply(request, 401, self.challenge, tag="reg")
        else:
            expires = re.search(r"expires=(\d+)", request["contact"]) or re.match(r"(\d+)", request["expires"])
            self.bindings = [] if expires and expires[1] == "0" else [request["contact"]]
            peer.reply(request, 200, f"Contact: {request['contact']}", tag="reg")

    def knows(self, request: Message) -> bool:
        """Whether the request carries right credentials (RFC 2617, MD5 with qop=auth)."""
        given = dict(re.findall(r'(\w+)="?([^",]*)"?', request["authorization"].removeprefix("Digest ")))
        if given.get("username") != self.user or given.get("nonce") != self.nonce:
            return False
        ha1 = _md5(f"{self.user}:tel:{self.password}")
        ha2 = _md5(f"{request.method}:{given.get('uri')}")
        middle = f"{given.get('nc')}:{given.get('cnonce')}:{given.get('qop')}"
        return given.get("response") == _md5(f"{ha1}:{self.nonce}:{middle}:{ha2}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
