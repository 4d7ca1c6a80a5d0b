# SPDX-License-Identifier: GPL-2.0-or-later
"""The core's end of the edge: keeps it as configured, and knows who is registered."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from firmware.config import Config, features
from firmware.edge import bans, setup
from firmware.edge.accounts import passwords, renew
from firmware.edge.configuration import addresses, listening, render, render_addresses
from firmware.edge.files import EdgeFiles, write_phones
from firmware.edge.ports import Ports
from firmware.edge.publish import Publisher
from firmware.edge.registrations import Registration, forget, registrations
from firmware.edge.rpc import Rpc
from firmware.edge.text import write
from firmware.errors import NotFound, TipringError, Unavailable
from firmware.store.config_db import ConfigDb

log = logging.getLogger(__name__)

LOOK_AGAIN_S = 30.0  # news may be lost; a registration that nobody told of is seen after so long
FAILED_AGAIN_S = 1.0  # until the edge answers
FIRST_LOOK_S = 1.0  # a box whose edge is stuck gives dial tone all the same
SETTLE_S = 3.0
PATIENCE = 5  # so often before a person is told
TERMINATE = 15  # SIGTERM: whoever supervises the edge starts it again, with its new configuration


class EdgeLink:
    """Lives in the asyncio thread; what may block is done in another one, in order.

    `lamps` lets phones show who is busy and who has messages. `on_change` is told of each extension whose devices
    came or went, `on_up` when the edge is away for long or back.
    """

    def __init__(
        self, state: Path, ports: Ports, configs: ConfigDb, on_change: Callable[[str], None],
        on_up: Callable[[bool], None],
    ) -> None:  # fmt: skip
        self.files, self.ports, self._configs = EdgeFiles(state), ports, configs
        self._on_change, self._on_up = on_change, on_up
        self._failures = 0
        self._told_networks = ""  # what the running edge knows of them
        self._gone: set[str] = set()  # extensions whose registrations have to end
        self.secret = self.files.secret()
        self.lamps = Publisher(ports.inside, self.secret)
        self._config = Config()
        self._providers: tuple[str, ...] = ()
        self._devices: dict[str, list[Registration]] = {}
        self._asked: set[str] = set()  # extensions to look at
        self._stale = False  # the edge has to be told our configuration
        self._wake, self._settled, self._tried = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._lock = asyncio.Lock()
        self._transport: asyncio.DatagramTransport | None = None
        self._task: asyncio.Task[None] | None = None
        self._addresses = addresses(ports)
        self.up = False

    def listens(self) -> list[dict[str, Any]]:
        """Addresses and ports for phones, by transport, and the core's own one for providers."""
        offered = [*listening(self._config, self.ports), ("providers", self.ports.outside)]
        return [{"host": self.ports.host, "transport": transport, "port": port} for transport, port in offered]

    # ---- life ------------------------------------------------------------------------------------

    async def start(self, config: Config) -> None:
        """Listens for news and asks who is registered: calls may follow. TipringError when its port is taken."""
        loop = asyncio.get_running_loop()
        try:
            self._transport, _ = await loop.create_datagram_endpoint(
                lambda: _News(self._heard), ("127.0.0.1", self.ports.news)
            )
        except OSError as error:
            raise TipringError(f"127.0.0.1:{self.ports.news} cannot be used: {error.strerror}.") from error
        await self.lamps.start()
        self.configure(config)
        self._task = asyncio.create_task(self._follow())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_LOOK_S):
                await self._tried.wait()

    async def stop(self) -> None:
        """The edge goes on."""
        await self.lamps.stop()
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        if self._transport:
            self._transport.close()

    def configure(self, config: Config) -> None:
        """Takes over a checked configuration: phones that may register, trusted networks, ports."""
        if config is self._config:
            return  # the one that it was started with
        self._config = config
        agents = (features.agent_lamp(config.features, agent.number) for agent in config.agents)
        self.lamps.keep([*(extension.number for extension in config.extensions), *filter(None, agents)])
        self._outdated()

    def _outdated(self) -> None:
        self._stale = True
        self._settled.clear()
        self._wake.set()

    async def settled(self) -> None:
        """Until the edge has what was configured; not for long, as it may be away, and then has it when it is back."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_S):
                await self._settled.wait()

    def set_providers(self, hosts: Iterable[str]) -> None:
        """IP addresses from which calls come in without credentials, as often as they like."""
        wanted = tuple(sorted(hosts))
        if wanted != self._providers:
            self._providers = wanted
            self._outdated()

    # ---- what the core asks ------------------------------------------------------------------------

    def registered(self, number: str) -> bool:
        """Whether a device of the extension would ring."""
        return self.up and bool(self._devices.get(number))

    def devices(self) -> list[Registration]:
        """All that are registered, by extension."""
        return [device for number in sorted(self._devices) for device in self._devices[number]]

    async def phones(self) -> list[Registration]:
        """The same, asked now. Unavailable."""
        numbers = self._numbers()
        self._devices = await self._in_thread(lambda rpc: registrations(rpc, numbers))
        self._answered()
        return self.devices()

    async def bans(self) -> list[bans.Ban]:
        """Addresses that are not heard. Unavailable."""
        found: list[bans.Ban] = await self._in_thread(lambda rpc: bans.bans(rpc, self._config.edge.ban_s))
        return found

    async def lift_ban(self, address: str) -> None:
        """Invalid, NotFound, Unavailable."""
        await self._in_thread(lambda rpc: bans.lift(rpc, address))

    async def settings(self, number: str, new_password: bool = False) -> dict[str, Any]:
        """What to enter into a phone of the extension; with another password than before. NotFound."""
        extension = self._config.extension(number)
        if not extension or not extension.sip:
            message = f"There is no extension {number} for SIP phones; give it sip = {{}} in the configuration."
            raise NotFound(message, code="no_such_phone", field="extension")
        if new_password:
            await asyncio.to_thread(renew, self._configs, number)
            self._outdated()
            await self.settled()
        known = dict(await asyncio.to_thread(passwords, self._configs, self._config))
        return setup.settings(self._config, self.ports, extension, known[number])

    # ---- keeping up --------------------------------------------------------------------------------

    def _numbers(self) -> list[str]:
        return [e.number for e in self._config.extensions if e.sip]

    def _heard(self, news: str) -> None:
        kind, _, number = news.partition(" ")
        if kind == "started":
            self.lamps.again()
            self._outdated()
            self._asked.update(self._numbers())
        elif kind == "registrations":
            self._asked.add(number)
        elif kind == "banned":
            log.warning("the SIP edge bans %s", number)
        self._wake.set()

    async def _follow(self) -> None:
        self._asked.update(self._numbers())
        while True:
            pause = LOOK_AGAIN_S
            try:
                if self._stale:
                    await self._tell()
                await self._look()
                self._answered()
            except TipringError as error:
                self._silent(error)
                pause = FAILED_AGAIN_S
            self._tried.set()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            if not self._wake.is_set():
                self._asked.update(self._numbers())
                self._stale = self._stale or self._moved()
            self._wake.clear()

    def _answered(self) -> None:
        if self._failures >= PATIENCE:
            self._on_up(True)
        self.up, self._failures = True, 0

    def _silent(self, error: TipringError) -> None:
        if self.up:
            log.warning("%s", error)
        self.up = False
        self._failures += 1
        self._asked.update(self._numbers())
        if self._failures == PATIENCE:
            self._on_up(False)

    def _moved(self) -> bool:
        """True when the machine has other addresses than before: the edge has to listen on them."""
        before, self._addresses = self._addresses, addresses(self.ports)
        return before != self._addresses

    async def _look(self) -> None:
        numbers = sorted(self._asked & set(self._numbers()))
        found = await self._in_thread(lambda rpc: registrations(rpc, numbers)) if numbers else {}
        self._asked -= found.keys()
        for number, devices in found.items():
            was = bool(self._devices.get(number))
            self._devices[number] = devices
            if was != bool(devices):
                self._on_change(number)

    async def _tell(self) -> None:
        """Files first, then what of them the running edge has to read again."""
        self._stale = False
        config, providers = self._config, self._providers
        try:
            await asyncio.to_thread(self._write, config, providers)
        except TipringError:
            self._stale = True
            raise
        self._devices = {number: self._devices.get(number, []) for number in self._numbers()}
        if not self._stale:
            self._settled.set()

    def _write(self, config: Config, providers: tuple[str, ...]) -> None:
        files = self.files
        files.prepare()
        self._gone.update(write_phones(files.phones, passwords(self._configs, config)))
        networks = render_addresses(config, providers)
        write(files.addresses, networks)
        known = files.config.read_text() if files.config.exists() else None
        try:
            with Rpc(files.rpc) as rpc:
                for number in sorted(self._gone):
                    forget(rpc, number)
                    self._gone.discard(number)
                if networks != self._told_networks:
                    rpc.call("permissions.addressReload")
                    self._told_networks = networks
                if known != render(config, self.ports, files):
                    log.info("the SIP edge starts anew with other ports")
                    rpc.call("core.kill", TERMINATE)
        except Unavailable:
            pass  # it reads everything when it starts

    async def _in_thread(self, ask: Callable[[Rpc], Any]) -> Any:
        async with self._lock:
            return await asyncio.to_thread(self._asking, ask)

    def _asking(self, ask: Callable[[Rpc], Any]) -> Any:
        with Rpc(self.files.rpc) as rpc:
            return ask(rpc)


class _News(asyncio.DatagramProtocol):
    def __init__(self, heard: Callable[[str], None]) -> None:
        self._heard = heard

    def datagram_received(self, data: bytes, address: tuple[Any, ...]) -> None:
        self._heard(data.decode(errors="replace"))
