# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP accounts: one for whoever calls the box, one for each provider."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

from firmware.calls.sip_leg import guarded
from firmware.config import Trunk, TrunkSip
from firmware.media.endpoint import RTP_FIRST, RTP_RANGE, Endpoint
from firmware.media.pj_error import PjError, reason

log = logging.getLogger(__name__)

OnInvite = Callable[[pj.Account, int, str, str, str | None], None]  # account, call, message, source host, trunk
REGISTER_EVERY_S = 300
RETRY_S = 30
REFUSED_RETRY_S = float(os.environ.get("TIPRING_REGISTER_RETRY_S", "120"))
AGAIN_BY_PJSIP = (408, 480, 500, 502, 503, 504)
LEAVE_S = 0.8


class _Account(pj.Account):  # type: ignore[misc]
    """Tells the core about INVITEs and registrations. `registered` is whether the registrar knows us now."""

    def __init__(self, on_invite: OnInvite, on_registered: Callable[[str, bool, str], None], trunk: str | None) -> None:
        super().__init__()
        self._on_invite, self._on_registered, self._trunk = on_invite, on_registered, trunk
        self._retry: asyncio.TimerHandle | None = None
        self.registered = False
        self.leaving: asyncio.Future[None] | None = None

    @guarded
    def onIncomingCall(self, prm: Any) -> None:
        self._on_invite(self, prm.callId, prm.rdata.wholeMsg, prm.rdata.srcAddress, self._trunk)

    @guarded
    def onRegState(self, prm: Any) -> None:
        ok = 200 <= prm.code < 300
        self.registered = ok and prm.expiration > 0
        if self.leaving:
            if not self.leaving.done():
                self.leaving.set_result(None)
        elif self._trunk:
            self._on_registered(self._trunk, ok, f"{prm.code} {prm.reason}")
            if not ok and not self.getInfo().regIsActive:
                self._ask_again(pjsip_asks_again=prm.code in AGAIN_BY_PJSIP or prm.code >= 600)

    def _ask_again(self, pjsip_asks_again: bool) -> None:
        """pjsip gives up for good after a refusal such as 403; a password may be put right at the other end."""
        if not pjsip_asks_again and not self._retry:
            self._retry = asyncio.get_running_loop().call_later(REFUSED_RETRY_S, self._register)

    def _register(self) -> None:
        self._retry = None
        if not self.leaving:
            try:
                self.setRegistration(True)
            except PjError as error:
                log.info("registration of %s: %s", self._trunk, reason(error))

    def leave(self) -> asyncio.Future[None]:
        """Unregisters; done when the registrar has answered, at once when it does not know us."""
        self.leaving = asyncio.get_running_loop().create_future()
        if self._retry:
            self._retry.cancel()
        try:
            if self.registered:
                self.setRegistration(False)
                return self.leaving
        except PjError as error:
            log.info("the end of the registration of %s: %s", self._trunk, reason(error))
        self.leaving.set_result(None)
        return self.leaving


