# SPDX-License-Identifier: GPL-2.0-or-later
"""The protocol of a cellular modem: what the box can do with a SIM card and a radio; and the factory of one.

All in the asyncio thread. What a modem is sent by the network comes through the `on_…` callbacks.
"""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from drivers.port import PortError
from drivers.sms import Alphabet, Deliver, Part, Report


class Sim(enum.StrEnum):
    """The card, as 3GPP TS 27.007, 8.3 tells it."""

    UNKNOWN = "unknown"
    READY = "ready"
    PIN = "pin"  # it asks for its PIN, and there is none, or it was refused before
    PUK = "puk"  # the PIN was wrong too often
    ABSENT = "absent"


class Registration(enum.StrEnum):
    """With a network, 27.007, 7.2."""

    UNKNOWN = "unknown"
    NONE = "none"
    HOME = "home"
    SEARCHING = "searching"
    DENIED = "denied"
    ROAMING = "roaming"


@dataclass(frozen=True, slots=True)
class CellularStatus:
    """How a modem is. `fault` is a sentence for the installer, "" while it answers; the signal is in dBm."""

    fault: str = "The modem has not answered yet."
    model: str = ""
    sim: Sim = Sim.UNKNOWN
    registration: Registration = Registration.UNKNOWN
    operator: str = ""
    signal_dbm: int | None = None
    stored: int = 0  # messages in the modem's memory
    capacity: int = 0

    @property
    def registered(self) -> bool:
        """Messages can be sent."""
        return not self.fault and self.registration in (Registration.HOME, Registration.ROAMING)


@dataclass(frozen=True, slots=True)
class UssdReply:
    """What the network says; `more`: it waits for an answer."""

    text: str
    more: bool


class SendFailed(PortError):
    """A message was not sent. `again`: it may work later. `unsure`: it may have been sent all the same."""

    def __init__(self, why: str, *, again: bool = False, unsure: bool = False) -> None:
        super().__init__(why)
        self.again, self.unsure = again, unsure


class PinGuard(Protocol):
    """Remembers, across restarts, which PIN a card refused: three wrong ones lock it."""

    @property
    def pin(self) -> str:
        """The one that was set; "" when none was."""

    async def may_try(self) -> bool:
        """False when it was tried before without success. From here on it counts as tried."""

    async def accepted(self) -> None:
        """It was the right one."""


class CellularModem(ABC):
    """A modem with a SIM card. It is opened again and again until it is there; `stop` ends that.

    `on_message` and `on_report` say True once what they were given is kept: it is deleted from the modem then.
    """

    def __init__(self, device: str) -> None:
        self.device = device
        self.on_status: Callable[[], None] = lambda: None
        self.on_message: Callable[[Deliver, str], Awaitable[bool]]
        self.on_report: Callable[[Report], Awaitable[bool]]
        self.on_ring: Callable[[str], None] = lambda number: None
        self.on_ussd: Callable[[UssdReply], None] = lambda reply: None

    @property
    @abstractmethod
    def status(self) -> CellularStatus:
        """As last seen."""

    @abstractmethod
    def start(self) -> None:
        """Begins to look for the modem."""

    @abstractmethod
    async def stop(self) -> None:
        """Lets go of it."""

    @abstractmethod
    async def send(self, number: str, text: str, part: Part | None, coding: Alphabet | None) -> int:
        """Sends a message, or a part of one; its reference for the delivery report. SendFailed."""

    @abstractmethod
    async def ussd(self, code: str) -> UssdReply:
        """Sends a code such as *100#, or the answer that the network waits for. PortError."""

    @abstractmethod
    async def end_ussd(self) -> None:
        """Leaves a dialogue in which the network waits. PortError."""


def open_cellular(device: str, guard: PinGuard) -> CellularModem:
    """The modem at a serial device, not started yet."""
    from drivers.modem.cellular import Cellular

    return Cellular(device, guard)
