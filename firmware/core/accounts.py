# SPDX-License-Identifier: GPL-2.0-or-later
"""SIP accounts: one for whoever calls the box, and for each provider one at every address that it has."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pjsua2 as pj

from drivers import lineaudio
from firmware.config import Trunk, TrunkSip
from firmware.core import account_config
from firmware.core.account import Account, OnInvite
from firmware.core.pings import Pings
from firmware.core.place import LEAVE_S, Place, resolved
from firmware.media.endpoint import Endpoint


class Accounts:
    """Follows the configured trunks: changed ones are made anew, the others are left alone.

    Names are resolved in a thread: pjsip would wait for the name servers in the one thread of all calls.
    `on_state` is told of each change of a trunk's health, with what is wrong with it ("": nothing).
    """

    def __init__(self, endpoint: Endpoint, on_invite: OnInvite, on_state: Callable[[str, str], None]) -> None:
        self._endpoint, self._on_invite, self._on_state = endpoint, on_invite, on_state
        self.on_moved: Callable[[], None] = lambda: None  # providers have other addresses
        self._trunks: dict[str, list[Place]] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._resolver = ThreadPoolExecutor(2, "dns")
        self._pings = Pings(endpoint.loop)
        self.local = self._open(account_config.local(endpoint), default=True)
        self.phones = self._open(account_config.phones(endpoint)) if endpoint.inside else self.local
        for account in {self.local, self.phones}:
            lineaudio.allow_refer(account.getId(), True)

    # ---- configuration ---------------------------------------------------------------------------

    def configure(self, trunks: tuple[Trunk, ...]) -> None:
        """Opens, changes and closes accounts so that they are those of `trunks`. Calls go on."""
        wanted = {trunk.name: trunk.sip for trunk in trunks if trunk.sip}
        for name in list(self._trunks):
            if name not in wanted or self._trunks[name][0].sip != wanted[name]:
                self._let_go(self._trunks.pop(name), unregister=name not in wanted)
        for name, sip in wanted.items():
            if name not in self._trunks:
                self._begin(name, sip)
        self.on_moved()
        self._endpoint.loop.kick()

    def _begin(self, name: str, sip: TrunkSip) -> None:
        def changed() -> None:
            self.on_moved()
            trouble = next((place.trouble for place in places if place.trouble), "")
            if trouble or all(place.good for place in places):
                self._on_state(name, trouble)

        registrars = dict.fromkeys((sip.registrar, *sip.backups))
        places = [Place(name, sip, registrar, self._endpoint, self._open_at, changed) for registrar in registrars]
        self._trunks[name] = places
        for place in places:
            place.begin(self._resolve, self._pings)

    async def _resolve(self, host: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._resolver, resolved, host)

    def _let_go(self, places: list[Place], unregister: bool) -> None:
        """A changed account replaces its registration; of a deleted one the registrar is told first."""
        for place in places:
            task = place.let_go(unregister)
            if task:
                self._leaving.add(task)
                task.add_done_callback(self._leaving.discard)

    def _open(self, config: pj.AccountConfig, default: bool = False) -> Account:
        account = Account(self._on_invite)
        account.create(config, default)
        return account

    def _open_at(self, config: Any, place: Place) -> Account:
        account = Account(self._on_invite, place.trunk, place.on_registered)
        account.create(config, False)
        return account

    # ---- what calls want to know -----------------------------------------------------------------

    def places(self, name: str) -> list[Place]:
        """Where a SIP trunk can be reached now, best first; those that are down come last. KeyError."""
        return sorted((place for place in self._trunks[name] if place.account), key=lambda place: place.down)

    def down(self, name: str) -> bool:
        """Whether a SIP trunk answers nowhere. False for one that there is not."""
        places = self._trunks.get(name)
        return bool(places) and all(place.down for place in places or ())

    def username(self, name: str) -> str:
        """What the user part of a trunk's contact is. KeyError."""
        return self._trunks[name][0].sip.username

    def addresses(self) -> set[str]:
        """IP addresses of all providers that are known."""
        return {place.address for places in self._trunks.values() for place in places if place.address}

    def trunk_at(self, source: str) -> str | None:
        """The trunk whose registrar is at this address ("host:port"), None when it is nobody's."""
        found = self._places_at(source)
        return found[0].trunk if found else None

    def _places_at(self, source: str) -> list[Place]:
        """Those at this address, the same port first."""
        host, _, port = source.rpartition(":")
        every = (place for places in self._trunks.values() for place in places)
        at = [place for place in every if place.address == host.strip("[]")]
        return sorted(at, key=lambda place: str(place.port) != port)

    def select(self, chosen: int, source: str) -> int:
        """Whose settings hold for a request from `source`: pjsua's choice, unless that is another provider's."""
        ids = [place.account.getId() for place in self._places_at(source) if place.account]
        if ids:
            return chosen if chosen in ids else ids[0]
        ours = {self.local.getId(), self.phones.getId()}
        return chosen if chosen in ours else self.local.getId()

    def as_json(self, name: str) -> dict[str, Any]:
        """What the control socket says of a SIP trunk, but for its name. KeyError."""
        places = self._trunks[name]
        best = min(places, key=lambda place: place.down).as_json()
        error = next((place.health.error for place in places if place.health.error), None)
        return {
            "state": _state(places), **{name: best[name] for name in ("registered", "reachable", "latency_ms")},
            "last_error": error, "places": [place.as_json() for place in places],
        }  # fmt: skip

    async def close(self) -> None:
        """Unregisters and closes every account. A registrar that is away is not waited for."""
        self._resolver.shutdown(wait=False, cancel_futures=True)
        for places in self._trunks.values():
            self._let_go(places, unregister=True)
        self._endpoint.loop.kick()
        if self._leaving:
            await asyncio.wait(self._leaving, timeout=LEAVE_S + 0.2)
        self._trunks.clear()
        for account in {self.local, self.phones}:
            account.shutdown()


def _state(places: list[Place]) -> str:
    if all(place.down for place in places):
        return "down"
    if any(place.trouble for place in places):
        return "degraded"
    known = any(place.health.reachable or place.health.registered for place in places)
    return "up" if known else "unknown"