class Accounts:
    """Follows the configured trunks: changed ones are made anew, the others are left alone."""

    def __init__(
        self, endpoint: Endpoint, on_invite: OnInvite, on_registered: Callable[[str, bool, str], None]
    ) -> None:
        self._endpoint, self._on_invite, self._on_registered = endpoint, on_invite, on_registered
        self._trunks: dict[str, tuple[TrunkSip, _Account]] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self.local = self._open(self._local_config(), None)

    def configure(self, trunks: tuple[Trunk, ...]) -> None:
        """Opens, changes and closes accounts so that they are those of `trunks`."""
        wanted = {trunk.name: trunk.sip for trunk in trunks if trunk.sip}
        for name in list(self._trunks):
            if wanted.get(name) != self._trunks[name][0]:
                self._let_go(self._trunks.pop(name)[1], unregister=name not in wanted)
        for name, sip in wanted.items():
            if name not in self._trunks:
                self._trunks[name] = (sip, self._open(self._trunk_config(sip), name))
        self._endpoint.loop.kick()

    def _let_go(self, account: _Account, unregister: bool) -> None:
        """A changed account replaces its registration; of a deleted one the registrar is told first."""
        if unregister:
            task = asyncio.create_task(_leave_and_shut_down(account))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)
        else:
            account.shutdown()

    def trunk(self, name: str) -> pj.Account:
        """The account of a SIP trunk. KeyError."""
        return self._trunks[name][1]

    def username(self, name: str) -> str:
        """What the user part of a trunk's contact is. KeyError."""
        return self._trunks[name][0].username

    def trunk_at(self, source: str) -> str | None:
        """The trunk whose registrar is at this address ("host:port"), None when it is nobody's."""
        host = source.rpartition(":")[0].strip("[]")
        for name, (sip, _) in self._trunks.items():
            registrar = host_of(sip.registrar)
            if host == registrar or source == sip.registrar.rpartition("sip:")[2]:
                return name
        return None

    async def close(self) -> None:
        """Unregisters and closes every account. A registrar that is away is not waited for."""
        for _, account in self._trunks.values():
            self._let_go(account, unregister=True)
        self._endpoint.loop.kick()
        if self._leaving:
            await asyncio.wait(self._leaving, timeout=LEAVE_S + 0.2)
        self._trunks.clear()
        self.local.shutdown()

    def _open(self, config: pj.AccountConfig, trunk: str | None) -> _Account:
        account = _Account(self._on_invite, self._on_registered, trunk)
        account.create(config, trunk is None)
        return account

    def _media(self, config: pj.AccountConfig) -> pj.AccountConfig:
        rtp = config.mediaConfig.transportConfig
        rtp.port, rtp.portRange = RTP_FIRST, RTP_RANGE
        if self._endpoint.bound:
            rtp.boundAddress = self._endpoint.host
        return config

    def _local_config(self) -> pj.AccountConfig:
        config = pj.AccountConfig()
        config.idUri = f"sip:tipring@{self._endpoint.host if self._endpoint.bound else socket.gethostname()}"
        return self._media(config)

    def _trunk_config(self, sip: TrunkSip) -> pj.AccountConfig:
        config = pj.AccountConfig()
        host = host_of(sip.registrar)
        config.idUri = f"sip:{sip.username or 'tipring'}@{host}"
        if sip.registers:
            config.regConfig.registrarUri = uri(sip, "")
            config.regConfig.timeoutSec, config.regConfig.retryIntervalSec = REGISTER_EVERY_S, RETRY_S
            config.regConfig.firstRetryIntervalSec = 5
        if sip.username:
            credentials = pj.AuthCredInfo("digest", "*", sip.username, 0, sip.password)
            config.sipConfig.authCreds.append(credentials)
        srtp = {"off": pj.PJMEDIA_SRTP_DISABLED, "optional": pj.PJMEDIA_SRTP_OPTIONAL}
        config.mediaConfig.srtpUse = srtp.get(sip.srtp, pj.PJMEDIA_SRTP_MANDATORY)
        config.mediaConfig.srtpSecureSignaling = 0
        return self._media(config)


async def _leave_and_shut_down(account: _Account) -> None:
    await asyncio.wait({account.leave()}, timeout=LEAVE_S)
    account.shutdown()


def host_of(address: str) -> str:
    """`sip.example.com` of `sip:sip.example.com:5060`."""
    bare = address.rpartition("sip:")[2].rpartition("sips:")[2]
    if bare.startswith("["):
        return bare[1 : bare.index("]")]
    return bare.partition(":")[0]


def uri(sip: TrunkSip, user: str) -> str:
    """A SIP URI at the provider."""
    bare = sip.registrar.rpartition("sips:")[2].rpartition("sip:")[2]
    parameter = "" if sip.transport == "udp" else f";transport={sip.transport}"
    return f"sip:{user}@{bare}{parameter}" if user else f"sip:{bare}{parameter}"
