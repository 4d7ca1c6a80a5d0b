# SPDX-License-Identifier: GPL-2.0-or-later
"""One address of a SIP provider: where it is, whether it knows us, whether it answers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from drivers import lineaudio
from drivers.lineaudio import Ping
from firmware.calls import codecs
from firmware.config import TrunkSip
from firmware.core import account_config
from firmware.core.account import Account
from firmware.core.account_config import host_of, port_of, uri
from firmware.core.pings import NO_SERVICE, Pings
from firmware.errors import TipringError
from firmware.media.endpoint import Endpoint
from firmware.media.pj_error import PjError, reason
from firmware.media.tls import Expected

log = logging.getLogger(__name__)

RETRY_S = 30
RESOLVE_EVERY_S = 300
LEAVE_S = 0.8
LOST = 2  # OPTIONS without an answer, one after the other, until a provider counts as down
DOWN_EVERY_S = 10.0  # how often one that is down is asked, at least

Resolve = Callable[[str], Awaitable[str]]
Open = Callable[[Any, "Place"], Account]


@dataclass(slots=True)
class Health:
    """None: not known yet, or not asked for. `error` is the last one, and stays when it is over."""

    registered: bool | None = None
    reachable: bool | None = None
    latency_ms: float | None = None
    error: str = ""


class Place:
    """`address` is "" and `account` None until it is known where the provider is. `trouble`: what is wrong with it."""

    def __init__(
        self, trunk: str, sip: TrunkSip, registrar: str, endpoint: Endpoint, open_account: Open,
        changed: Callable[[], None],
    ) -> None:  # fmt: skip
        self.trunk, self.sip, self.registrar = trunk, sip, registrar
        self.address, self.account = "", None  # type: tuple[str, Account | None]
        self.health = Health()
        self.trouble = ""
        self._endpoint, self._open, self._changed = endpoint, open_account, changed
        self._tasks: list[asyncio.Task[None]] = []
        self._unheard = 0
        self._certificate = ""

    @property
    def down(self) -> bool:
        """Whether calls had better go elsewhere."""
        return self.account is None or self.health.reachable is False

    @property
    def good(self) -> bool:
        """Whether it is known that nothing is wrong."""
        if self.trouble or not self.account:
            return False
        if self.sip.registers:
            return self.health.registered is True
        return self.health.reachable is True or not self.sip.health_s

    @property
    def port(self) -> int:
        """Of the provider."""
        return port_of(self.sip, self.registrar)

    # ---- where it is -----------------------------------------------------------------------------

    def begin(self, resolve: Resolve, pings: Pings) -> None:
        """Opens the account as soon as the address is known, and asks for its health from then on."""
        host = host_of(self.registrar)
        if account_config.is_address(host):
            self._found(host)
        else:
            self._tasks.append(asyncio.create_task(self._follow(resolve, host)))
        if self.sip.health_s:
            self._tasks.append(asyncio.create_task(self._watch(pings)))

    async def _follow(self, resolve: Resolve, host: str) -> None:
        """Looks the provider up until it is found, and now and then afterwards: it may move."""
        while True:
            try:
                self._found(await resolve(host))
            except OSError as error:
                log.info("trunk %s: %s cannot be resolved: %s", self.trunk, host, error.strerror)
                if not self.address:
                    self._failed(f"{host} cannot be resolved: {error.strerror}")
            await asyncio.sleep(RESOLVE_EVERY_S if self.address else RETRY_S)

    def _found(self, address: str) -> None:
        if address == self.address:
            return
        self._forget_certificate()
        self.address = address
        if self.sip.transport == "tls":
            self._endpoint.tls.expect(f"{address}:{self.port}", self._expected(), self._on_certificate)
        try:
            self._use(account_config.provider(self._endpoint, self.sip, self.registrar, address))
        except (TipringError, PjError) as error:
            self.address = ""
            self._failed(reason(error) if isinstance(error, PjError) else str(error))
        else:
            self._succeeded()
        self._endpoint.loop.kick()

    def _use(self, config: Any) -> None:
        if self.account:
            self.account.modify(config)
            return
        self.account = self._open(config, self)
        id = self.account.getId()
        lineaudio.codecs_of_account(id, codecs.in_sdp(self.sip.codecs))
        lineaudio.allow_refer(id, self.sip.refer)

    # ---- TLS -------------------------------------------------------------------------------------

    def _expected(self) -> Expected:
        return Expected(host_of(self.registrar), self.sip.tls_verify)

    def _on_certificate(self, wrong: str) -> None:
        self._certificate = wrong
        if wrong:
            self.health.error = wrong
        self._judge()

    def _forget_certificate(self) -> None:
        if self.address:
            self._endpoint.tls.forget(f"{self.address}:{self.port}", self._on_certificate)

    # ---- whether it knows us, whether it answers --------------------------------------------------

    def on_registered(self, ok: bool, text: str) -> None:
        """The registrar has spoken, or not."""
        log.info("trunk %s: registration at %s: %s", self.trunk, self.registrar, text)
        self.health.registered = ok
        if not ok:
            self.health.error = self._certificate or text
        self._registration = "" if ok else text
        self._judge()

    _registration = ""

    def _failed(self, text: str) -> None:
        self.health.error = self._registration = text
        self._judge()

    def _succeeded(self) -> None:
        if not self.sip.registers:
            self._registration = ""
        self._judge()

    async def _watch(self, pings: Pings) -> None:
        while True:
            if self.account and self.account.isValid():
                self._heard(await pings.ask(self.account.getId(), uri(self.sip, self.registrar, "")))
            sure = self.health.reachable is not False and not self._unheard
            await asyncio.sleep(self.sip.health_s if sure else min(DOWN_EVERY_S, self.sip.health_s))

    def _heard(self, ping: Ping) -> None:
        """Any answer but that it is out of service is a sign of life."""
        if ping.status and ping.status not in NO_SERVICE:
            self._unheard, self.health.reachable, self.health.latency_ms = 0, True, round(ping.ms, 1)
        else:
            self._unheard += 1
            text = f"{ping.status} {ping.why}".strip() if ping.status else ping.why or "no answer"
            never_answers = self.health.reachable is None and self.health.registered
            if self._unheard >= LOST and not never_answers:  # it registers us, so it just does not know OPTIONS
                self.health.reachable, self.health.latency_ms = False, None
                self.health.error = self._certificate or text
        self._judge()

    def _judge(self) -> None:
        """The one place where `trouble` changes."""
        trouble = ""
        if self._certificate:
            trouble = (
                f"The certificate of the trunk {self.trunk} at {self.registrar} is not accepted: {self._certificate}"
            )
        elif self._registration:
            trouble = (
                f"The trunk {self.trunk} cannot register ({self._registration}). Check its registrar and password."
            )
        elif self.health.reachable is False:
            trouble = (
                f"The trunk {self.trunk} does not answer at {self.registrar} ({self.health.error}). "
                "Calls try other trunks first. Check the network and the provider."
            )
        self.trouble = trouble
        self._changed()

    # ---- the end ---------------------------------------------------------------------------------

    def let_go(self, unregister: bool) -> asyncio.Task[None] | None:
        """Closes the account; a task, when the registrar is told first."""
        for task in self._tasks:
            task.cancel()
        self._forget_certificate()
        account, self.account = self.account, None
        if account and unregister:
            return asyncio.create_task(_leave_and_shut_down(account))
        if account:
            account.shutdown()
        return None

    def as_json(self) -> dict[str, Any]:
        """Place of the control socket."""
        return {
            "registrar": self.registrar,
            "address": self.address or None,
            "registered": self.health.registered if self.sip.registers else None,
            "reachable": self.health.reachable,
            "latency_ms": self.health.latency_ms,
            "last_error": self.health.error or None,
        }


async def _leave_and_shut_down(account: Account) -> None:
    await asyncio.wait({account.leave()}, timeout=LEAVE_S)
    with contextlib.suppress(PjError):
        account.shutdown()


def resolved(host: str) -> str:
    """The first IPv4 address of a name; takes as long as the name servers. OSError."""
    return str(socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_DGRAM)[0][4][0])
