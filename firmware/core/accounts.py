# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP accounts: one for whoever calls the box, one for each provider."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

from firmware.config import Trunk, TrunkSip
from firmware.media.endpoint import RTP_FIRST, RTP_RANGE, Endpoint

log = logging.getLogger(__name__)

OnInvite = Callable[[pj.Account, int, str, str, str | None], None]  # account, call, message, source host, trunk
REGISTER_EVERY_S = 300
RETRY_S = 30


class _Account(pj.Account):  # type: ignore[misc]
    """Tells the core about INVITEs and registrations."""

    def __init__(self, on_invite: OnInvite, on_registered: Callable[[str, bool, str], None], trunk: str | None) -> None:
        super().__init__()
        self._on_invite, self._on_registered, self._trunk = on_invite, on_registered, trunk

    def onIncomingCall(self, prm: Any) -> None:
        self._on_invite(self, prm.callId, prm.rdata.wholeMsg, prm.rdata.srcAddress, self._trunk)

    def onRegState(self, prm: Any) -> None:
        if self._trunk:
            self._on_registered(self._trunk, 200 <= prm.code < 300, f"{prm.code} {prm.reason}")


class Accounts:
    """Follows the configured trunks: changed ones are made anew, the others are left alone."""

    def __init__(
        self, endpoint: Endpoint, on_invite: OnInvite, on_registered: Callable[[str, bool, str], None]
    ) -> None:
        self._endpoint, self._on_invite, self._on_registered = endpoint, on_invite, on_registered
        self._trunks: dict[str, tuple[TrunkSip, _Account]] = {}
        self.local = self._open(self._local_config(), None)

    def configure(self, trunks: tuple[Trunk, ...]) -> None:
        """Opens, changes and closes accounts so that they are those of `trunks`."""
        wanted = {trunk.name: trunk.sip for trunk in trunks if trunk.sip}
        for name in list(self._trunks):
            if wanted.get(name) != self._trunks[name][0]:
                self._trunks.pop(name)[1].shutdown()
        for name, sip in wanted.items():
            if name not in self._trunks:
                self._trunks[name] = (sip, self._open(self._trunk_config(sip), name))
        self._endpoint.loop.kick()

    def trunk(self, name: str) -> pj.Account:
        """The account of a SIP trunk. KeyError."""
        return self._trunks[name][1]

    def trunk_at(self, source: str) -> str | None:
        """The trunk whose registrar is at this address ("host:port"), None when it is nobody's."""
        host = source.rpartition(":")[0].strip("[]")
        for name, (sip, _) in self._trunks.items():
            registrar = host_of(sip.registrar)
            if host == registrar or source == sip.registrar.rpartition("sip:")[2]:
                return name
        return None

    def close(self) -> None:
        """Unregisters and closes every account."""
        for _, account in self._trunks.values():
            account.shutdown()
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
