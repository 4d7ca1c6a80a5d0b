# SPDX-License-Identifier: GPL-2.0-or-later
"""A line's own number is learnt: the box calls itself on another line, or somebody calls a number and a line rings."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from firmware import telephone_numbers
from firmware.calls.arrival import Arrival
from firmware.calls.leg import Caller, Failed
from firmware.calls.line import Line
from firmware.calls.scope import Gone, while_present
from firmware.core.line_doctor.office import WHY_NOT
from firmware.core.line_doctor.settings import with_settings
from firmware.errors import Conflict, Invalid, NotFound, TipringError, Unavailable

if TYPE_CHECKING:
    from firmware.core.config_office import ConfigOffice
    from firmware.core.pbx import Pbx

RINGS_WITHIN_S = 30.0  # an exchange takes up to 15 s to connect
STOPS_WITHIN_S = 12.0  # the longest pause of a ring, and what a line waits beyond it
WAITS_S = 600.0  # for somebody to call
_NUMBER = re.compile(r"\+?[0-9]{3,20}")

Json = dict[str, Any]


@dataclass(slots=True)
class Learning:
    """One at a time. `state`: "calling" from `line` to `number` on `via`, "waiting" for a call to `number`, "rang" on
    `line` (from `caller`), "learnt": `line` has `number`, "failed" with `why`."""

    state: str
    line: str = ""
    number: str = ""
    via: str = ""
    caller: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Far:
    """A line, or a trunk of a provider, whose number is known: the other end of the box's own call."""

    name: str
    number: str


