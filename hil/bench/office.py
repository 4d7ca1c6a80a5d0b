# SPDX-License-Identifier: GPL-2.0-or-later
"""All far ends of a box: made for the ports whose sockets are there, and plugged in again when the core comes back."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from pathlib import Path

from firmware import countries
from firmware.errors import NotFound, TipringError
from firmware.store.config_db import ConfigDb
from hil.bench.end import End
from hil.bench.exchange_end import ExchangeEnd
from hil.bench.phone_end import PhoneEnd
from hil.wire import WireError

log = logging.getLogger(__name__)

LOOK_S = 0.25
DEFAULT_COUNTRY = "us"


class Office:
    """The lines and phones of the box in `state`."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._sim = state / "sim"
        self._changed = asyncio.Event()
        self.ends: dict[str, End] = {}

    def end(self, port: str) -> End:
        """The far end of a port. NotFound names the ports that there are."""
        if port not in self.ends:
            ports = ", ".join(self.ends) or "none yet: is the core up?"
            raise NotFound(f'There is no port "{port}" on the bench. Ports: {ports}.', code="no_such_port")
        return self.ends[port]

    async def keep_plugged(self) -> None:
        """Looks after the cables until it is cancelled."""
        while True:
            await self._look()
            for end in self.ends.values():
                end.changed()  # a phone that does not ring any more says nothing
            self._changed.set()
            await asyncio.sleep(LOOK_S)  # there is no event for a socket file that appears

    async def first_plugged(self, timeout: float, stop: asyncio.Event) -> None:
        """Returns when every port is plugged in, at the latest after `timeout` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while not stop.is_set() and not (self.ends and all(end.far.plugged for end in self.ends.values())):
                    self._changed.clear()
                    await self._changed.wait()

    async def close(self) -> None:
        """Pulls all cables."""
        for end in self.ends.values():
            await end.close()

    async def _look(self) -> None:
        for path in sorted(self._sim.glob("fx[os]*.control"), key=lambda path: (path.name[:3], len(path.name), path)):
            port = path.name.removesuffix(".control")
            if port not in self.ends:
                self.ends[port] = self._made(port)
            await self._plug(port)

    async def _plug(self, port: str) -> None:
        end = self.ends[port]
        if end.far.plugged or not end.wanted:
            return
        if end.country != (country := self._country()):
            end = self._replaced(port, country)
        try:
            await end.far.plug()
        except WireError as error:
            log.debug("%s", error)  # the socket of a core that died; the next one makes it anew
            return
        log.info("%s: plugged in %s", port, "an exchange" if port.startswith("fxo") else "a phone")
        end.changed()

    def _made(self, port: str) -> End:
        kind = ExchangeEnd if port.startswith("fxo") else PhoneEnd
        return kind(self._sim, port, self._country())

    def _replaced(self, port: str, country: str) -> End:
        """The site moved to another country while the port was unplugged: the far end is made anew."""
        old, new = self.ends[port], self._made(port)
        log.info("%s: the site's country is %s now", port, country)
        new.clients = old.clients
        for client in new.clients:
            client.end = new
        self.ends[port] = new
        return new

    def _country(self) -> str:
        """The site's country, from the configuration in force."""
        if not (self._state / "config.db").exists():
            return DEFAULT_COUNTRY
        try:
            country = str(ConfigDb(self._state).current().document["site"]["country"])
        except (TipringError, KeyError) as error:
            log.debug("no country in the configuration: %r", error)
            return DEFAULT_COUNTRY
        return country if country in countries.codes() else DEFAULT_COUNTRY
