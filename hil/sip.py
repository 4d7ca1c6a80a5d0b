# SPDX-License-Identifier: GPL-2.0-or-later
"""A SIP far end that does exactly what a test tells it, right or wrong: phone, caller, or provider.

For whole scenarios there are SIPp and baresip; this one is for what they cannot be told while a call goes on.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

from hil.rtp import EVENT_PT
from hil.waiting import NotSeen, Watch

RESEND_S = 0.5  # T1 of RFC 3261
TRANSACTION_S = 16.0


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a response. Header names are lower case; of several headers of a name the first counts."""

    first: str
    headers: tuple[tuple[str, str], ...]
    body: str
    source: tuple[str, int] = ("", 0)
    at: float = field(default_factory=time.monotonic)

    @classmethod
    def parse(cls, data: bytes, source: tuple[str, int]) -> Message:
        """A datagram as it came."""
        head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return cls(first, tuple((name.strip().lower(), value.strip()) for name, _, value in pairs), body, source)

    @property
    def status(self) -> int:
        """Of a response; 0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/") else 0

    @property
    def method(self) -> str:
        """Of a request, or of the request that was answered."""
        return self["cseq"].split()[-1] if self.status else self.first.split()[0]

    @property
    def uri(self) -> str:
        """Request-URI."""
        return self.first.split()[1]

    def __getitem__(self, name: str) -> str:
        return next((value for known, value in self.headers if known == name.lower()), "")

    def all(self, name: str) -> list[str]:
        """Every header of a name."""
        return [value for known, value in self.headers if known == name]

    @property
    def media(self) -> tuple[str, int] | None:
        """Where its SDP wants RTP."""
        host = re.search(r"^c=IN IP4 (\S+)", self.body, re.M)
        port = re.search(r"^m=audio (\d+)", self.body, re.M)
        return (host[1], int(port[1])) if host and port else None


def sdp(port: int, payloads: tuple[int, ...] = (0,), direction: str = "sendrecv", version: int = 1) -> str:
    """An offer or answer for G.711 on 127.0.0.1 with RFC 4733 digits."""
    names = {0: "PCMU/8000", 8: "PCMA/8000", 9: "G722/8000", 18: "G729/8000"}
    lines = ["v=0", f"o=- 1 {version} IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"]
    lines.append(f"m=audio {port} RTP/AVP {' '.join(map(str, payloads))} {EVENT_PT}")
    lines += [f"a=rtpmap:{pt} {names[pt]}" for pt in payloads]
    lines += [f"a=rtpmap:{EVENT_PT} telephone-event/8000", "a=ptime:20", f"a={direction}"]
    return "\r\n".join(lines) + "\r\n"


class Wire(Protocol):
    """Where a peer sends: a UDP socket, or one connection, which has only one place to send to."""

    def sendto(self, data: bytes, addr: tuple[str, int]) -> None: ...
    def close(self) -> None: ...
    def get_extra_info(self, name: str) -> Any: ...


class SipPeer:
    """A UDP socket that speaks SIP. `log` has everything that came; `invites` the calls that came."""

    transport = "udp"

    def __init__(self, user: str = "peer", host: str = "127.0.0.1") -> None:
        self.user, self.host = user, host
        self.log: list[Message] = []
        self.invites: asyncio.Queue[Dialog] = asyncio.Queue()
        self.watch = Watch()
        self.silent = False  # takes everything and answers nothing
        self.registrar: Registrar | None = None
        self.dialogs: dict[str, Dialog] = {}
        self.port = 0
        self._waiting: dict[tuple[str, str], asyncio.Queue[Message]] = {}
        self._answered: dict[tuple[str, str], bytes] = {}
        self._transport: Wire | None = None

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    async def open(self, port: int = 0) -> None:
        """Binds the host; port 0 picks a free one."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: _Receiver(self), (self.host, port))
        self.port = self._transport.get_extra_info("sockname")[1]

    async def close(self) -> None:
        """Lets go of the port."""
        if self._transport:
            self._transport.close()
            self._transport = None
        await asyncio.sleep(0)

    @property
    def address(self) -> str:
        """HOST:PORT."""
        return f"{self.host}:{self.port}"

    @property
    def contact(self) -> str:
        """URI of its Contact."""
        kind = "" if self.transport == "udp" else f";transport={self.transport}"
        return f"sip:{self.user}@{self.address}{kind}"

    @property
    def via(self) -> str:
        """Transport and address of its Via."""
        return f"SIP/2.0/{self.transport.upper()} {self.address}"

    def send(self, text: str | bytes, to: tuple[str, int]) -> None:
        """A datagram, as it is."""
        if self._transport:
            self._transport.sendto(text.encode() if isinstance(text, str) else text, to)

    async def request(self, text: str, to: tuple[str, int], timeout: float = TRANSACTION_S) -> Message:
        """Sends a request until it is answered finally; the answer. NotSeen."""
        sent = Message.parse(text.encode(), to)
        answers = self.expect(sent)
        resend = asyncio.create_task(self._resend(text, to, sent))
        try:
            async with asyncio.timeout(timeout):
                while (answer := await answers.get()).status < 200:
                    resend.cancel()
                return answer
        except TimeoutError:
            raise NotSeen(f"{sent.first} was not answered within {timeout:g} s") from None
        finally:
            resend.cancel()

    def expect(self, request: Message) -> asyncio.Queue[Message]:
        """Where the answers to a request will come."""
        return self._waiting.setdefault((request["call-id"], request["cseq"]), asyncio.Queue())

    async def _resend(self, text: str, to: tuple[str, int], sent: Message) -> None:
        pause = RESEND_S
        while True:
            self.send(text, to)
            await asyncio.sleep(pause)
            pause = min(2 * pause, 4.0)

    def reply(self, request: Message, status: int, extra: str = "", body: str = "", tag: str = "") -> None:
        """Answers a request; the same answer again when it is repeated."""
        reason = {100: "Trying", 180: "Ringing", 183: "Progress", 200: "OK", 401: "Unauthorized", 486: "Busy Here"}
        to = request["to"] if "tag=" in request["to"] or not tag else f"{request['to']};tag={tag}"
        lines = [f"SIP/2.0 {status} {reason.get(status, 'No')}", *(f"Via: {via}" for via in request.all("via"))]
        lines += [f"From: {request['from']}", f"To: {to}", f"Call-ID: {request['call-id']}", f"CSeq: {request['cseq']}"]
        lines += [] if extra.startswith("Contact:") else [f"Contact: <{self.contact}>"]
        lines += extra.splitlines()
        lines += [f"Record-Route: {route}" for route in request.all("record-route")]
        lines += ["Content-Type: application/sdp"] if body else []
        text = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body]).encode()
        if status >= 200:
            self._answered[request["call-id"], request["cseq"]] = text
        self.send(text, request.source)

    def received(self, message: Message) -> None:
        """A message came."""
        self.log.append(message)
        self.watch.changed()
        if self.silent:
            return
        if message.status:
            queue = self._waiting.get((message["call-id"], message["cseq"]))
            if queue:
                queue.put_nowait(message)
            return
        again = self._answered.get((message["call-id"], message["cseq"]))
        if again and message.method != "ACK":
            self.send(again, message.source)
            return
        self._serve(message)

    def _serve(self, message: Message) -> None:
        dialog = self.dialogs.get(message["call-id"])
        if message.method == "REGISTER":
            if self.registrar:
                self.registrar.register(self, message)
        elif dialog:
            dialog.requested(message)
        elif message.method == "INVITE":
            dialog = self.dialogs[message["call-id"]] = Dialog(self, message)
            self.invites.put_nowait(dialog)
        elif message.method != "ACK":
            self.reply(message, 481)

    async def invited(self, timeout: float = 5) -> Dialog:
        """The next call that comes. NotSeen."""
        try:
            async with asyncio.timeout(timeout):
                return await self.invites.get()
        except TimeoutError:
            raise NotSeen(f"no INVITE came to {self.address} within {timeout:g} s") from None

    async def call(self, target: str, offer: str, **options: Any) -> Dialog:
        """Sends an INVITE to `sip:NUMBER@HOST:PORT`."""
        host, _, port = target.partition("@")[2].partition(";")[0].rpartition(":")
        dialog = Dialog.to(self, target, (host, int(port)), **options)
        self.dialogs[dialog.call_id] = dialog
        dialog.invite(offer)
        return dialog

    async def until(self, condition: Callable[[], Any], timeout: float, awaited: str) -> None:
        """Waits for a condition. NotSeen, with what came instead."""
        await self.watch.until(lambda: bool(condition()), timeout, awaited, lambda: str([m.first for m in self.log]))


