# SPDX-License-Identifier: GPL-2.0-or-later
"""A SIP far end that does exactly what a test tells it, right or wrong: phone, caller, or provider.

For whole scenarios there are SIPp and baresip; this one is for what they cannot be told while a call goes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol, Self

from hil.sip_dialog import Dialog
from hil.sip_message import Message, sdp
from hil.sip_registrar import Registrar
from hil.waiting import NotSeen, Watch

__all__ = ["Dialog", "Message", "Registrar", "SipPeer", "sdp"]

RESEND_S = 0.5  # T1 of RFC 3261
TRANSACTION_S = 16.0


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


class _Receiver(asyncio.DatagramProtocol):
    def __init__(self, peer: SipPeer) -> None:
        self._peer = peer

    def datagram_received(self, data: bytes, address: tuple[Any, ...]) -> None:
        if data.strip():
            self._peer.received(Message.parse(data, (address[0], address[1])))
