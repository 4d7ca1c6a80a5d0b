# SPDX-License-Identifier: GPL-2.0-or-later
"""The service: what a start, the control socket and an end mean for the box."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drivers.card import open_card, parse_spec
from drivers.lineaudio import clock_stats, pool_stats, rtp_stats
from drivers.several_cards import SeveralCards
from drivers.voice_modems import open_voice_modems
from firmware import __version__, modes, read_only, times
from firmware.alarms import flapping
from firmware.calls.choices import Choices
from firmware.calls.journal import EDGE
from firmware.calls.sip_leg import open_calls
from firmware.config import Config, check, default_document
from firmware.config.trial import RETURNED, go_back
from firmware.core.agents_office import AgentsOffice
from firmware.core.card_watch import CardWatch
from firmware.core.certificate_watch import CertificateWatch
from firmware.core.clock_watch import ClockWatch
from firmware.core.config_office import ConfigOffice
from firmware.core.control import ControlServer
from firmware.core.database_watch import DatabaseWatch
from firmware.core.dial_plan import DialPlanOffice
from firmware.core.edge_office import AWAY, EdgeOffice
from firmware.core.finishing import finish_what_was_cut
from firmware.core.import_office import ImportOffice
from firmware.core.line_watch import LineWatch
from firmware.core.network_office import NetworkOffice
from firmware.core.pbx import Pbx
from firmware.core.phone_book_office import PhoneBookOffice
from firmware.core.trial_office import TrialOffice
from firmware.core.update_office import UpdateOffice
from firmware.deadline import Moment
from firmware.edge.link import EdgeLink
from firmware.edge.ports import Ports
from firmware.errors import NotFound, TipringError, Unavailable
from firmware.media.endpoint import Endpoint
from firmware.records import Alarm, Message, Severity
from firmware.store import history, voicemail, webhooks
from firmware.store.config_db import ConfigDb, Revision
from firmware.store.writer import HistoryWriter
from firmware.update.progress import UpdateFiles

if TYPE_CHECKING:
    from drivers.slic.wiring import Wiring
    from firmware.core.offices import Offices

log = logging.getLogger(__name__)

ALARMS_EVERY_S = 3.0
FLUSH_S = 1.0


@dataclass(frozen=True, slots=True)
class Options:
    """The command line."""

    state: Path
    card: str
    sip_host: str
    sip_port: int
    sounds: Path
    edge: Ports | None = None  # where the SIP edge is, if there is one


class Core:
    """Made once a process."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._started = time.monotonic()
        self._configs = ConfigDb(options.state)
        self._remembered: list[str] | None = None
        self._returned_from = ""  # whose trial was over before this start
        self._offices: Offices | None = None
        self._modems = open_voice_modems(parse_spec(options.card).modems)
        self._card = SeveralCards([open_card(options.card, options.state / "sim", _wirings), self._modems])
        edge = options.edge
        self._endpoint = (
            Endpoint(edge.host, edge.outside, edge.core) if edge else Endpoint(options.sip_host, options.sip_port)
        )
        self._edge = EdgeLink(options.state, edge, self._configs, self._phone_changed, self._edge_up) if edge else None
        self._office = EdgeOffice(self._edge)
        self._control = ControlServer(options.state / "control.sock", self._handlers(), self.status)

    @property
    def sip(self) -> str:
        """Where phones and peers reach the box."""
        if self._options.edge:
            return str(self._options.edge)
        return f"{self._endpoint.host}:{self._endpoint.port}"

    async def start(self) -> None:
        """Finishes what a dead core left, then takes calls."""
        self._clock = ClockWatch(self._options.state)
        ports = self._known_ports()
        self._remember_ports()
        (self._options.state / "recordings").mkdir(mode=modes.folder(), exist_ok=True)
        revision, config = self._load(ports)
        await self._use_modems(config)
        path = self._options.state / "history.db"
        self._config = ConfigOffice(self._configs, revision, self._known_ports, self._take_over, path)
        self._writer = HistoryWriter(path)
        recovered = await self._recover(config)
        self._endpoint.start()
        self.pbx = Pbx(
            config, self._card, self._endpoint, self._writer, self._options.state, self._options.sounds,
            self._told, Choices(self._configs), self._edge,
        )  # fmt: skip
        self._modems.on_gone_ports = self.pbx.ports.on_gone
        if not recovered:
            self.pbx.journal.write(history.recover, times.now(), config.cloud is not None)
        self._subscribe_webhooks(config)
        self.pbx.journal.take_over(await self._standing_alarms(), await self._recent_alarms())
        self._update = UpdateOffice(
            UpdateFiles(self._options.state), self.pbx.journal, lambda: self.pbx.config, self.pbx.local_time,
            self._control.publish,
        )  # fmt: skip
        self._control.add(self._update.handlers())
        self._trial = TrialOffice(self._config, self.pbx.journal, self._control.publish, self._update)
        if self._returned_from:
            self._trial.returned_at_start(self._returned_from)
        self.pbx.keep_trial = self._trial.keep_all
        self._control.add(self._trial.handlers())
        if read_only.is_copy(self._options.state):
            self.pbx.journal.raise_alarm(read_only.KIND, Severity.CRITICAL, read_only.TEXT)
        self._dial_plan = DialPlanOffice(self.pbx)
        await self._dial_plan.start(self._writer)
        self._control.add(self._dial_plan.handlers())
        await self.pbx.mailboxes.start(await self._messages())
        phone_book = PhoneBookOffice(self.pbx, self._writer, self._control.publish)
        await phone_book.start()
        self._control.add(phone_book.handlers())
        self._control.add(ImportOffice(self._writer).handlers())
        self._agents = AgentsOffice(self.pbx)
        await self._agents.recall(self._writer)
        await self.pbx.start()
        self._agents.start()
        self._control.add(self._agents.handlers())
        self._control.add(self._config.handlers())
        self._control.add(self._office.handlers())
        self._network = NetworkOffice(self._options.state, lambda: self._config.revision.document)
        make = await asyncio.to_thread(_offices)  # dial tone and calls meanwhile
        self._offices = make(
            self.pbx, self._writer, self._configs, self._config, self._options.state, self._control, self._modems,
            lambda: self._update.led or ("trial" if self._trial.stands else ""),
        )  # fmt: skip
        await self._offices.start()
        await self._control.start()
        self._following = asyncio.create_task(self._follow_alarms())
        followed = (self._trial, self._update, self._network)
        self._trying = [asyncio.create_task(office.follow()) for office in followed]

    async def stop(self) -> None:
        """Everything in its order; what is recorded is kept."""
        self._following.cancel()
        for task in self._trying:
            task.cancel()
        await self._dial_plan.stop()
        self._agents.stop()
        await self._control.stop()
        if self._offices:
            await self._offices.stop()
        await self.pbx.stop()
        await self.pbx.journal.flush(FLUSH_S)
        self._endpoint.stop()
        self._writer.close(FLUSH_S)

    def _known_ports(self) -> list[str]:
        """Those of the card, and where boards may be missing for now, those that it had: lines stay configured."""
        there = [port.id for port in self._card.ports if port.id not in self._modems.taken]
        before = self._configs.ports() or [] if self._card.grows else []
        return [*there, *(id for id in before if id not in there)]

    def _remember_ports(self) -> None:
        if (ports := self._known_ports()) == self._remembered:
            return
        try:
            self._configs.remember_ports(ports)
        except Unavailable as error:
            log.error("%s", error)  # a full disk must not keep the box from taking calls
        self._remembered = ports

    def _load(self, ports: list[str]) -> tuple[Revision, Config]:
        self._end_trial(ports)
        try:
            revision = self._configs.current()
        except NotFound:
            revision = self._configs.apply(default_document([port.id for port in self._card.ports]), "first start")
        return revision, check(revision.document, ports)

    def _end_trial(self, ports: list[str]) -> None:
        """A trial whose time ran out while the core was not there is over before a call is taken."""
        trial = self._configs.trial()
        if trial and not trial.left_s(Moment.now()):
            try:
                go_back(self._configs, trial, RETURNED, ports)
                self._returned_from = trial.author
            except TipringError as error:  # it is tried again, and told
                log.error("the trial of revision %d cannot be taken back: %s", trial.revision, error)

    async def _standing_alarms(self) -> list[Alarm]:
        try:
            return await self._writer.run(history.standing_alarms)
        except Unavailable as error:
            log.warning("%s", error)
            return []

    async def _recent_alarms(self) -> list[Alarm]:
        try:
            return await self._writer.run(history.recent_alarms, times.now() - flapping.SOON)
        except Unavailable as error:
            log.warning("%s", error)
            return []

    async def _messages(self) -> list[Message]:
        try:
            return await self._writer.run(voicemail.everything)
        except Unavailable as error:
            log.error("%s", error)
            return []

    async def _follow_alarms(self) -> None:
        """The uplink has no way to tell, so the history is looked at now and then; so are card and
        certificate."""
        card = CardWatch(self._card, self.pbx.journal)
        certificate = CertificateWatch(self._options.state, self.pbx.journal)
        databases = DatabaseWatch(self._options.state, self.pbx.journal, self._writer)
        lines = LineWatch(self.pbx, self._options.state, self._edge)
        while True:
            await databases.look()
            card.look()
            if self._edge:
                await certificate.look()
            if self._offices:
                self._offices.look()
            await self._clock.look(self.pbx.journal, self._writer, self.pbx.config.cloud is not None)
            await lines.look()
            self.pbx.mailboxes.pins.look()
            self._remember_ports()
            self.pbx.journal.others_stand(await self._standing_alarms())
            await asyncio.sleep(ALARMS_EVERY_S)

    async def _recover(self, config: Config) -> bool:
        """False when the history cannot be written now: the calls then are ended as soon as it can."""
        try:
            await finish_what_was_cut(self._writer, self._options.state / "recordings", config.cloud is not None)
        except Unavailable as error:
            log.error("%s", error)
            return False
        return True

    def _told(self, event: str, data: dict[str, Any]) -> None:
        """What happens in the box, for those who look on."""
        self._control.publish(event, data)
        if self._offices:
            self._offices.heard(event, data)

    def _subscribe_webhooks(self, config: Config) -> None:
        """Whatever is written from now on goes to those that want it."""
        wanted = {webhook.name: webhook.events or webhooks.TYPES for webhook in config.webhooks}
        self.pbx.journal.write(webhooks.subscribed, wanted)

    # ---- the control socket ------------------------------------------------------------------------

    def _handlers(self) -> dict[str, Any]:
        return {
            "status": self._status,
            "ports": self._part("ports"),
            "trunks": self._part("trunks"),
            "calls": self._part("calls"),
            "queues": self._part("queues"),
            "agents": self._part("agents"),
            "alarms": self._part("alarms"),
            "stats": self._stats,
        }

    def status(self) -> dict[str, Any]:
        """The whole picture."""
        alarms = [alarm.as_json() for alarm in self.pbx.journal.standing()]
        return {
            "version": __version__,
            "uptime_s": round(time.monotonic() - self._started, 1),
            "site": self.pbx.config.site.model_dump(mode="json"),
            "degraded": [*self._office.wrong(self.pbx.config), *(alarm["text"] for alarm in alarms)],
            "edge": self._office.status(),
            "phones": self._office.devices(),
            "ports": self.pbx.ports.all_json(),
            "trunks": self.pbx.trunks_json(),
            "calls": [call.as_json() for call in self.pbx.journal.calls.values()],
            "queues": self.pbx.queues.views.queues(),
            "agents": self.pbx.queues.views.agents(),
            "alarms": alarms,
            **self._dial_plan.status(),
        }

    def _edge_up(self, up: bool) -> None:
        if up:
            self.pbx.journal.clear_alarm(EDGE)
        else:
            self.pbx.journal.raise_alarm(EDGE, Severity.ERROR, AWAY)

    def _phone_changed(self, number: str) -> None:
        """A first device of an extension registered, or its last one left."""
        self.pbx.queues.check_phones(number)
        devices = [device for device in self._office.devices() if device["extension"] == number]
        self._control.publish("phone", {"extension": number, "devices": devices})

    async def _status(self, params: dict[str, Any]) -> dict[str, Any]:
        return self.status()

    def _part(self, name: str) -> Any:
        async def handler(params: dict[str, Any]) -> Any:
            return self.status()[name]

        return handler

    async def _stats(self, params: dict[str, Any]) -> dict[str, Any]:
        clock = clock_stats(reset=bool(params.get("reset")))
        ports = {**self.pbx.lines, **self.pbx.stations}
        lines = {id: port.audio.stats() for id, port in ports.items()}
        codecs = {id: codec for id, port in ports.items() if (codec := port.port.codec)}
        return {
            "clock": {name: getattr(clock, name) for name in clock.__slots__},
            "rtp": rtp_stats(),
            "sip_calls": open_calls(),
            "sip_pools": pool_stats(),
            "lines": {id: {name: getattr(s, name) for name in s.__slots__} for id, s in lines.items()},
            "codecs": {id: asdict(codec) for id, codec in codecs.items()},
        }

    async def _use_modems(self, config: Config) -> None:
        await self._modems.use({modem.port: modem.device for modem in config.modems})

    async def _take_over(self, config: Config, revision: Revision) -> None:
        await self._use_modems(config)
        self.pbx.configure(config)
        if self._offices:
            await self._offices.configure()
        self._subscribe_webhooks(config)
        if self._edge:
            await self._edge.settled()
        self._control.publish("config", {"revision": revision.id, "author": revision.author})


def _wirings(board: str) -> Sequence[Wiring]:
    from firmware.core.slics import wirings  # and all of board profiles, which a box with another card does without

    return wirings(board)


def _offices() -> type[Offices]:
    """A third of a second of imports, in a thread."""
    from firmware.core.offices import Offices

    return Offices
