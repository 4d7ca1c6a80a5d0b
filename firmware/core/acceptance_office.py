# SPDX-License-Identifier: GPL-2.0-or-later
"""The control socket's words about the acceptance: checks, what people saw and left out, test calls, certificates."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from firmware import __version__, times
from firmware.acceptance.check import Check, Result, Seen
from firmware.acceptance.examine import CALL_IN, CALL_OUT, PHONE, PLACE, Facts, examine
from firmware.core.number_learning import NumberLearning
from firmware.core.params import text
from firmware.core.phone_checks import PhoneChecks
from firmware.core.trial_calls import TrialCalls
from firmware.errors import Invalid, TipringError
from firmware.store import lines as line_store
from firmware.store.acceptance import AcceptanceFile
from firmware.store.access import Access
from firmware.store.config_db import ConfigDb
from firmware.store.writer import HistoryWriter

if TYPE_CHECKING:
    from firmware.core.config_office import ConfigOffice
    from firmware.core.pbx import Pbx

log = logging.getLogger(__name__)

LONGEST = 200  # characters of why something was left out
EVENT = "acceptance"
LIFTED = "It was lifted."

Json = dict[str, Any]


class AcceptanceOffice:
    """Lives in the asyncio thread; what it knows is in config.db, so that it can be gone on with at any time."""

    def __init__(
        self, pbx: Pbx, writer: HistoryWriter, configs: ConfigDb, state: Path, configuration: ConfigOffice
    ) -> None:
        self._pbx, self._writer, self._configs, self._state = pbx, writer, configs, state
        self._configuration = configuration
        self._file = AcceptanceFile(state)
        self._lifted: set[str] = set()
        self.trials = TrialCalls(pbx, writer, state, configuration, self._see, self._changed)
        self.phones = PhoneChecks(pbx, self._see, self._changed)
        self.numbers = NumberLearning(pbx, configuration, self._changed)

    async def start(self) -> None:
        """Phones that were lifted need not be noted again."""
        seen, _ = await asyncio.to_thread(self._file.seen)
        self._lifted = {id.partition(":")[2] for id in seen if id.startswith(f"{PHONE}:")}

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {
            "acceptance": self._show,
            "acceptance.leave_out": self._leave_out,
            "acceptance.confirm": self._confirm,
            "acceptance.again": self._again,
            "acceptance.expect": self._expect,
            "acceptance.forget": self._forget,
            "acceptance.call": self._call,
            "acceptance.ring_phone": self._ring_phone,
            "acceptance.learn_number": self._learn_number,
            "acceptance.certify": self._certify,
        }

    def heard(self, event: str, data: Json) -> None:
        """An event of the core."""
        if event == "port" and data["kind"] == "fxs" and data["state"] == "in_use" and data["id"] not in self._lifted:
            self._lifted.add(data["id"])
            seen = Seen(f"{PHONE}:{data['id']}", Result.PASS, times.now(), "", LIFTED)
            self._pbx.spawn(self._see(seen))
        self.trials.heard(event, data)
        self.numbers.heard(event, data)
        self.phones.heard(event, data)

    def _changed(self) -> None:
        self._pbx.journal.announce(EVENT, {"trials": self.trials.as_json()})

    async def _see(self, seen: Seen) -> None:
        try:
            await asyncio.to_thread(self._file.see, seen)
        except TipringError as error:
            log.error("what was seen of %s cannot be kept: %s", seen.check, error)
        self._changed()

    # ---- the checks ----------------------------------------------------------------------------------

    async def _checks(self) -> list[Check]:
        pbx = self._pbx
        seen, left_out = await asyncio.to_thread(self._file.seen)
        reports = {line: await self._writer.run(line_store.report, line) for line in pbx.lines}
        owner, free = await asyncio.to_thread(self._surroundings)
        facts = Facts(
            pbx.config, pbx.country, pbx.local_time().replace(tzinfo=None), pbx.ports.all_json(), pbx.trunks_json(),
            [alarm.text for alarm in pbx.journal.standing()], reports, self._prompts(), owner, free, seen, left_out,
            registered={e.number for e in pbx.config.extensions if pbx.phone_reachable(e)},
        )  # fmt: skip
        return await asyncio.to_thread(examine, facts)

    def _surroundings(self) -> tuple[bool, float]:
        disk = shutil.disk_usage(self._state)
        return not Access(self._state).needs_setup(), disk.free / disk.total

    def _prompts(self) -> set[str]:
        config = self._pbx.config
        named = {menu.prompt for menu in config.ivrs} | {queue.greeting or "" for queue in config.queues}
        return {name for name in named if name and self._pbx.has_prompt(name, "")}

    async def _show(self, params: Json) -> Json:
        checks = await self._checks()
        certificates = await asyncio.to_thread(self._file.certificates)
        return {
            "checks": [check.as_json() for check in checks],
            "trials": self.trials.as_json(),
            "learning": self.numbers.as_json(),
            "ringing": self.phones.ringing(),
            "certificates": [
                {name: certificate[name] for name in ("id", "issued_at", "issued_by", "verdict", "counts")}
                for certificate in certificates
            ],
        }

    # ---- what people say -----------------------------------------------------------------------------

    async def _known(self, params: Json) -> str:
        check = text(params, "check")
        known = [item.id for item in await self._checks()]
        if check not in known:
            raise Invalid(
                f"There is no check {check}; there are: {', '.join(known)}.", code="no_such_check", field="check"
            )
        return check

    async def _leave_out(self, params: Json) -> Json:
        """With a reason; without one the decision is taken back."""
        check, author, why = await self._known(params), text(params, "author"), str(params.get("why") or "").strip()
        if len(why) > LONGEST or not why.isprintable():
            raise Invalid(f"The reason must have 1 to {LONGEST} characters, on one line.", field="why")
        if why:
            seen = Seen(check, Result.LEFT_OUT, times.now(), author, why)
            await asyncio.to_thread(self._file.see, seen)
        else:
            await asyncio.to_thread(self._file.forget, check)
        self._changed()
        return {}

    async def _confirm(self, params: Json) -> Json:
        """Somebody looked at the place settings."""
        check, author = await self._known(params), text(params, "author")
        if check != PLACE:
            raise Invalid("Only place is confirmed by hand; the box sees the others by itself.", field="check")
        await asyncio.to_thread(self._file.see, Seen(check, Result.PASS, times.now(), author, "They were looked at."))
        self._changed()
        return {}

    async def _again(self, params: Json) -> Json:
        """What people saw has to be seen again; certificates stay."""
        await asyncio.to_thread(self._file.begin_again)
        self._lifted.clear()
        self._changed()
        return {}

    async def _expect(self, params: Json) -> Json:
        self.trials.expect(_trial(params), text(params, "author"))
        return self.trials.as_json()

    async def _forget(self, params: Json) -> Json:
        self.trials.forget(_trial(params))
        return self.trials.as_json()

    async def _ring_phone(self, params: Json) -> Json:
        """The phone rings: whoever lifts it speaks, and hears it again."""
        return {"id": self.phones.ring(text(params, "extension"), text(params, "author"))}

    async def _learn_number(self, params: Json) -> Json | None:
        """`line`: the box calls out on it; `number`: somebody calls that now; neither: nothing is to be learnt."""
        if params.get("line"):
            self.numbers.call(text(params, "line"), text(params, "author"))
        elif params.get("number"):
            self.numbers.wait_for(text(params, "number"))
        else:
            self.numbers.forget()
        return self.numbers.as_json()

    async def _call(self, params: Json) -> Json:
        """A phone rings, and calls the number when it is lifted: the test call out."""
        author = text(params, "author")
        self.trials.expect(CALL_OUT, author)  # before the call begins, which may fail at once
        try:
            return {"id": self._pbx.ordered.originate(text(params, "from"), text(params, "to"))}
        except TipringError:
            self.trials.forget(CALL_OUT)
            raise

    # ---- the certificate -----------------------------------------------------------------------------

    async def _certify(self, params: Json) -> Json:
        author = text(params, "author")
        checks = await self._checks()
        certificate = await asyncio.to_thread(self._signed, checks, author)
        self._changed()
        return certificate

    def _signed(self, checks: list[Check], author: str) -> Json:
        from firmware.acceptance import certificate  # its library costs the core memory that calls never need

        revision, site = self._configuration.revision, self._pbx.config.site
        box = {
            "id": self._configs.box_id(), "name": site.name, "version": __version__, "country": site.country,
            "timezone": site.timezone, "ports": [port["id"] for port in self._pbx.ports.all_json()],
            "configuration": revision.id,
        }  # fmt: skip
        made = certificate.issue(self._file.key(certificate.new_key), box, checks, times.now(), author)
        self._file.keep(made)
        return made


def _trial(params: Json) -> str:
    check = text(params, "check")
    if check not in (CALL_IN, CALL_OUT):
        raise Invalid(f"A test call is {CALL_IN} or {CALL_OUT}.", field="check")
    return check
