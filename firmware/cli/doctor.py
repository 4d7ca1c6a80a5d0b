# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring doctor LINE: examines a line, step by step, and proposes its settings."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import Any

from firmware.cli.common import Subparsers, add_command, control_of, say, show_json, state_of
from firmware.cli.config import add_trial
from firmware.cli.doctor_words import findings_in_words, proposal_in_words, step_in_words, usual_in_words
from firmware.errors import Invalid, NotFound, TipringError

END_STATES = ("done", "failed", "cancelled")
ANSWER_S = 20.0  # the newest recordings are searched before some answers


def register(subparsers: Subparsers) -> None:
    parser = add_command(
        subparsers, "doctor", "examine a line: dial tone, caller ID, how it hangs up; propose its settings", doctor
    )
    parser.add_argument("line", metavar="LINE", help="an FXO port, e.g. fxo1")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--report", action="store_true", help="show the last examination again")
    what.add_argument("--learnt", action="store_true", help="show what calls have taught, and propose by that")
    what.add_argument("--accept", action="store_true", help="what changed on the line is known: clear its alarms")
    what.add_argument("--clip", metavar="NAME", help="write a sound of the last examination to standard output as WAV")
    parser.add_argument("--yes", action="store_true", help="apply what is proposed without asking")
    add_trial(parser)
    parser.add_argument("--wait", metavar="SECONDS", type=int, default=180, help="for the call (default 180)")


def doctor(arguments: argparse.Namespace) -> int:
    """Shows, examines or applies; exit status 1 when the examination came to no end."""
    if arguments.clip:
        return _clip(arguments)
    if arguments.accept:
        return _accept(arguments)
    if arguments.report or arguments.learnt:
        return _known(arguments)
    report = _examine(arguments)
    if report["state"] != "done":
        error = report["error"] or {"code": "cancelled", "message": "The examination was cancelled."}
        raise TipringError(error["message"], code=error["code"])
    return _propose(arguments, report, report["proposal"], findings_in_words(report))


def _ask(arguments: argparse.Namespace, method: str, **params: Any) -> Any:
    with control_of(arguments) as control:
        return control.request(method, line=arguments.line, **params)


def _examine(arguments: argparse.Namespace) -> dict[str, Any]:
    say: Callable[[str], None] = (lambda text: None) if arguments.json else (lambda text: print(text, flush=True))
    with control_of(arguments) as control, control.subscribe() as events:
        control.request("doctor.start", line=arguments.line, call_s=arguments.wait)
        number = next((p["name"] for p in events.status["ports"] if p["id"] == arguments.line), "")
        say(f"Examining {number or arguments.line} ({arguments.line}). Ctrl-C ends it.\n")
        try:
            return _follow(arguments.line, events, say)
        except KeyboardInterrupt:
            control.request("doctor.cancel", line=arguments.line)
            raise


def _follow(line: str, events: Any, say: Callable[[str], None]) -> dict[str, Any]:
    shown = 0
    for report in _reports(line, events):
        for step in report["steps"][shown:]:
            if text := step_in_words(step["step"], step["data"]):
                say(text)
        shown = len(report["steps"])
        if report["state"] in END_STATES:
            return report
    raise TipringError("The core ended before the examination did.", code="core_unavailable")


def _reports(line: str, events: Any) -> Iterator[dict[str, Any]]:
    for event in events:
        if event.name == "doctor" and event.data["line"] == line:
            yield event.data


def _propose(arguments: argparse.Namespace, report: dict[str, Any], proposal: list[Any], text: str) -> int:
    """Shows what was found, asks, applies."""
    if not arguments.json:
        print(text)
        print(proposal_in_words(arguments.line, proposal))
    applied = None
    if proposal and (arguments.yes or (not arguments.json and _agreed())):
        applied = _ask(arguments, "doctor.apply", learnt=arguments.learnt, author="cli: line doctor",
                       trial_s=arguments.trial)  # fmt: skip
    if arguments.json:
        show_json(report | {"applied": applied})
    elif applied:
        print(f"Applied: revision {applied['revision']} is in force.")
    elif proposal:
        print(f"Nothing was changed. To apply it later: tipring doctor {arguments.line} --report --yes")
    return 0


def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    return input("Apply these settings? [y/N] ").strip().lower() in ("y", "yes")


def _known(arguments: argparse.Namespace) -> int:
    known = _ask(arguments, "doctor.show")
    if arguments.learnt:
        return _propose(arguments, known, known["learnt"], usual_in_words(known))
    report = known["report"]
    if not report:
        raise NotFound(f"{arguments.line} was not examined yet: tipring doctor {arguments.line}", code="no_such_report")
    return _propose(arguments, report, report["proposal"], findings_in_words(report))


def _accept(arguments: argparse.Namespace) -> int:
    answer = _ask(arguments, "doctor.accept")
    return say(arguments, answer, f"{len(answer['accepted'])} alarms cleared.")


def _clip(arguments: argparse.Namespace) -> int:
    report = _ask(arguments, "doctor.show")["report"]
    clips = report["clips"] if report else []
    if arguments.clip not in clips:
        raise Invalid(f"There is no sound {arguments.clip}; there are: {', '.join(clips) or 'none'}.", field="clip")
    path = state_of(arguments) / "doctor" / report["id"] / f"{arguments.clip}.wav"
    try:
        sys.stdout.buffer.write(path.read_bytes())
    except FileNotFoundError:
        raise NotFound(f"{path} is not on the disk any more.", code="audio_missing") from None
    return 0
