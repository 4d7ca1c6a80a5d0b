# SPDX-License-Identifier: GPL-2.0-or-later
"""A SIP phone that registers: over UDP, TCP, TLS or secure WebSocket, with digest, as a test tells it."""

from __future__ import annotations

import hashlib
import itertools
import re
import secrets
import time
from typing import Any

from hil.sip import Dialog, Message, SipPeer
from hil.sip_streams import connect
from hil.waiting import NotSeen

UNANSWERED = (401, 407)


def credentials(answer: Message, user: str, password: str, method: str, uri: str) -> str:
    """The header that answers a 401 or 407 (RFC 2617, MD5 with qop=auth)."""
    proxy = answer.status == 407
    challenge = answer["proxy-authenticate" if proxy else "www-authenticate"]
    asked = dict(re.findall(r'(\w+)="?([^",]*)"?', challenge.removeprefix("Digest ")))
    cnonce, count = secrets.token_hex(8), "00000001"
    ha1 = _md5(f"{user}:{asked['realm']}:{password}")
    response = _md5(f"{ha1}:{asked['nonce']}:{count}:{cnonce}:auth:{_md5(f'{method}:{uri}')}")
    given = f'username="{user}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", uri="{uri}", '
    given += f'response="{response}", algorithm=MD5, cnonce="{cnonce}", qop=auth, nc={count}'
    return f"{'Proxy-' if proxy else ''}Authorization: Digest {given}"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class SipPhone(SipPeer):
    """One device of an extension. `server` is where its transport reaches the box. `async with` opens it only."""

    def __init__(
        self, user: str, password: str, server: str, *, transport: str = "udp", host: str = "127.0.0.1",
        agent: str = "hil phone",
    ) -> None:  # fmt: skip
        super().__init__(user, host)
        self.password, self.transport, self.agent = password, transport, agent
        name, _, port = server.rpartition(":")
        self.server = (name, int(port))
        self._register_id, self._cseqs = secrets.token_hex(8), itertools.count(1)

    @property
    def where(self) -> str:
        """The box, as this phone knows it."""
        return f"{self.server[0]}:{self.server[1]}"

    async def open(self, port: int = 0) -> None:
        """Binds, or connects."""
        if self.transport == "udp":
            await super().open(port)
            return
        self._transport = await connect(self.transport, self.host, self.server, self._came)
        self.port = self._transport.get_extra_info("sockname")[1]

    def _came(self, data: bytes, source: tuple[str, int]) -> None:
        if data.strip():
            self.received(Message.parse(data, source))

    async def register(self, expires: int = 300, password: str | None = None, user: str | None = None) -> Message:
        """REGISTER, and once more with credentials when it is challenged; the last answer. NotSeen."""
        answer = await self.ask("REGISTER", f"sip:{self.where}", f"Expires: {expires}")
        if answer.status not in UNANSWERED:
            return answer
        uri = f"sip:{self.where}"
        proof = credentials(answer, user or self.user, password or self.password, "REGISTER", uri)
        return await self.ask("REGISTER", uri, f"Expires: {expires}", proof)

    async def until_registered(self, timeout: float = 10) -> None:
        """Tries again until the box, which may be away, lets it. NotSeen."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                if (await self.register()).status == 200:
                    return
            except NotSeen:
                if time.monotonic() > deadline:
                    raise

    async def ask(self, method: str, uri: str, *headers: str, to: str = "") -> Message:
        """A request outside of a call, and its answer. NotSeen."""
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: {self.via};branch=z9hG4bK{secrets.token_hex(8)};rport",
            "Max-Forwards: 70",
            f"From: <sip:{self.user}@{self.where}>;tag={secrets.token_hex(4)}",
            f"To: <{to or f'sip:{self.user}@{self.where}'}>",
            f"Call-ID: {self._register_id}",
            f"CSeq: {next(self._cseqs)} {method}",
            f"Contact: <{self.contact}>",
            f"User-Agent: {self.agent}",
            *headers,
            "Content-Length: 0",
        ]
        return await self.request("\r\n".join([*lines, "", ""]), self.server, 5)

    async def dial(self, number: str, offer: str, **options: Any) -> Dialog:
        """Calls a number with credentials; the call, whose answers are still to come. NotSeen."""
        uri = f"sip:{number}@{self.where}"
        dialog = await self.call(uri, offer, caller=f"<sip:{self.user}@{self.where}>", **options)
        challenged = await dialog.answer_of(*UNANSWERED)
        dialog.invite(offer, credentials(challenged, self.user, self.password, "INVITE", uri) + "\r\n")
        return dialog

    async def subscribe(self, number: str, event: str, expires: int = 600) -> Message:
        """SUBSCRIBE with credentials; its answer. NOTIFYs come in `log`, and are answered."""
        uri = f"sip:{number}@{self.where}"
        headers = (f"Event: {event}", f"Expires: {expires}")
        challenged = await self.ask("SUBSCRIBE", uri, *headers, to=uri)
        proof = credentials(challenged, self.user, self.password, "SUBSCRIBE", uri)
        return await self.ask("SUBSCRIBE", uri, *headers, proof, to=uri)

    def _serve(self, message: Message) -> None:
        if message.method in ("NOTIFY", "OPTIONS") and message["call-id"] not in self.dialogs:
            self.reply(message, 200, tag="ua")
        else:
            super()._serve(message)
