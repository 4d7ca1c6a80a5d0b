# SPDX-License-Identifier: GPL-2.0-or-later
"""Those who talk in a call, while they do: who hears whom, who is on hold, who comes and who leaves.

Two parties as a rule. One may consult somebody else while the other hears music, hand the call over, or bring all three
together. All of it stays one call: its id, its record, its recording.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from firmware.calls import consulting
from firmware.calls.call import Call
from firmware.calls.causes import Cause
from firmware.calls.host import Host
from firmware.calls.leg import Failed, Leg
from firmware.calls.mixing import mixed
from firmware.calls.parking import Place
from firmware.calls.recorded import Recorded
from firmware.calls.scope import Gone
from firmware.calls.talking import hearing
from firmware.config import Target

log = logging.getLogger(__name__)

Go = Callable[[Leg], Coroutine[Any, Any, None]]  # takes a party somewhere and stays until the end
Mode = Literal["talk", "listen", "whisper"]  # the latter two are a supervisor's: heard by nobody, or by the house only
MODE_KEYS: dict[str, Mode] = {"4": "listen", "5": "whisper", "6": "talk"}
LEAST = 2  # parties, or there is nobody to talk with


class Ways(Protocol):
    """Where a party can be taken."""

    def to(self, target: Target) -> Go:
        """A queue, an extension, a number outside."""

    def parked(self, place: Place, by: Leg) -> Go:
        """A parking slot."""


class Moved(Exception):
    """The party that stays is taken somewhere else; `by` is who sent it there, and is tried again if nobody answers."""

    def __init__(self, leg: Leg, go: Go, by: Leg | None) -> None:
        super().__init__(f"{leg.name} is taken elsewhere")
        self.leg, self.go, self.by = leg, go, by


@dataclass(slots=True)
class Party:
    """`on_left` is told once when it is no longer part. `waits`: hears music instead of the others."""

    leg: Leg
    mode: Mode = field(default="talk", kw_only=True)
    on_left: Callable[[], None] = field(default=lambda: None)
    waits: bool = False
    supervises: bool = False
    noted: Callable[[str], None] = field(default=lambda digit: None)  # where its keys went before


class Conversation:
    """Run it in the call's task. What parties and the API want of it comes through methods, in the asyncio thread."""

    def __init__(self, host: Host, call: Call, ways: Ways) -> None:
        self.host, self.call, self.ways = host, call, ways
        self.recorded = Recorded(host, call, self.arrange)
        self.parties: list[Party] = []
        self._sound = contextlib.ExitStack()
        self._consultation: consulting.Consultation | None = None
        self._last_in: Leg | None = None  # who made it a conference, and is let go first
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    # ---- life ------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Until too few are left, which raises Gone; or until somebody is taken elsewhere: Moved; or Failed."""
        self.call.conversation = self
        try:
            self.arrange()
            await self._over
        finally:
            self.call.conversation = None
            self._over.cancel()
            self._sound.close()
            if self._consultation:
                self._consultation.cancel()
            for party in list(self.parties):
                self._forget(party)
            self.recorded.close()

    def add(self, leg: Leg, on_left: Callable[[], None] = lambda: None) -> Party:
        """A party that is there from now on."""
        party = Party(leg, on_left)
        self.parties.append(party)
        party.noted, leg.on_digit = leg.on_digit, functools.partial(self.recorded.pressed, leg)
        leg.on_flash = lambda: self.flashed(party)
        leg.on_hold = self.arrange
        leg.may_wait = lambda: self._may_wait(party)
        leg.gone.add_done_callback(self._on_gone)
        return party

    def _forget(self, party: Party) -> None:
        self.parties.remove(party)
        party.leg.gone.remove_done_callback(self._on_gone)
        party.leg.on_flash = party.leg.on_hold = lambda: None
        party.leg.on_digit = party.noted
        party.leg.may_wait = lambda: False
        party.on_left()

    def _may_wait(self, party: Party) -> bool:
        """Whether a tone may tell this party that somebody else calls: it talks with one other person."""
        quiet = any(known.leg.carries_data for known in self.parties)
        return not (quiet or self._consultation or party.waits or party.leg.holds or len(self.parties) != LEAST)

    def _end(self, error: BaseException) -> None:
        if not self._over.done():
            self._over.set_exception(error)

    # ---- who hears whom --------------------------------------------------------------------------

    def arrange(self) -> None:
        """Connects everybody as it should be now."""
        self._sound.close()
        self._sound = contextlib.ExitStack()
        there = [party for party in self.parties if not party.leg.gone.done()]
        talking = [party.leg for party in there if not party.waits]
        held = any(leg.holds for leg in talking)
        talking = [leg for leg in talking if not leg.holds]
        waiting = talking if held and len(talking) < LEAST else []
        if len(talking) >= LEAST:
            self._sound.enter_context(mixed(talking, self.recorded.recorder, self._reaches))
        self.call.holds(bool(waiting) or any(party.waits for party in there))
        for leg in [*waiting, *(party.leg for party in there if party.waits)]:
            self._sound.enter_context(hearing(self.host.music(), leg))

    def _reaches(self, one: Leg, other: Leg) -> bool:
        """Whether what one says is heard by the other."""
        party = self.party(one)
        mode = party.mode if party else "talk"
        return mode == "talk" or (mode == "whisper" and bool(other.number))

    def hold(self, others_of: Party) -> None:
        """Everybody else hears music."""
        for party in self.parties:
            party.waits = party is not others_of
        self.call.note("held", by=others_of.leg.name)
        self.arrange()

    def resume(self) -> None:
        """All hear each other."""
        for party in self.parties:
            party.waits = False
        self.call.note("resumed")
        self.arrange()

    # ---- who comes and goes ----------------------------------------------------------------------

    def joins(self, leg: Leg, on_left: Callable[[], None] = lambda: None) -> Party:
        """Somebody new is part of the call."""
        self.call.joined(leg)
        return self.add(leg, on_left)

    def supervised(self, leg: Leg, mode: Mode) -> None:
        """A supervisor listens, whispers to the phones of the house, or talks with all; its keys 4, 5, 6 choose."""
        party = self.joins(leg)
        party.supervises = True
        noted = leg.on_digit
        self._supervise(party, mode)

        def chosen(digit: str) -> None:
            noted(digit)
            if digit in MODE_KEYS:
                self._supervise(party, MODE_KEYS[digit])

        leg.on_digit = chosen

    def supervises(self, extension: str, mode: Mode) -> bool:
        """True when it does already; it listens, whispers or talks from now on."""
        party = next((party for party in self.parties if party.supervises and party.leg.number == extension), None)
        if party:
            self._supervise(party, mode)
        return party is not None

    def _supervise(self, party: Party, mode: Mode) -> None:
        party.mode = mode
        self.call.note("supervised", by=party.leg.name, mode=mode)
        self.arrange()

    def released(self, leg: Leg) -> None:
        """This party goes on in another call."""
        party = self.party(leg)
        if party:
            self._sound.close()
            self._forget(party)
            self.call.parted(leg)
            self._look(leg, Cause.NORMAL)

    def party(self, leg: Leg) -> Party | None:
        """Of this leg, None when it is not one of ours."""
        return next((party for party in self.parties if party.leg is leg), None)

    def _on_gone(self, gone: asyncio.Future[Cause]) -> None:
        party = next((party for party in self.parties if party.leg.gone is gone), None)
        if party:
            self._left(party, gone.result())

    def _left(self, party: Party, cause: Cause) -> None:
        self._forget(party)
        if self._last_in is party.leg:
            self._last_in = None
        self.call.release(party.leg, cause)
        consultation = self._consultation
        if consultation and consultation.by is party.leg:
            self._hand_over(consultation)
        elif consultation and consultation.found is party.leg:
            self._consultation = None
            self._back()
        self._look(party.leg, cause)

    def _look(self, leg: Leg, cause: Cause) -> None:
        """Is there still a conversation?"""
        talking = [party for party in self.parties if party.mode == "talk"]
        if len(talking) < LEAST and not (talking and self._consultation):
            self._end(Gone(leg, cause))
        elif not self._over.done():
            self.arrange()

    def _back(self) -> None:
        for party in self.parties:
            party.waits = False

    # ---- a second call beside it -----------------------------------------------------------------

    def flashed(self, party: Party) -> None:
        """The hook was flashed: consult somebody; come back; all together; or let the last one go."""
        consultation = self._consultation
        if party.waits:
            return
        if consultation is None and self._last_in and len(self.parties) > LEAST:
            self.drop(self._last_in)
        elif consultation is None:
            self.consult(party)
        elif consultation.by is party.leg and consultation.found:
            self._consultation, self._last_in = None, consultation.found
            self.call.note("conference", by=party.leg.name)
            self.resume()
        elif consultation.by is party.leg:
            self._give_up(consultation)

    def consult(self, party: Party, number: str = "") -> None:
        """Lets a party call somebody else: `number`, or what it dials."""
        self.hold(party)
        self._consultation = consulting.Consultation(self, party.leg, number)
        self.call.changed()

    @property
    def consultation(self) -> consulting.Consultation | None:
        """The second call beside this one, while there is one."""
        return self._consultation

    def consultation_json(self) -> dict[str, str] | None:
        """For pages: whose extension asks, whom, and how far it is."""
        asked = self._consultation
        if not asked or asked.recalling:
            return None
        state = "talking" if asked.found else "calling" if asked.calling else "failed"
        return {"by": asked.by.number, "number": asked.number, "state": state}

    def found(self, consultation: consulting.Consultation, leg: Leg) -> None:
        """The one who was called is there."""
        self.joins(leg)
        self.call.note("consulted", by=consultation.by.name, to=leg.name)
        if self.party(consultation.by):
            self.arrange()
        else:
            self._consultation = None
            self._transferred(consultation, leg)
            self._back()
            self.arrange()

    def not_found(self, consultation: consulting.Consultation, failed: Failed) -> None:
        """Nobody came. Who asked hears why, and comes back by flash or hangs up; who has hung up is called back."""
        self.call.note("consultation_failed", by=consultation.by.name, cause=int(failed.cause), reason=str(failed))
        if not self.party(consultation.by):
            self._recall(consultation, failed)

    def comes_back(self, consultation: consulting.Consultation) -> None:
        """Has heard that nobody came."""
        if self._consultation is consultation:
            self._give_up(consultation)

    def _give_up(self, consultation: consulting.Consultation) -> None:
        consultation.cancel()
        self._consultation = None
        self.resume()

    def _hand_over(self, consultation: consulting.Consultation) -> None:
        """Who consulted has hung up: the others talk, as soon as there are two."""
        if consultation.found:
            self._consultation = None
            self._transferred(consultation, consultation.found)
            self._back()
        elif consultation.calling:
            self.call.note("transfer_began", by=consultation.by.name, to=consultation.number)
        else:
            consultation.cancel()
            self._recall(consultation, Failed(Cause.NORMAL, f"{consultation.by.name} hung up while another waited"))

    def _transferred(self, consultation: consulting.Consultation, leg: Leg) -> None:
        self.call.note("came_back" if consultation.recalling else "transferred", by=consultation.by.name, to=leg.name)

    def _recall(self, consultation: consulting.Consultation, failed: Failed) -> None:
        """The one who left the other waiting is rung again."""
        extension = consultation.by.number
        if not extension or consultation.recalling:
            self._end(failed)
            return
        self.call.note("recalled", to=extension)
        self._consultation = consulting.Consultation(self, consultation.by, extension, recalling=True)

    def drop(self, leg: Leg) -> None:
        """Lets one party go."""
        leg.left(Cause.NORMAL)

    # ---- orders ----------------------------------------------------------------------------------

    def transfer(self, keep: Leg, go: Go, to: str, by: Leg | None) -> None:
        """Takes one party elsewhere and lets the others go. `by` is called back when nobody is there."""
        self.call.note("transferred", by=by.name if by else "system", to=to)
        self._end(Moved(keep, go, by))
