# SPDX-License-Identifier: GPL-2.0-or-later
"""What the coroutines of calls need of the box. `firmware.core.pbx.Pbx` is it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from drivers.lineaudio import NativeEvents, Sound
from firmware.calls.conferences import ConferenceRooms
from firmware.calls.journal import Journal
from firmware.calls.line import Line
from firmware.calls.mailboxes import Mailboxes
from firmware.calls.parking import ParkingLot
from firmware.calls.picking import RingingPhones
from firmware.calls.recording_room import RecordingRoom
from firmware.calls.sip_leg import SipLeg
from firmware.calls.station import Station
from firmware.config import Config, Extension, Target, Trunk
from firmware.countries import Country

if TYPE_CHECKING:
    from firmware.calls.agent_desk import AgentDesk
    from firmware.calls.call import Call
    from firmware.calls.call_backs import CallBacks
    from firmware.calls.choices import Choices
    from firmware.calls.completing import Completions
    from firmware.calls.disa import DisaDoor
    from firmware.calls.groups import Turns
    from firmware.calls.lamps import Lamps
    from firmware.calls.leg import Caller, Leg
    from firmware.calls.night import NightSwitch
    from firmware.calls.phone_book import PhoneBook
    from firmware.calls.queueing import Queues
    from firmware.calls.toll_meter import TollMeter
    from firmware.core.place import Place


class Host(Protocol):
    """The box as calls see it. Configuration and country are those of now."""

    journal: Journal
    events: NativeEvents
    room: RecordingRoom
    queues: Queues
    parking: ParkingLot
    conferences: ConferenceRooms
    mailboxes: Mailboxes
    ringing: RingingPhones
    choices: Choices
    groups: Turns
    lamps: Lamps
    completions: Completions
    tolls: TollMeter
    night: NightSwitch
    disa: DisaDoor
    call_backs: CallBacks
    phone_book: PhoneBook
    agents: AgentDesk
    lines: dict[str, Line]
    stations: dict[str, Station]

    @property
    def config(self) -> Config:
        """In force now."""

    @property
    def country(self) -> Country:
        """Of the site, now."""

    def local_time(self) -> datetime:
        """Now, at the site."""

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Something that goes on beside a call; what it forgot to handle is logged."""

    def prompt(self, name: str, language: str = "") -> Sound | None:
        """In a language, "" is the site's; the office's own one if it has one of this name."""

    def has_prompt(self, name: str, language: str) -> bool:
        """Whether there is such a prompt."""

    async def keep_prompt(self, name: str, wav: bytes, language: str = "any") -> None:
        """Keeps a prompt that was recorded from a phone."""

    def music(self, prompt: str = "") -> int | None:
        """The slot of the bridge where music on hold plays, or a prompt in its place; None without music."""

    def connect(self, call: Call, leg: Leg, target: Target) -> Coroutine[Any, Any, None]:
        """Takes a party of a call to a target and stays until the end. Ends in Gone, Failed or Overflowed."""

    def call_phone(self, extension: Extension, sender: str, headers: Mapping[str, str] = {}) -> SipLeg:
        """Sends an INVITE to the extension's SIP phones, with more headers. Failed when none would ring."""

    def phone_reachable(self, extension: Extension) -> bool:
        """Whether a SIP phone of the extension would ring."""

    def places(self, trunk: Trunk) -> list[Place]:
        """Where the provider of a SIP trunk can be called, best first."""

    def trunk_down(self, trunk: Trunk) -> bool:
        """Whether the provider of a SIP trunk answers nowhere."""

    def call_provider(self, trunk: Trunk, place: Place, digits: str, caller: Caller) -> SipLeg:
        """Sends an INVITE to a SIP trunk. Failed when it cannot be sent."""

    async def keep_trial(self, by: str, /) -> None:
        """The change that is on trial stays. NotFound."""

    def port_changed(self, id: str) -> None:
        """State or leg of this port is another one."""

    def left_off_hook(self, id: str, locked_out: bool) -> None:
        """A station was left off the hook for so long that its line rests; False when it was put down."""

    def port_cannot(self, id: str, why: str) -> None:
        """The card cannot do what the configuration asks of this port; `why` is a sentence."""