class Dialog:
    """One call of a peer, on either side of it. `ended` is set when the other side has hung up."""

    def __init__(self, peer: SipPeer, invite: Message) -> None:
        self.peer, self.invited = peer, invite
        self.call_id = invite["call-id"]
        self.tag = secrets.token_hex(4)
        self.here, self.there = f"{invite['to']};tag={self.tag}", invite["from"]
        self.target, self.address = _contact(invite), invite.source
        self.requests: list[Message] = [invite]
        self.answers: asyncio.Queue[Message] = asyncio.Queue()
        self.ended, self.cancelled, self.acked = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.ended_at = 0.0
        self.taken = False  # we have answered it with 2xx
        self.route = _routes(invite)  # of a call that we make: those of the 2xx, backwards
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
            self.there, self.target, self._branch = answer["to"], _contact(answer) or self.target, ""
            self.route = self.route or _routes(answer)[::-1]
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


def _contact(message: Message) -> str:
    found = re.search(r"<?(sips?:[^>;\s]+)", message["contact"])
    return found[1] if found else ""


def _routes(message: Message) -> list[str]:
    return [route.strip() for header in message.all("record-route") for route in header.split(",")]


class _Receiver(asyncio.DatagramProtocol):
    def __init__(self, peer: SipPeer) -> None:
        self._peer = peer

    def datagram_received(self, data: bytes, address: tuple[Any, ...]) -> None:
        if data.strip():
            self._peer.received(Message.parse(data, (address[0], address[1])))
