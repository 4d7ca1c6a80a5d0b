# SPDX-License-Identifier: GPL-2.0-or-later
"""Lamps of phones: PUBLISH (RFC 3903) to the edge, which tells whoever has subscribed.

Busy lamps are dialog-info documents (RFC 4235), waiting messages simple-message-summary (RFC 3842). The newest state
of each extension is kept here, and published anew before it expires and when the edge was started again.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from firmware.edge.files import REALM
from firmware.edge.origin import HEADER

log = logging.getLogger(__name__)

MESSAGES_S = 3600  # Expires
DIALOG_S = 120  # so long a lamp stays lit when the core dies in a call
IDLE_S = 5  # the edge makes up an idle one where nothing is published
RESEND_S = (0.5, 1.0, 2.0)  # T1 and its doubles (RFC 3261, 17.1.2.2); an edge on loopback that is silent for longer
AGAIN_S = 5.0  # is away, and asked again after this
OK, GONE = 200, 412  # 412: our ETag is not known, RFC 3903, 11.2.1


class Lamp(enum.StrEnum):
    """What a busy lamp shows of an extension, with its dialog state."""

    IDLE = "terminated"
    RINGING = "early"
    BUSY = "confirmed"


@dataclass
class _Published:
    """One extension's state for one event package."""

    extension: str
    event: str
    content: str
    expires_s: int = 0
    body: str = ""
    etag: str = ""
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class Publisher:
    """Lives in the asyncio thread. Nothing here waits: what is told last is what phones come to know.

    Kamailio changes no dialog that is terminated (5.6): after an idle state the next one is a new publication, and the
    old one expires soon.
    """

    def __init__(self, inside: int, secret: str) -> None:
        self._to, self._secret = ("127.0.0.1", inside), secret
        self._states: dict[tuple[str, str], _Published] = {}
        self._answers: dict[str, asyncio.Future[tuple[int, str]]] = {}
        self._transport: asyncio.DatagramTransport | None = None
        self._cseq = 0

    async def start(self) -> None:
        """Opens its socket; what was told before is published now."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: _Answers(self), ("127.0.0.1", 0))
        for state in self._states.values():
            self._begin(state)

    async def stop(self) -> None:
        """The edge keeps what it knows until it expires."""
        tasks = [state.task for state in self._states.values() if state.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._transport:
            self._transport.close()

    def publish_dialog(self, extension: str, lamp: Lamp) -> None:
        """The busy lamp of an extension: digits, which XML takes as they are."""
        dialog = f'<dialog id="{extension}" direction="recipient"><state>{lamp.value}</state></dialog>'
        head = '<?xml version="1.0"?>\n<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="1" state="full"'
        body = f'{head} entity="sip:{extension}@{REALM}">{dialog}</dialog-info>'
        expires_s = IDLE_S if lamp is Lamp.IDLE else DIALOG_S
        self._tell(_Published(extension, "dialog", "application/dialog-info+xml", expires_s, body))

    def publish_mwi(self, extension: str, waiting: int, old: int) -> None:
        """How many new and old messages the extension's voicemail box has."""
        lines = (
            f"Messages-Waiting: {'yes' if waiting else 'no'}",
            f"Message-Account: sip:{extension}@{REALM}",
            f"Voice-Message: {waiting}/{old} (0/0)",
        )
        body, content = "\r\n".join((*lines, "")), "application/simple-message-summary"
        self._tell(_Published(extension, "message-summary", content, MESSAGES_S, body))

    def again(self) -> None:
        """The edge was started anew and knows nothing."""
        for state in self._states.values():
            state.etag = ""
            state.changed.set()

    def keep(self, extensions: Iterable[str]) -> None:
        """Forgets all others: they are deleted."""
        wanted = set(extensions)
        for key in [key for key in self._states if key[0] not in wanted]:
            state = self._states.pop(key)
            if state.task:
                state.task.cancel()

    def _tell(self, new: _Published) -> None:
        state = self._states.setdefault((new.extension, new.event), new)
        if state is not new and state.body == new.body:
            return
        state.body, state.expires_s = new.body, new.expires_s
        state.changed.set()
        self._begin(state)

    def _begin(self, state: _Published) -> None:
        if self._transport and not state.task:
            state.task = asyncio.create_task(self._keep(state))

    async def _keep(self, state: _Published) -> None:
        while True:
            changed = state.changed.is_set()
            state.changed.clear()
            done = await self._publish(state, with_body=changed)
            pause = None if done and state.expires_s == IDLE_S else state.expires_s / 2 if done else AGAIN_S
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await state.changed.wait()
            if not done:
                state.changed.set()

    async def _publish(self, state: _Published, with_body: bool) -> bool:
        """A refresh has no body (RFC 3903, 4.1), and phones hear nothing of it."""
        idle = state.expires_s == IDLE_S
        status, etag = await self._ask(state, with_body or not state.etag)
        if status == GONE:
            state.etag = ""
            status, etag = await self._ask(state, True)
        if status != OK:
            log.info("%s of %s cannot be published: %s", state.event, state.extension, status or "no answer")
            return False
        state.etag = "" if idle else etag
        return True

    async def _ask(self, state: _Published, with_body: bool) -> tuple[int, str]:
        """Status (0: no answer) and ETag."""
        self._cseq += 1
        call_id = secrets.token_hex(8)
        text = self._request(state, call_id, state.body if with_body else "")
        answer = self._answers[call_id] = asyncio.get_running_loop().create_future()
        try:
            for pause in RESEND_S:
                if self._transport:
                    self._transport.sendto(text, self._to)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(pause):  # wait_for may lose a cancellation in Python 3.11
                        return await asyncio.shield(answer)
            return 0, ""
        finally:
            del self._answers[call_id]

    def _request(self, state: _Published, call_id: str, body: str) -> bytes:
        assert self._transport
        host, port = self._transport.get_extra_info("sockname")[:2]
        who = f"sip:{state.extension}@{REALM}"
        lines = [
            f"PUBLISH {who} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{call_id}",
            "Max-Forwards: 70",
            f"From: <{who}>;tag={call_id}",
            f"To: <{who}>",
            f"Call-ID: {call_id}",
            f"CSeq: {self._cseq} PUBLISH",
            f"{HEADER}: {self._secret}",
            f"Event: {state.event}",
            f"Expires: {state.expires_s}",
            *([f"SIP-If-Match: {state.etag}"] if state.etag else []),
            *([f"Content-Type: {state.content}"] if body else []),
            f"Content-Length: {len(body.encode())}",
        ]
        return "\r\n".join([*lines, "", body]).encode()

    def answered(self, data: bytes) -> None:
        """A response came."""
        head, *lines = data.decode(errors="replace").partition("\r\n\r\n")[0].split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        status, answer = head.split()[1:2], self._answers.get(headers.get("call-id", ""))
        if status and status[0].isdigit() and int(status[0]) >= 200 and answer and not answer.done():
            answer.set_result((int(status[0]), headers.get("sip-etag", "")))


class _Answers(asyncio.DatagramProtocol):
    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def datagram_received(self, data: bytes, address: tuple[Any, ...]) -> None:
        self._publisher.answered(data)
