# SPDX-License-Identifier: GPL-2.0-or-later
"""One call of a SIP far end."""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from typing import TYPE_CHECKING

from hil.sip_message import Message, contact_of, routes_of
from hil.waiting import NotSeen

if TYPE_CHECKING:
    from hil.sip import SipPeer


class Dialog:
    """One call of a peer, on either side of it. `ended` is set when the other side has hung up."""

    def __init__(self, peer: SipPeer, invite: Message) -> None:
        self.peer, self.invited = peer, invite
        self.call_id = invite["call-id"]
        self.tag = secrets.token_hex(4)
        self.here, self.there = f"{invite['to']};tag={self.tag}", invite["from"]
        self.target, self.address = contact_of(invite), invite.source
        self.requests: list[Message] = [invite]
        self.answers: asyncio.Queue[Message] = asyncio.Queue()
        self.ended, self.cancelled, self.acked = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.ended_at = 0.0
        self.taken = False  # we have answered it with 2xx
        self.route = routes_of(invite)  # of a call that we make: those of the 2xx, backwards
        self.reinvite_answer: str | None = None  # our SDP for a re-INVITE of theirs
        self._cseq = itertools.count(1)
        self._branch = ""

    @classmethod
    def to(
        cls, peer: SipPeer, target: str, address: tuple[str, int], caller: str = "", to: str = "", headers: str = ""
    ) -> Dialog:
        """An outgoing call, not yet sent. `caller` and `to` are addresses for From and To, `headers` further lines."""
        caller = caller or f"<sip:{peer.user}@{peer.address}>"
        fields = (("call-id", secrets.token_hex(8)), ("to", caller), ("from", to or f"<{target}>"))
        dialog = cls(peer, Message(f"INVITE {target} SIP/2.0", fields, "", address))
        dialog.target, dialog.requests, dialog._headers = target, [], headers
        return dialog

    _headers = ""

    @property
    def media(self) -> tuple[str, int]:
        """Where the other side wants RTP, as it said first."""
        assert self.invited.media
        return self.invited.media

    # ---- calling -------------------------------------------------------------------------------

    def invite(self, offer: str, headers: str = "") -> None:
        """Sends an INVITE; answers come in `answers`."""
        self._invite = self._request("INVITE", offer, self._headers + headers)
        self.answers = self.peer.expect(Message.parse(self._invite.encode(), self.address))
        self.peer.send(self._invite, self.address)

    def send_again(self) -> None:
        """The last INVITE once more, as it was."""
        self.peer.send(self._invite, self.address)

    async def answer_of(self, *statuses: int, timeout: float = 5) -> Message:
        """Waits for one of these statuses (200 is acknowledged); any final one when none is given. NotSeen."""
        seen = []
        try:
            async with asyncio.timeout(timeout):
                while True:
                    answer = await self.answers.get()
                    seen.append(answer.first)
                    if answer.status >= 200:
                        self._acknowledge(answer)
                    if answer.status in statuses or (not statuses and answer.status >= 200):
                        return answer
                    if answer.status >= 200:
                        break
        except TimeoutError:
            pass
        raise NotSeen(f"no {statuses or 'final answer'} within {timeout:g} s; came: {seen}")

    def _acknowledge(self, answer: Message) -> None:
        number = answer["cseq"].split()[0]
        if answer.status < 300:
            self.there, self.target, self._branch = answer["to"], contact_of(answer) or self.target, ""
            self.route = self.route or routes_of(answer)[::-1]
        self.peer.send(self._request("ACK", cseq=int(number), there=answer["to"]), self.address)

    def cancel(self) -> None:
        """CANCEL of the INVITE that is under way."""
        number = int(Message.parse(self._invite.encode(), self.address)["cseq"].split()[0])
        self.peer.send(self._request("CANCEL", cseq=number), self.address)

    async def send(self, method: str, body: str = "", timeout: float = 5, headers: str = "") -> Message:
        """A request inside the dialog, and its final answer; an INVITE's is acknowledged."""
        text = self._request(method, body, headers)
        answer = await self.peer.request(text, self.address, timeout)
        if method == "INVITE":
            self._acknowledge(answer)
        return answer

    async def bye(self) -> Message:
        """Hangs up."""
        return await self.send("BYE")

    def _request(self, method: str, body: str = "", headers: str = "", cseq: int = 0, there: str = "") -> str:
        if method not in ("ACK", "CANCEL") or not self._branch:
            self._branch = f"z9hG4bK{secrets.token_hex(8)}"
        lines = [
            f"{method} {self.target} SIP/2.0",
            f"Via: {self.peer.via};branch={self._branch};rport",
            "Max-Forwards: 70",
            f"From: {self.here}",
            f"To: {there or self.there}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {cseq or next(self._cseq)} {method}",
            f"Contact: <{self.peer.contact}>",
            *(f"Route: {route}" for route in self.route),
            *headers.splitlines(),
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join([*lines, "", body])

    # ---- called ----------------------------------------------------------------------------------

    def answer(self, status: int, body: str = "", extra: str = "") -> None:
        """Answers the INVITE that made this dialog."""
        self.taken = 200 <= status < 300
        self.peer.reply(self.invited, status, extra, body, self.tag)

    def requested(self, message: Message) -> None:
        """A request in this dialog came."""
        self.requests.append(message)
        if message.method == "ACK":
            self.acked.set()
        elif message.method in ("BYE", "CANCEL"):
            self.peer.reply(message, 200, tag=self.tag)
            if message.method == "CANCEL":
                self.answer(487)
                self.cancelled.set()
            self.ended_at = time.monotonic()
            self.ended.set()
        elif message.method == "INVITE" and message["cseq"] == self.invited["cseq"]:
            pass  # repeated before it was answered
        elif message.method == "INVITE" and not self.taken:
            self.invited = message  # the same call, now with credentials
            self.peer.invites.put_nowait(self)
        elif message.method == "INVITE" and self.reinvite_answer:
            self.peer.reply(message, 200, body=self.reinvite_answer, tag=self.tag)
        else:
            self.peer.reply(message, 200 if message.method in ("OPTIONS", "NOTIFY") else 488, tag=self.tag)

    async def hung_up(self, timeout: float = 5) -> None:
        """Waits until the other side hangs up. NotSeen."""
        try:
            await asyncio.wait_for(self.ended.wait(), timeout)
        except TimeoutError:
            raise NotSeen(f"no BYE or CANCEL came within {timeout:g} s") from None
