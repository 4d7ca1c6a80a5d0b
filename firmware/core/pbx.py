# SPDX-License-Identifier: GPL-2.0-or-later
"""The box: ports, accounts, queues and calls held together. Implements `firmware.calls.host.Host`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from drivers.lineaudio import NativeEvents, Sound, follow_clock
from drivers.port import Card
from firmware import countries, times
from firmware.calls import calling_back, destinations, dialled, inbound, referring
from firmware.calls.agent_desk import AgentDesk
from firmware.calls.agent_figures import AgentFigures
from firmware.calls.arrival import Arrival
from firmware.calls.call import Call
from firmware.calls.call_backs import CallBacks, World
from firmware.calls.choices import Choices, diverted
from firmware.calls.completing import Completions
from firmware.calls.conferences import ConferenceRooms
from firmware.calls.disa import DisaDoor
from firmware.calls.groups import Turns
from firmware.calls.journal import OFF_HOOK, PORT, TRUNK, Journal, Publish
from firmware.calls.lamps import Lamps, LampState, state_of
from firmware.calls.leg import Caller, Leg
from firmware.calls.line import Line
from firmware.calls.line_leg import LineLeg
from firmware.calls.mailboxes import Mailboxes
from firmware.calls.night import NightSwitch
from firmware.calls.parking import ParkingLot
from firmware.calls.phone_book import PhoneBook
from firmware.calls.picking import RingingPhones
from firmware.calls.queueing import Queues
from firmware.calls.recording_room import RecordingRoom
from firmware.calls.sip_leg import SipLeg
from firmware.calls.station import Station
from firmware.calls.station_leg import StationLeg
from firmware.calls.toll_meter import TollMeter
from firmware.config import Conference, Config, Extension, Target, Trunk
from firmware.core import rtp_watch, trunks_office
from firmware.core.ordered_calls import OrderedCalls, extension_of
from firmware.core.phone_lamps import PhoneLamps
from firmware.core.place import Place
from firmware.core.ports import Ports
from firmware.core.sip_calls import SipCalls
from firmware.countries import Country
from firmware.edge.link import EdgeLink
from firmware.errors import NotFound
from firmware.media.endpoint import Endpoint
from firmware.media.music import Music
from firmware.media.sounds import Sounds
from firmware.prompts.convert import convert
from firmware.prompts.store import PromptStore
from firmware.records import CallBack
from firmware.store import call_backs
from firmware.store.config_db import no_trial
from firmware.store.writer import HistoryWriter

log = logging.getLogger(__name__)


class KeepTrial(Protocol):
    """What is on trial stays; NotFound."""

    def __call__(self, by: str, shown_since: datetime | None = None, /) -> Coroutine[Any, Any, None]: ...


async def _nothing_on_trial(by: str, shown_since: datetime | None = None) -> None:
    raise no_trial()


class Pbx:
    """Everything of the core but the control socket. Lives in the asyncio thread."""

    def __init__(
        self, config: Config, card: Card, endpoint: Endpoint, writer: HistoryWriter, state: Path, sounds: Path,
        publish: Publish, choices: Choices, edge: EdgeLink | None = None,
    ) -> None:  # fmt: skip
        self._config, self._card, self._endpoint, self._publish = config, card, endpoint, publish
        self.edge = edge
        self.events = NativeEvents()
        self.journal = Journal(writer, self._tell, lambda: self._config)
        self.room = RecordingRoom(state / "recordings", self.events, self.journal)
        self.prompts = PromptStore(state)
        self._sounds = Sounds(sounds, self.prompts)
        self.mailboxes = Mailboxes(
            state / "voicemail", self.events, self.journal, lambda: self._config, self._messages_counted
        )
        self._music = Music(self.events, self._music_sound)
        self._tasks: set[asyncio.Task[None]] = set()
        self.awaited: dict[str, Callable[[Arrival], None]] = {}  # by line or trunk: who takes its next call
        self.ports = Ports(self, card, self._on_ring, self._on_lifted)
        self.lines, self.stations = self.ports.lines, self.ports.stations
        self._shown: dict[str, dict[str, Any]] = {}
        self.parking = ParkingLot()
        self.conferences = ConferenceRooms(self.music)
        self.conferences.on_changed = self._on_room
        self.ringing = RingingPhones()
        self.groups = Turns()
        self.choices = choices
        self._phone_lamps = PhoneLamps(lambda: self._config, self.stations, edge)
        self.lamps = Lamps(self._lamp_states, self._show_lamp)
        self.ordered = OrderedCalls(self)
        self.completions = Completions(self.lamps, self.ordered.originate)
        self.ringing.on_changed = self.lamps.look
        choices.on_changed = self._on_chosen
        self.phone_book = PhoneBook(lambda: self._config.site.country)
        self.tolls = TollMeter(self.journal, lambda: self._config.tolls)
        self.night = NightSwitch(self.journal, lambda: self._config, self.local_time)
        self.disa = DisaDoor(self)
        self.agents = AgentDesk(self, AgentFigures(self.journal, lambda: self._config, self.local_time))
        self.agents.watch.on_state = self._phone_lamps.show_agent
        self.queues = Queues(self, publish)
        self.call_backs = CallBacks(
            World(
                lambda: self._config,
                self._keep_call_back,
                lambda item: calling_back.attempt(self, item),
                lambda item, agent: calling_back.by_hand(self, item, agent),
                self._at_site,
            )
        )
        self.keep_trial: KeepTrial = _nothing_on_trial
        self._sip: SipCalls | None = None

    # ---- life ------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Ports and accounts come up; from here on calls are taken."""
        self.events.start()
        self._endpoint.loop.on_refer = lambda refer: referring.referred(self, refer)
        for port in self._card.ports:
            self.ports.open(port)
        self._card.on_new_ports = self.ports.on_new
        await self._card.start()
        follow_clock(self._card.clock_fd)
        if self.edge:
            await self.edge.start(self._config)
        self._sip = SipCalls(self, self._endpoint, self._on_trunk)
        self._watching = asyncio.create_task(rtp_watch.watch())
        if self.edge:
            self._sip.accounts.on_moved = self._tell_edge_of_providers
        self._apply()
        if self.edge:
            await self.edge.settled()  # it knows providers from strangers

    async def stop(self) -> None:
        """Ends every call and finishes every recording."""
        self.completions.stop()
        self.call_backs.stop()
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=1)
        self._watching.cancel()
        await asyncio.gather(self.room.finish_all(1.5), self.mailboxes.finish_all(1.5))
        if self._sip:
            await self._sip.accounts.close()
        if self.edge:
            await self.edge.stop()
        follow_clock(-1)
        await self._card.stop()
        self._music.close()
        self._sounds.close()
        self.events.stop()

    # ---- configuration ---------------------------------------------------------------------------

    @property
    def config(self) -> Config:
        """In force now."""
        return self._config

    @property
    def country(self) -> Country:
        """Of the site, now."""
        return countries.load(self._config.site.country)

    def local_time(self) -> datetime:
        """Now, at the site."""
        return self._at_site(times.now())

    def _at_site(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self._config.site.timezone))

    def configure(self, config: Config) -> None:
        """Takes over a checked configuration; calls in progress go on."""
        self._config = config
        self._apply()

    def _apply(self) -> None:
        self._card.hook_timing = self.country.hook_timing
        self._card.law = self.country.law.value
        ports: list[Line | Station] = [*self.lines.values(), *self.stations.values()]
        for port in ports:
            self.ports.apply_to(port)
        assert self._sip
        self._sip.accounts.configure(self._config.trunks)
        if self.edge:
            self.edge.configure(self._config)
        self._forget_alarms()
        self.queues.configure()
        self.lamps.look()
        self.mailboxes.tell_all()

    # ---- calls -----------------------------------------------------------------------------------

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A call's task; what it forgot to handle is logged."""
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._call_done)
        return task

    def _call_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            log.error("a call ended in a fault", exc_info=task.exception())

    def _on_ring(self, line: Line, leg: LineLeg) -> None:
        self.arrived(line.id, Arrival(leg, None, lambda: inbound.from_line(self, line, leg)))

    def arrived(self, origin: str, arrival: Arrival) -> None:
        """A call comes in on a line or trunk: it is the office's, unless the box itself waits for it."""
        taker = self.awaited.get(origin)
        if taker:
            taker(arrival)
        else:
            self.spawn(arrival.go_on())

    def _on_lifted(self, station: Station, leg: StationLeg) -> None:
        self.spawn(dialled.from_station(self, station, leg))

    def _tell_edge_of_providers(self) -> None:
        if self.edge and self._sip:
            self.edge.set_providers(self._sip.accounts.addresses())

    def _forget_alarms(self) -> None:
        trunks_office.forget(self.journal, self._config)
        resting = {OFF_HOOK + id for id, station in self.stations.items() if station.off_hook.resting}
        for kind in [kind for kind in self.journal.alarms if kind.startswith((OFF_HOOK, PORT)) and kind not in resting]:
            self.journal.clear_alarm(kind)

    def _on_trunk(self, trunk: str, trouble: str) -> None:
        trunks_office.tell(self.journal, trunk, trouble)
        item = next((item for item in self.trunks_json() if item["name"] == trunk), None)
        if item and self._shown.get(TRUNK + trunk) != item:
            self._shown[TRUNK + trunk] = item
            self._publish("trunk", item)

    def trunks_json(self) -> list[dict[str, Any]]:
        """All of them, as the control socket shows them."""
        return trunks_office.trunks_json(self, self._sip.accounts) if self._sip else []

    def places(self, trunk: Trunk) -> list[Place]:
        """Where the provider of a SIP trunk can be called, best first."""
        assert self._sip
        return self._sip.accounts.places(trunk.name)

    def trunk_down(self, trunk: Trunk) -> bool:
        """Whether the provider of a SIP trunk answers nowhere."""
        return bool(trunk.sip and self._sip and self._sip.accounts.down(trunk.name))

    def call_phone(self, extension: Extension, sender: str, headers: Mapping[str, str] = {}) -> SipLeg:
        """Sends an INVITE to the extension's SIP phones, with more headers. Failed when none would ring."""
        assert self._sip
        return self._sip.call_phone(extension, sender, headers)

    def call_provider(self, trunk: Trunk, place: Place, digits: str, caller: Caller) -> SipLeg:
        """Sends an INVITE to a SIP trunk. Failed when it cannot be sent."""
        assert self._sip
        return self._sip.call_provider(trunk, place, digits, caller)

    def connect(self, call: Call, leg: Leg, target: Target) -> Coroutine[Any, Any, None]:
        """Takes a party of a call to a target and stays until the end. Ends in Gone, Failed or Overflowed."""
        return destinations.connect(self, call, leg, target)

    def room_json(self, conference: Conference) -> dict[str, Any]:
        """A conference and who is in it, as the control socket shows them."""
        guests = [guest.as_json() for guest in self.conferences.guests(conference.name)]
        return {"name": conference.name, "number": conference.number, "locked": bool(conference.pin), "guests": guests}

    def _on_room(self, name: str) -> None:
        for conference in self._config.conferences:
            if conference.name == name:
                self._publish("conference", self.room_json(conference))

    # ---- sounds ----------------------------------------------------------------------------------

    def prompt(self, name: str, language: str = "") -> Sound | None:
        """In a language, "" is the site's; the office's own one if it has one of this name."""
        return self._sounds.prompt(name, language or self._config.site.language)

    def has_prompt(self, name: str, language: str) -> bool:
        """Whether there is such a prompt."""
        return self._sounds.has(name, language or self._config.site.language)

    async def keep_prompt(self, name: str, wav: bytes, language: str = "any") -> None:
        """Keeps a prompt that was recorded from a phone."""
        kept = await asyncio.to_thread(lambda: self.prompts.put(name, language, convert(wav)))
        self._publish("prompt", kept.as_json())

    def music(self, prompt: str = "") -> int | None:
        """Music on hold, or a prompt in its place; whoever waits listens in."""
        return self._music.slot(prompt)

    def _music_sound(self, prompt: str) -> Sound | None:
        return self.prompt(prompt) if prompt else self._sounds.music(self._config.site.language)

    # ---- extensions --------------------------------------------------------------------------------

    def diverted(self, extension: Extension | None) -> bool:
        """Whether calls to it go somewhere else at once."""
        return extension is not None and diverted(self.choices.of(extension))

    def _on_chosen(self, number: str) -> None:
        """Somebody chose other settings for an extension."""
        for station in self.stations.values():
            station.diverted = self.diverted(station.extension)
        extension = self._config.extension(number)
        if extension:
            self._publish("extension", self.choices.as_json(extension))
        self.queues.check_phones()
        self.lamps.look()

    def _lamp_states(self) -> dict[str, LampState]:
        calls = list(self.journal.calls.values())
        extensions = [self.choices.of(extension) for extension in self._config.extensions]
        return {e.number: state_of(e, calls, self.ringing, self.stations) for e in extensions}

    def _show_lamp(self, number: str, state: LampState) -> None:
        self.queues.check_phones(number)
        self._publish("lamp", {"extension": number, "state": state.value})
        self._phone_lamps.show_line(number, state)

    def _keep_call_back(self, item: CallBack) -> None:
        self.journal.write(call_backs.saved, item, self._config.cloud is not None)
        self._publish("call_back", item.as_json())

    def _tell(self, event: str, data: dict[str, Any]) -> None:
        """What the journal tells, which may mean that somebody is busy now."""
        self._publish(event, data)
        self.lamps.look()

    # ---- the live view -----------------------------------------------------------------------------

    def port_changed(self, id: str) -> None:
        """State or leg of this port is another one."""
        if id not in self.lines and id not in self.stations:
            return  # a modem that was given back, while its call ends
        item = self.ports.json(id)
        if self._shown.get(id) != item:
            self._shown[id] = item
            self._publish("port", item)
        if extension := self._config.extension_on(id):
            self.queues.check_phones(extension.number)
        self.lamps.look()

    def port_gone(self, id: str) -> None:
        """It is no port of this box any more."""
        self._shown.pop(id, None)
        self._publish("port_gone", {"id": id})

    def left_off_hook(self, id: str, locked_out: bool) -> None:
        """Somebody should put the handset down."""
        self.ports.left_off_hook(id, locked_out)

    def port_cannot(self, id: str, why: str) -> None:
        """The alarm stands until the configuration is another one."""
        self.ports.cannot(id, why)

    def message_waiting(self, number: str, on: bool) -> None:
        """Messages wait for the extension's phone, or none any more. NotFound."""
        self._phone_lamps.show_messages(extension_of(self._config, number), int(on), 0)

    def _messages_counted(self, box: str, new: int, saved: int) -> None:
        """The phones of the box's owner show it, and whoever looks on."""
        self._publish("voicemail", {"box": box, "new": new, "saved": saved})
        with contextlib.suppress(NotFound):
            self._phone_lamps.show_messages(extension_of(self._config, box), new, saved)

    def phone_reachable(self, extension: Extension) -> bool:
        """Whether a SIP phone of the extension would ring: one with an address of its own always might."""
        if not extension.sip or extension.sip.address:
            return bool(extension.sip)
        return self.edge is not None and self.edge.registered(extension.number)
