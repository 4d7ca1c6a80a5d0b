# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP accounts: one for whoever calls the box, one for each provider."""

from __future__ import annotations

import asyncio
import functools
import ipaddress
import logging
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pjsua2 as pj

from firmware.config import Trunk, TrunkSip
from firmware.core.account import Account, OnInvite
from firmware.media.endpoint import RTP_FIRST, RTP_RANGE, Endpoint

log = logging.getLogger(__name__)

REGISTER_EVERY_S = 300
RETRY_S = 30
RESOLVE_EVERY_S = 300
LEAVE_S = 0.8


@dataclass
class _Provider:
    """A trunk: its settings, where it is (an IP address, "" until that is known), and from then on its account."""

    sip: TrunkSip
    address: str = ""
    account: Account | None = None
    following: asyncio.Task[None] | None = None


class Accounts:
    """Follows the configured trunks: changed ones are made anew, the others are left alone.

    Names are resolved in a thread: pjsip would wait for the name servers in the one thread of all calls.
    """

    def __init__(
        self, endpoint: Endpoint, on_invite: OnInvite, on_registered: Callable[[str, bool, str], None]
    ) -> None:
        self._endpoint, self._on_invite, self._on_registered = endpoint, on_invite, on_registered
        self.on_moved: Callable[[], None] = lambda: None  # providers have other addresses
        self._trunks: dict[str, _Provider] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._resolver = ThreadPoolExecutor(2, "dns")
        self.local = self._open(self._local_config(), None, default=True)
        self.phones = self._open(self._phones_config(), None) if endpoint.inside else self.local

    def configure(self, trunks: tuple[Trunk, ...]) -> None:
        """Opens, changes and closes accounts so that they are those of `trunks`."""
        wanted = {trunk.name: trunk.sip for trunk in trunks if trunk.sip}
        for name in list(self._trunks):
            if wanted.get(name) != self._trunks[name].sip:
                self._let_go(self._trunks.pop(name), unregister=name not in wanted)
        for name, sip in wanted.items():
            if name not in self._trunks:
                self._trunks[name] = provider = _Provider(sip)
                self._begin(name, provider)
        self.on_moved()
        self._endpoint.loop.kick()

    def _begin(self, name: str, provider: _Provider) -> None:
        host = host_of(provider.sip.registrar)
        if _is_address(host):
            self._found(name, provider, host)
        else:
            provider.following = asyncio.create_task(self._follow(name, provider, host))

    async def _follow(self, name: str, provider: _Provider, host: str) -> None:
        """Looks the provider up until it is found, and now and then afterwards: it may move."""
        while True:
            try:
                self._found(name, provider, await self._resolve(host))
            except OSError as error:
                log.info("trunk %s: %s cannot be resolved: %s", name, host, error.strerror)
                if not provider.address:
                    self._on_registered(name, False, f"{host} cannot be resolved: {error.strerror}")
            await asyncio.sleep(RESOLVE_EVERY_S if provider.address else RETRY_S)

    async def _resolve(self, host: str) -> str:
        ask = functools.partial(socket.getaddrinfo, host, None, socket.AF_INET, socket.SOCK_DGRAM)
        found = await asyncio.get_running_loop().run_in_executor(self._resolver, ask)
        return str(found[0][4][0])

    def _found(self, name: str, provider: _Provider, address: str) -> None:
        if address == provider.address:
            return
        provider.address = address
        self.on_moved()
        config = self._trunk_config(provider.sip, address)
        if provider.account:
            provider.account.modify(config)
        else:
            provider.account = self._open(config, name)
        if not provider.sip.registers:
            self._on_registered(name, True, f"it is at {address}")
        self._endpoint.loop.kick()

    def _let_go(self, provider: _Provider, unregister: bool) -> None:
        """A changed account replaces its registration; of a deleted one the registrar is told first."""
        if provider.following:
            provider.following.cancel()
        if not provider.account:
            return
        if unregister:
            task = asyncio.create_task(_leave_and_shut_down(provider.account))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)
        else:
            provider.account.shutdown()

    def trunk(self, name: str) -> pj.Account | None:
        """The account of a SIP trunk; None while nobody knows where the provider is. KeyError."""
        return self._trunks[name].account

    def username(self, name: str) -> str:
        """What the user part of a trunk's contact is. KeyError."""
        return self._trunks[name].sip.username

    def addresses(self) -> set[str]:
        """IP addresses of all providers that are known."""
        return {provider.address for provider in self._trunks.values() if provider.address}

    def trunk_at(self, source: str) -> str | None:
        """The trunk whose registrar is at this address ("host:port"), None when it is nobody's."""
        host = source.rpartition(":")[0].strip("[]")
        return next((name for name, provider in self._trunks.items() if provider.address == host), None)

    async def close(self) -> None:
        """Unregisters and closes every account. A registrar that is away is not waited for."""
        self._resolver.shutdown(wait=False, cancel_futures=True)
        for provider in self._trunks.values():
            self._let_go(provider, unregister=True)
        self._endpoint.loop.kick()
        if self._leaving:
            await asyncio.wait(self._leaving, timeout=LEAVE_S + 0.2)
        self._trunks.clear()
        for account in {self.local, self.phones}:
            account.shutdown()

    def _open(self, config: pj.AccountConfig, trunk: str | None, default: bool = False) -> Account:
        account = Account(self._on_invite, self._on_registered, trunk)
        account.create(config, default)
        return account

    def _media(self, config: pj.AccountConfig) -> pj.AccountConfig:
        rtp = config.mediaConfig.transportConfig
        rtp.port, rtp.portRange = RTP_FIRST, RTP_RANGE
        rtp.randomizePort = True  # who still sends to a call of before must not be taken for the far end of this one
        if self._endpoint.bound:
            rtp.boundAddress = self._endpoint.host
        return config

    def _local_config(self) -> pj.AccountConfig:
        config = pj.AccountConfig()
        config.idUri = f"sip:tipring@{self._endpoint.host if self._endpoint.bound else socket.gethostname()}"
        return self._media(config)

    def _phones_config(self) -> pj.AccountConfig:
        """For those behind the edge."""
        config = pj.AccountConfig()
        config.idUri = "sip:tipring@127.0.0.1"
        config.sipConfig.transportId = self._endpoint.inside_id
        return self._media(config)

    def _trunk_config(self, sip: TrunkSip, address: str) -> pj.AccountConfig:
        config = pj.AccountConfig()
        host = host_of(sip.registrar)
        config.idUri = f"sip:{sip.username or 'tipring'}@{host}"
        if sip.transport == "udp":
            config.sipConfig.transportId = self._endpoint.outside_id
        if host != address:
            config.sipConfig.proxies.append(_hop(sip, address))
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


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _hop(sip: TrunkSip, address: str) -> str:
    """Where requests go, whatever name is in them; `hide` keeps it out of the Route header."""
    port = _bare(sip).partition(":")[2]
    return f"<sip:{address}{':' + port if port else ''}{_transport(sip)};lr;hide>"


async def _leave_and_shut_down(account: Account) -> None:
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
    who = f"{user}@" if user else ""
    return f"sip:{who}{_bare(sip)}{_transport(sip)}"


def _bare(sip: TrunkSip) -> str:
    return sip.registrar.rpartition("sips:")[2].rpartition("sip:")[2]


def _transport(sip: TrunkSip) -> str:
    return "" if sip.transport == "udp" else f";transport={sip.transport}"