class NumberLearning:
    """Lives in the asyncio thread. `changed` is told that there is more to show."""

    def __init__(self, pbx: Pbx, configuration: ConfigOffice, changed: Callable[[], None]) -> None:
        self._pbx, self._configuration, self._changed = pbx, configuration, changed
        self._now: Learning | None = None
        self._until = 0.0
        self._task: asyncio.Task[None] | None = None

    def as_json(self) -> Json | None:
        """What was begun last; None when nothing was."""
        if self._now and self._now.state == "waiting" and time.monotonic() > self._until:
            self._now = None
        return asdict(self._now) if self._now else None

    def forget(self) -> None:
        """It is over, or not wanted any more."""
        if self._task:
            self._task.cancel()
        self._now = None
        self._changed()

    # ---- somebody calls ------------------------------------------------------------------------

    def wait_for(self, number: str) -> None:
        """From now on the line that rings is the one that has this number, as far as a person says so. Conflict."""
        self._free()
        self._until = time.monotonic() + WAITS_S
        self._set(Learning("waiting", number=_usable(number)))

    def heard(self, event: str, data: Json) -> None:
        """An event of the core: a call that comes in on a line, once it is known who calls."""
        now = self._now
        if event != "call" or data["direction"] != "inbound" or not data["line"] or not now:
            return
        if now.state == "waiting" or (now.state == "rang" and now.line == data["line"]):
            self._set(Learning("rang", data["line"], now.number, caller=data["from_number"]))

    # ---- the box calls itself ------------------------------------------------------------------

    def call(self, name: str, author: str) -> None:
        """Over this line to another one. NotFound, Conflict, Unavailable say why not."""
        self._free()
        line = self._pbx.lines.get(name)
        if not line:
            raise NotFound(f"There is no line {name}.", code="no_such_line", field="line")
        if line.state != "idle":
            raise Conflict(f"{name} cannot call out now: {WHY_NOT[line.state]}.", code="line_not_idle", field="line")
        far = next(self._others(name), None)
        if not far:
            why = f"No other line has a number yet that {name} could call. Type one, or call the box from a mobile."
            raise Unavailable(why, code="no_other_number")
        self._set(Learning("calling", name, far.number, far.name))
        self._task = self._pbx.spawn(self._learn(line, far, author))

    def _free(self) -> None:
        if self._now and self._now.state == "calling":
            raise Conflict("The box calls itself already. Wait until it is done.", code="learning_already")

    def _others(self, name: str) -> Iterator[Far]:
        """Lines come first: they cost least."""
        config = self._pbx.config
        for known in config.lines:
            line = self._pbx.lines.get(known.port)
            if line and known.port != name and known.number and line.state == "idle":
                yield Far(known.port, known.number)
        yield from (Far(t.name, t.sip.number) for t in config.trunks if t.sip and t.sip.number)

    async def _learn(self, line: Line, far: Far, author: str) -> None:
        try:
            caller = await self._seen_from(line, far)
            await self._keep(line.id, _shown(caller, far), author)
        except (TipringError, Failed) as error:
            self._set(Learning("failed", line.id, far.number, far.name, why=str(error)))

    async def _seen_from(self, line: Line, far: Far) -> Caller:
        arrived: asyncio.Future[Arrival] = asyncio.get_running_loop().create_future()
        self._pbx.awaited[far.name] = lambda arrival: _first(arrived, arrival, self._pbx)
        leg = line.take()
        caller = Caller()
        try:
            async with asyncio.timeout(RINGS_WITHIN_S), while_present(leg):
                await leg.dial(self._dialled(far.number))
                caller = await _identified(await arrived)
        except (TimeoutError, Gone):
            if not arrived.done():
                why = f"{line.id} called {far.number}, and {far.name} did not ring. Is {far.number} its number?"
                raise Unavailable(why, code="did_not_ring") from None
        finally:
            leg.hang_up()
            del self._pbx.awaited[far.name]
            if arrived.done() and not arrived.cancelled():
                self._pbx.spawn(_left(arrived.result()))
        await self._was_ours(arrived.result(), far)
        return caller

    async def _was_ours(self, arrival: Arrival, far: Far) -> None:
        """Who rings on after the box has hung up was somebody else. Unavailable."""
        try:
            async with asyncio.timeout(STOPS_WITHIN_S):
                await asyncio.shield(arrival.leg.gone)
        except TimeoutError:
            why = f"Somebody else called on {far.name} at the same time. Try again."
            raise Unavailable(why, code="somebody_called") from None

    def _dialled(self, number: str) -> str:
        """As the country dials it: a line knows no plus."""
        known = telephone_numbers.forms(number, self._pbx.config.site.country)
        return known[-1] if number.startswith("+") else number

    async def _keep(self, line: str, number: str, author: str) -> None:
        made_from = self._configuration.revision
        document = with_settings(made_from.document, line, {"number": number})
        await self._configuration.take(document, author, made_from.id)
        self._set(Learning("learnt", line, number))

    def _set(self, now: Learning) -> None:
        self._now = now
        self._changed()


def _first(arrived: asyncio.Future[Arrival], arrival: Arrival, pbx: Pbx) -> None:
    """Only one call is the box's own."""
    if arrived.done():
        pbx.spawn(arrival.go_on())
    else:
        arrived.set_result(arrival)


async def _identified(arrival: Arrival) -> Caller:
    await arrival.leg.alert()
    try:
        async with while_present(arrival.leg):
            return await arrival.identify()
    except Gone:
        return Caller()


async def _left(arrival: Arrival) -> None:
    """Lets go of the call that came in, once it rings no more; a call that rings on is the office's."""
    try:
        async with asyncio.timeout(STOPS_WITHIN_S):
            await asyncio.shield(arrival.leg.gone)
    except TimeoutError:
        await arrival.go_on()
    else:
        arrival.leg.hang_up()


def _shown(caller: Caller, far: Far) -> str:
    """The number that came. Unavailable."""
    if not _NUMBER.fullmatch(caller.number):
        how = "it was withheld" if caller.private else "none came"
        why = (
            f"{far.name} rang, but showed no number: {how}. Order caller display for {far.name}, "
            "or call the box from a mobile."
        )
        raise Unavailable(why, code="no_number_shown")
    return caller.number


def _usable(number: str) -> str:
    """Invalid."""
    found = telephone_numbers.dialled(number)
    if not _NUMBER.fullmatch(found):
        raise Invalid("Give the number that you call, in digits.", field="number")
    return found
