# SPDX-License-Identifier: GPL-2.0-or-later
"""The Line Doctor's office: who is examined, what was found, what is proposed and applied, what calls teach."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from firmware import countries, times
from firmware.archive.library import Library, key_of
from firmware.calls.journal import LINE, Publish
from firmware.calls.line import Line, learnt_tone
from firmware.core.config_office import ConfigOffice, trial_s
from firmware.core.line_doctor import clips
from firmware.core.line_doctor.check import RECORDINGS, Checked, check
from firmware.core.line_doctor.examination import Examination, Examined, Patience
from firmware.core.line_doctor.learner import Learner
from firmware.core.line_doctor.settings import with_settings
from firmware.core.pbx import Pbx
from firmware.doctor import baseline as learning
from firmware.doctor import country as origin
from firmware.doctor.baseline import Baseline, Lesson, lesson_of
from firmware.doctor.country import Clues
from firmware.doctor.proposal import Findings, Proposed, propose
from firmware.errors import Conflict, Invalid, NotFound, TipringError
from firmware.ids import uuid7
from firmware.media.tone_table import tone_table
from firmware.records import Severity
from firmware.store import lines as store
from firmware.store.writer import HistoryWriter

log = logging.getLogger(__name__)

APPLIED_FROM = 0.5  # of confidence; less sure settings are applied only when they are named
CONDEMNED = 0.1  # confidence of a tone that would have cut recorded calls
LESSONS_SHOWN = 20
WHY_NOT = {
    "no_battery": "no line is connected, or it is dead (no battery); check the cable",
    "in_use": "a call is on it",
    "ringing": "a call is coming in",
    "fault": "the port has a fault; see tipring ports",
}

Json = dict[str, Any]


class LineDoctor:
    """Lives in the asyncio thread, beside the Pbx."""

    def __init__(
        self, pbx: Pbx, writer: HistoryWriter, state: Path, configuration: ConfigOffice, publish: Publish
    ) -> None:
        self._pbx, self._writer, self._state = pbx, writer, state
        self._configuration, self._publish = configuration, publish
        self._running: dict[str, asyncio.Task[None]] = {}
        self._reports: dict[str, Json] = {}
        self._baselines: dict[str, Baseline] = {}

    async def start(self) -> None:
        """Begins to learn from calls, where it left off."""
        with contextlib.suppress(TipringError):  # a history that cannot be read must not keep calls from being taken
            kept = await self._writer.run(store.baselines)
            self._baselines = {line: Baseline.from_json(data) for line, data in kept.items()}
        for line in self._pbx.lines.values():
            self._follow(line)
        self._pbx.ports.on_new_line = self._follow

    def _follow(self, line: Line) -> None:
        line.answers_by_reversal = self._baseline(line.id).answers_by_reversal
        Learner(line, self._learn, self._pbx.spawn)

    async def stop(self) -> None:
        """Ends what is under way; its lines go on hook."""
        for task in list(self._running.values()):
            task.cancel()
        if self._running:
            await asyncio.wait(self._running.values(), timeout=1)

    def handlers(self) -> dict[str, Callable[[Json], Awaitable[Any]]]:
        """Methods of the control socket."""
        return {
            "doctor.start": self._on_start,
            "doctor.cancel": self._on_cancel,
            "doctor.show": self._on_show,
            "doctor.apply": self._on_apply,
            "doctor.accept": self._on_accept,
        }

    def _line(self, params: Mapping[str, Any]) -> Line:
        line = self._pbx.lines.get(str(params.get("line")))
        if not line:
            known = ", ".join(self._pbx.lines) or "none"
            raise NotFound(
                f"There is no line {params.get('line')}; there are: {known}.", code="no_such_line", field="line"
            )
        return line

    # ---- examinations ------------------------------------------------------------------------------

    async def _on_start(self, params: Json) -> Json:
        line = self._line(params)
        if line.id in self._running:
            raise Conflict(f"{line.id} is being examined already.", code="already_examined")
        if line.state != "idle":
            raise Conflict(f"{line.id} cannot be examined now: {WHY_NOT[line.state]}.", code="line_not_idle")
        patience = Patience(_seconds(params, "call_s", 180), _seconds(params, "hang_up_s", 150))
        report = self._reports[line.id] = _new_report(line.id)
        task = self._pbx.spawn(self._examine(line, report, patience))
        self._running[line.id] = task
        task.add_done_callback(lambda _: self._running.pop(line.id, None))
        return report

    async def _on_cancel(self, params: Json) -> Json:
        line = self._line(params)
        task = self._running.get(line.id)
        if not task:
            raise Conflict(f"{line.id} is not being examined.", code="not_examined")
        task.cancel()
        await asyncio.wait([task], timeout=2)
        return self._reports[line.id]

    async def _examine(self, line: Line, report: Json, patience: Patience) -> None:
        def tell(step: str, said: Mapping[str, Any]) -> None:
            report["step"] = step
            report["steps"].append({"step": step, "at": times.iso(times.now()), "data": dict(said)})
            self._publish("doctor", report)

        examination = Examination(line, tell, patience)
        try:
            examined = await examination.run()
            tell("checking", {})
            await self._conclude(line, report, examined)
            report["state"] = "done"
        except TipringError as error:
            report.update(state="failed", error={"code": error.code, "message": error.message})
        except asyncio.CancelledError:
            report["state"] = "cancelled"
            raise
        except Exception as error:
            report.update(state="failed", error={"code": "internal_error", "message": f"The box failed: {error}"})
            raise
        finally:
            tell(report["state"], {})
            await self._save(line.id, report)

    async def _save(self, line: str, report: Json) -> None:
        with contextlib.suppress(TipringError):
            gone = await self._writer.run(store.save_report, report["id"], line, times.now(), report)
            await asyncio.to_thread(clips.forget, self._state / "doctor", gone)

    async def _conclude(self, line: Line, report: Json, examined: Examined) -> None:
        findings = await asyncio.to_thread(_with_countries, examined.findings)
        proposed = propose(findings, self._pbx.country)
        checked = await self._check(line.id, proposed)
        report["findings"] = findings.as_json()
        report["site_country"] = self._pbx.country.name
        self._learn(line, lesson_of(findings))
        report["proposal"] = [_doubted(item, checked).as_json() for item in proposed]
        report["check"] = checked.as_json() if checked else None
        folder = self._state / "doctor" / report["id"]
        try:
            report["clips"] = await asyncio.to_thread(clips.keep, folder, examined.clips)
        except OSError as error:
            log.error("the sound of the examination of %s cannot be kept: %s", line.id, error)

    async def _check(self, line: str, proposed: Sequence[Proposed]) -> Checked | None:
        """The tones that the line would end its calls by, on what its callers said."""
        if not any(item.key in ("hangup", "busy_tone") for item in proposed):
            return None
        value = next((item.value for item in proposed if item.key == "busy_tone"), None)
        tone = learnt_tone(value["frequencies"], value["cadence_ms"]) if value else None
        recordings = await self._writer.run(store.recordings, line, RECORDINGS)
        table = tone_table(self._pbx.country, tone)
        return await asyncio.to_thread(check, recordings, self._library(), table)

    def _library(self) -> Library:
        document = self._configuration.revision.document
        return Library(self._state / "recordings", lambda: key_of(self._state, document))

    # ---- what is known -----------------------------------------------------------------------------

    async def _on_show(self, params: Json) -> Json:
        line = self._line(params)
        return {
            "line": line.id,
            "report": await self._report(line.id),
            "baseline": self._baseline(line.id).as_json(),
            "learnt": [item.as_json() for item in self._learnt(line.id)],
            "lessons": await self._writer.run(store.lessons, line.id, LESSONS_SHOWN),
        }

    def _baseline(self, line: str) -> Baseline:
        return self._baselines.setdefault(line, Baseline())

    def _learnt(self, line: str) -> list[Proposed]:
        return propose(learning.as_findings(self._baseline(line)), self._pbx.country)

    async def _on_apply(self, params: Json) -> Json:
        """Settings of the report, or those learnt from calls, into the configuration, by the way of every change."""
        line = self._line(params)
        keys = params.get("keys")
        if keys is not None and not (isinstance(keys, list) and all(isinstance(key, str) for key in keys)):
            raise Invalid("`keys` must be a list of settings.", field="keys")
        items = await self._items(line.id, learnt=bool(params.get("learnt")))
        wanted = [item for item in items if (item["key"] in keys if keys else item["confidence"] >= APPLIED_FROM)]
        if not wanted:
            raise Conflict(f"There is nothing to apply for {line.id}: examine it first.", code="nothing_proposed")
        settings = {item["key"]: item["value"] for item in wanted}
        made_from = self._configuration.revision
        author = str(params.get("author") or "line doctor")
        document = with_settings(made_from.document, line.id, settings)
        applied = await self._configuration.take(document, author, made_from.id, trial_s=trial_s(params))
        self._accept(line.id)
        return {"revision": applied, "settings": settings}

    async def _items(self, line: str, *, learnt: bool) -> list[Json]:
        if learnt:
            return [item.as_json() for item in self._learnt(line)]
        report = await self._report(line)
        return list(report["proposal"]) if report else []

    async def _report(self, line: str) -> Json | None:
        """The newest, of this core or of one before."""
        return self._reports.get(line) or await self._writer.run(store.report, line)

    # ---- calls teach ---------------------------------------------------------------------------------

    def _learn(self, line: Line, lesson: Lesson) -> None:
        baseline = self._baseline(line.id)
        baseline.answers_by_reversal = line.answers_by_reversal
        for change in learning.learn(baseline, lesson):
            text = f"The line {self._name(line.id)} {change.text}. Try: tipring doctor {line.id}"
            self._pbx.journal.raise_alarm(f"{LINE}{line.id}:{change.kind}", Severity.WARNING, text)
        self._pbx.journal.write(store.lesson_learnt, line.id, times.now(), lesson.as_json(), baseline.as_json())

    def _name(self, line: str) -> str:
        known = self._pbx.config.line(line)
        return f"{known.name} ({line})" if known and known.name else line

    async def _on_accept(self, params: Json) -> Json:
        """The changes that stand as alarms are known."""
        return {"accepted": self._accept(self._line(params).id)}

    def _accept(self, line: str) -> list[str]:
        kinds = [kind for kind in self._pbx.journal.alarms if kind.startswith(f"{LINE}{line}:")]
        for kind in kinds:
            self._pbx.journal.clear_alarm(kind)
        return kinds


def _new_report(line: str) -> Json:
    return {
        "id": uuid7(), "line": line, "at": times.iso(times.now()), "state": "running", "step": "", "steps": [],
        "error": None, "findings": None, "site_country": "", "proposal": [], "check": None, "clips": [],
    }  # fmt: skip


def _with_countries(findings: Findings) -> Findings:
    found = findings.caller_id
    clues = Clues(
        findings.dial_tone,
        findings.hang_up.tone if findings.hang_up else None,
        findings.ring_cadence_ms,
        found.kind if found else "",
    )
    return replace(findings, countries=tuple(origin.guess(clues, map(countries.load, countries.codes()))[:8]))


def _doubted(item: Proposed, checked: Checked | None) -> Proposed:
    """A tone that would have cut calls is not to be believed."""
    if not checked or not checked.false_hangups or item.key not in ("busy_tone", "hangup"):
        return item
    cuts = len(checked.false_hangups)
    why = f"{item.why}; but it would have cut calls {cuts} times in {checked.recordings} recordings"
    return Proposed(item.key, item.value, CONDEMNED, why, item.clip)


def _seconds(params: Mapping[str, Any], name: str, default: float) -> float:
    value = params.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 1 <= value <= 3600:
        raise Invalid(f"`{name}` must be 1 to 3600 seconds.", field=name)
    return float(value)
