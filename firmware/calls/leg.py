# SPDX-License-Identifier: GPL-2.0-or-later
"""A leg: one party's connection. Call control never asks whether it is analog or SIP."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from firmware.calls.causes import Cause

if TYPE_CHECKING:
    from drivers.lineaudio import FaxTone
    from firmware.calls.quality import Quality

__all__ = ["Caller", "Failed", "Leg", "existing"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as it is shown: "" is unknown."""

    number: str = ""
    name: str = ""
    private: bool = False


class Failed(Exception):
    """A leg could not be brought up."""

    def __init__(self, cause: Cause, why: str) -> None:
        super().__init__(why)
        self.cause = cause


def existing(found: T | None, what: str) -> T:
    """What a look-up in the configuration found. Failed when it was deleted; `what` is for example "queue support"."""
    if found is None:
        raise Failed(Cause.UNALLOCATED, f"the {what} was deleted")
    return found


class Deflected(Failed):
    """A phone says by itself that its call is to go to another number (SIP 302)."""

    def __init__(self, to: str, why: str) -> None:
        super().__init__(Cause.BUSY, why)
        self.to = to


class Leg(ABC):
    """`gone` is done, with the cause, as soon as the party has hung up. Close a leg with `hang_up`, always.

    `slot` is its place on the conference bridge while it has sound; those in `on_moved` are called when it is
    another one (a SIP re-INVITE), and have to connect anew. `on_digit` is told of digits dialled during a call,
    `on_note` of what belongs into the call's trail (an event, and its data by name), those in `on_fax` of what a fax
    machine at the other end says first.
    """

    kind: Literal["analog", "sip"]

    def __init__(self, name: str) -> None:
        self.name = name
        self.language = ""  # of the prompts that this party hears; "" is the site's
        self.number = ""  # of the extension, when it is a phone of the house
        self.holds = False  # has put the other one on hold: it neither talks nor listens
        self.on_flash: Callable[[], None] = lambda: None
        self.on_hold: Callable[[], None] = lambda: None  # `holds` is another one
        self.may_wait: Callable[[], bool] = lambda: False  # a second call may disturb it now
        self.carries_data = False  # a fax or modem was heard: nothing else must be
        self.gone: asyncio.Future[Cause] = asyncio.get_running_loop().create_future()
        self.digits: asyncio.Queue[str] = asyncio.Queue()
        self.on_moved: list[Callable[[], None]] = []
        self.on_digit: Callable[[str], None] = lambda digit: None
        self.on_fax: list[Callable[[FaxTone], None]] = []
        self.on_note: Callable[..., None] = lambda event, **data: None

    @property
    @abstractmethod
    def slot(self) -> int:
        """Place on the bridge."""

    @abstractmethod
    async def alert(self) -> None:
        """Tells a calling party that somebody's phone rings."""

    @abstractmethod
    async def answer(self) -> None:
        """Connects a calling party. Failed when it cannot be."""

    async def preview(self) -> None:
        """Lets a calling party hear the far end, which has not answered yet. Failed when it cannot."""
        await self.answer()

    @abstractmethod
    async def refuse(self, cause: Cause) -> None:
        """Lets a calling party know why there is no connection: a tone, or a SIP response. Returns when it knows."""

    @abstractmethod
    def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        """Lets go of the party. Harmless the second time."""

    @abstractmethod
    def send_digit(self, digit: str) -> None:
        """Lets the party hear a digit that came as a signal instead of as sound (RFC 4733)."""

    def far_end_answered(self, *, outside: bool) -> None:  # noqa: B027 (most kinds of legs need not know)
        """From here on the calling party's call counts; `outside`: it costs money."""

    def hear_digits(self) -> None:  # noqa: B027
        """From here on its keys are wanted, although it was called."""

    def quiet(self) -> None:  # noqa: B027
        """Ends the tone that only this party hears."""

    def tell(self, cause: Cause) -> None:  # noqa: B027
        """Lets a party that stays in its call hear why somebody else cannot be had, until `quiet`."""

    def cancel_echo(self, on: bool) -> None:  # noqa: B027
        """For the rest of the call: off for fax and modems. Harmless where there is no echo canceller."""

    def quality(self) -> Quality | None:
        """How it has sounded; None while nobody can say."""
        return None

    def left(self, cause: Cause) -> None:
        """The party has hung up."""
        if not self.gone.done():
            self.gone.set_result(cause)
