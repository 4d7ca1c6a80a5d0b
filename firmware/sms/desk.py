# SPDX-License-Identifier: GPL-2.0-or-later
"""Every cellular modem of the box: messages come in, go out in their order, and troubles become alarms."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from drivers.cellular import CellularModem, PinGuard, UssdReply, open_cellular
from drivers.port import PortError
from drivers.sms import Deliver, Report, parts_of
from firmware import times
from firmware.calls.journal import CELLULAR, Journal
from firmware.calls.toll_meter import TollMeter
from firmware.config import Cellular, Config
from firmware.countries import Country
from firmware.errors import Conflict, Denied, Invalid, NotFound, Unavailable
from firmware.ids import uuid7
from firmware.records import Direction, Severity, Sms, SmsState
from firmware.sms import guard
from firmware.sms.pins import KeptPins
from firmware.sms.sending import Sending
from firmware.sms.troubles import Patience, trouble
from firmware.store import sms as store
from firmware.store.writer import HistoryWriter

log = logging.getLogger(__name__)

HOUR = timedelta(hours=1)
OVERDUE_EVERY_S = 600.0
LONGEST = 1530
FLUSH_S = 5.0
Open = Callable[[str, PinGuard], CellularModem]


@dataclass(slots=True)
class Seat:
    """A modem of the configuration."""

    settings: Cellular
    pins: KeptPins
    modem: CellularModem
    sending: Sending
    patience: Patience = field(default_factory=Patience)
    alarm: str = ""
    used: list[tuple[datetime, int]] = field(default_factory=list)


class SmsDesk:
    """`configure` whenever the configuration is another one; `look` now and then."""

    def __init__(
        self, journal: Journal, tolls: TollMeter, writer: HistoryWriter, config: Callable[[], Config],
        country: Callable[[], Country], opened: Open = open_cellular,
    ) -> None:  # fmt: skip
        self._journal, self._tolls, self._writer = journal, tolls, writer
        self._config, self._country, self._opened = config, country, opened
        self._seats: dict[str, Seat] = {}
        self._used: list[tuple[str, datetime, int]] = []
        self._overdue_at = 0.0
        self._tasks: set[asyncio.Task[None]] = set()

    # ---- life ------------------------------------------------------------------------------------

    async def start(self) -> None:
        """What was to be sent before a restart still is; what was being sent may have gone out."""
        try:
            left = await self._writer.run(store.open_ones)
            self._used = await self._writer.run(store.sent_since, times.now() - HOUR)
        except Unavailable as error:
            log.error("%s", error)
            left = []
        await self.configure()
        for sms in left:
            seat = self._seats.get(sms.modem)
            if sms.state is SmsState.SENDING:
                self._changed(replace(sms, state=SmsState.UNSURE, reason="The box restarted while it was sent."))
            elif seat:
                seat.sending.put(sms)
            else:
                self._changed(replace(sms, state=SmsState.FAILED, reason=f"There is no modem {sms.modem} any more."))

    async def stop(self) -> None:
        """Lets go of every modem."""
        for seat in list(self._seats.values()):
            await self._close(seat)

    async def configure(self) -> None:
        """Modems that are new, gone, or at another device."""
        wanted = {settings.name: settings for settings in self._config().cellular}
        for name, seat in list(self._seats.items()):
            settings = wanted.get(name)
            if settings and (settings.device, settings.pin) == (seat.settings.device, seat.settings.pin):
                seat.settings = settings
                continue
            await self._close(self._seats.pop(name))
            if seat.alarm:
                self._journal.clear_alarm(CELLULAR + name)
        for name, settings in wanted.items():
            if name not in self._seats:
                self._seats[name] = self._open(settings)

    def _open(self, settings: Cellular) -> Seat:
        pins = KeptPins(self._writer, settings.name, settings.pin)
        modem = self._opened(settings.device, pins)
        name = settings.name
        modem.on_message = lambda message, pdu: self._came(name, message, pdu)
        modem.on_report = lambda report: self._reported(name, report)
        modem.on_ring = lambda number: self._journal.announce("modem_call", {"modem": name, "number": number})
        modem.on_ussd = lambda reply: self._journal.announce("ussd", {"modem": name, "text": reply.text})
        sending = Sending(modem, self._changed, lambda reference, sms: self._part_sent(name, reference, sms))
        modem.on_status = lambda: self._status_changed(name)
        modem.start()
        sending.start()
        return Seat(settings, pins, modem, sending)

    async def _close(self, seat: Seat) -> None:
        await seat.sending.stop()
        await seat.modem.stop()

    def _status_changed(self, name: str) -> None:
        seat = self._seats.get(name)
        if seat:
            seat.sending.wake()
            self._journal.announce("modem", self._json(seat))

    # ---- coming in -------------------------------------------------------------------------------

    @property
    def _cloud(self) -> bool:
        return self._config().cloud is not None

    async def _came(self, name: str, message: Deliver, pdu: str) -> bool:
        part = (message.part.reference, message.part.total, message.part.number) if message.part else None
        came = store.Incoming(name, message.sender, message.text, pdu, times.now(), part)
        try:
            sms = await self._writer.run(store.received, came, self._cloud)
        except Unavailable as error:
            log.error("%s", error)
            return False  # it stays in the modem
        if sms:
            self._journal.announce("sms", sms.as_json())
        return True

    async def _reported(self, name: str, report: Report) -> bool:
        await self._journal.flush(FLUSH_S)  # under which reference it went out
        try:
            sms = await self._writer.run(
                store.reported, name, report.reference, report.outcome.value, times.now(), self._cloud
            )
        except Unavailable as error:
            log.error("%s", error)
            return False
        if sms:
            self._journal.announce("sms", sms.as_json())
        return True

    # ---- going out -------------------------------------------------------------------------------

    async def send(self, number: str, text: str, modem: str = "", author: str = "") -> Sms:
        """Takes a message to be sent; it is kept then. Invalid, Denied, NotFound, Conflict, Unavailable."""
        seat = self._seat(modem)
        if not text.strip() or len(text) > LONGEST:
            raise Invalid(f"Write a text of 1 to {LONGEST} characters.", code="bad_text", field="text")
        try:
            parts = len(parts_of(text))
        except ValueError as error:
            raise Invalid(str(error), code="bad_text", field="text") from None
        toll = guard.check(self._config(), self._country(), number)
        if refused := self._tolls.refuses(toll, parts):
            raise Denied(f"{refused[0].upper()}{refused[1:]}.", code="toll_limit", field="number")
        self._take(seat, parts)
        sms = Sms(
            str(uuid7()), Direction.OUTBOUND, seat.settings.name, number, text, times.now(), SmsState.QUEUED,
            author=author, parts=parts,
        )  # fmt: skip
        await self._writer.run(store.saved, sms, self._cloud)
        if toll:
            self._tolls.texted(toll, number, parts)
        self._journal.announce("sms", sms.as_json())
        seat.sending.put(sms)
        return sms

    def _seat(self, name: str) -> Seat:
        if name:
            if name not in self._seats:
                raise NotFound(f'There is no cellular modem "{name}".', code="no_such_modem", field="modem")
            return self._seats[name]
        if not self._seats:
            raise Conflict("This box has no cellular modem. Add one under Settings.", code="no_modem")
        seats = self._seats.values()
        return next((seat for seat in seats if seat.modem.status.registered), next(iter(seats)))

    def _take(self, seat: Seat, parts: int) -> None:
        """Conflict when the modem has sent as many as it may in an hour."""
        name, since = seat.settings.name, times.now() - HOUR
        self._used = [one for one in self._used if one[1] > since]
        used = sum(count for modem, _, count in self._used if modem == name)
        if used + parts > seat.settings.per_hour:
            raise Conflict(
                f"Modem {name} has sent {used} messages within an hour, {seat.settings.per_hour} are allowed.",
                code="too_many_messages",
            )
        self._used.append((name, times.now(), parts))

    def _changed(self, sms: Sms) -> None:
        self._journal.write(store.saved, sms, self._cloud)
        self._journal.announce("sms", sms.as_json())

    def _part_sent(self, name: str, reference: int, sms: Sms) -> None:
        self._journal.write(store.part_sent, name, reference, sms.id)

    async def newest(self, before: str | None, limit: int) -> list[Sms]:
        """Newest first. Unavailable."""
        return await self._writer.run(store.newest, before, limit)

    # ---- USSD and the card -----------------------------------------------------------------------

    async def ussd(self, name: str, code: str) -> UssdReply:
        """A code such as *100#, or an answer. NotFound, Invalid, Conflict."""
        seat = self._seat(name)
        if not code or len(code) > 160 or not code.isprintable():
            raise Invalid("Write a code such as *100#, or the answer to the network.", field="code")
        try:
            return await seat.modem.ussd(code)
        except PortError as error:
            raise Conflict(str(error), code="ussd_failed") from None

    async def end_ussd(self, name: str) -> None:
        """Leaves the dialogue. NotFound, Conflict."""
        try:
            await self._seat(name).modem.end_ussd()
        except PortError as error:
            raise Conflict(str(error), code="ussd_failed") from None

    async def unlock(self, name: str) -> None:
        """The PIN of the configuration is tried once more, because a person says so. NotFound."""
        await self._seat(name).pins.forget()

    # ---- how it is -------------------------------------------------------------------------------

    def look(self) -> None:
        """Time has passed: what is still wrong is an alarm; what was promised and never came is shown."""
        for name, seat in self._seats.items():
            self._look_at(name, seat)
        if self._seats and monotonic() > self._overdue_at:
            self._overdue_at = monotonic() + OVERDUE_EVERY_S
            self._journal.write(store.overdue, times.now(), self._cloud)

    def _look_at(self, name: str, seat: Seat) -> None:
        now = trouble(name, seat.modem.status, has_pin=bool(seat.settings.pin))
        wanted = seat.patience.alarm(now, monotonic())
        if wanted == seat.alarm:
            return
        self._journal.clear_alarm(CELLULAR + name)
        if wanted:
            self._journal.raise_alarm(CELLULAR + name, Severity.ERROR, wanted)
        seat.alarm = wanted

    def devices(self) -> dict[str, str]:
        """Each modem's, with its name."""
        return {seat.settings.device: name for name, seat in self._seats.items()}

    def as_json(self) -> list[dict[str, Any]]:
        """Each modem, as the control socket shows it."""
        return [self._json(seat) for seat in self._seats.values()]

    def _json(self, seat: Seat) -> dict[str, Any]:
        status = seat.modem.status
        return {
            "name": seat.settings.name,
            "device": seat.settings.device,
            "number": seat.settings.number,
            "state": "fault" if status.fault else "up" if status.registered else "no_network",
            "trouble": trouble(seat.settings.name, status, has_pin=bool(seat.settings.pin)),
            "model": status.model,
            "sim": status.sim.value,
            "registration": status.registration.value,
            "operator": status.operator,
            "signal_dbm": status.signal_dbm,
            "stored": status.stored,
            "capacity": status.capacity,
            "waiting": seat.sending.waiting,
        }
