# SPDX-License-Identifier: GPL-2.0-or-later
"""The dial plan of Asterisk from where calls enter it: numbers of the house, calls from outside, calls to outside."""

from __future__ import annotations

import re
from collections.abc import Mapping

from firmware.importing.asterisk.dialplan import Dialplan, Step
from firmware.importing.asterisk.ways import Ways, peers
from firmware.importing.freepbx.destinations import Known
from firmware.importing.plan import Plan

TABLES = {"queue": "name", "group": "name", "ivr": "name"}
_DID = re.compile(r"\+?[0-9]{3,32}")
_NUMBER = re.compile(r"[0-9]{1,15}")
_ANY = re.compile(r"s|_(?:\+?|\[\+[^\]]*\])[X.]*[.!]")  # whatever was dialled
_OUT = re.compile(
    r"(?:PJSIP/(?P<to>[+0-9]*)\$\{EXTEN(?::(?P<cut>\d))?\}@(?P<name>[\w.-]+)"
    r"|SIP/(?P<old>[\w.-]+)/(?P<old_to>[+0-9]*)\$\{EXTEN(?::(?P<old_cut>\d))?\})",
    re.IGNORECASE,
)


def numbers_of_names(dialplan: Dialplan, plan: Plan, contexts: Mapping[str, str]) -> dict[str, str]:
    """Devices that have names, each with its context, and the number that rings it alone there."""
    found: dict[str, str] = {}
    for name, start in contexts.items():
        for context in dialplan.around(start) if not _NUMBER.fullmatch(name) else ():
            for number, steps in dialplan.extens.get(context, {}).items():
                rung = next((peers(step) for step in steps if step.app == "dial"), [])
                if rung != [name] or not _NUMBER.fullmatch(number):
                    continue
                if found.setdefault(name, number) != number:
                    said = f"{found[name]} leads to {name} already; a second number is not taken over."
                    plan.note(steps[0].where, said)
    return found


def follow(dialplan: Dialplan, plan: Plan, known: Known) -> None:
    """Fills the plan; phones, trunks and queues are in it already. Each line that nothing came of is told."""
    if not known.inner and not known.outer:
        plan.note(
            "extensions.conf",
            "Without pjsip.conf or sip.conf nobody knows who comes into which context: give them too.",
        )
    ways = Ways(dialplan, plan, known)
    for context in {name: None for start in sorted(known.inner) for name in dialplan.around(start)}:
        for number in dialplan.extens.get(context, {}):
            if _NUMBER.fullmatch(number):
                _number(dialplan, plan, ways, context, number)
            elif number.startswith("_"):
                _pattern(dialplan, plan, known, context, number)
    for start, trunks in known.outer.items():
        for context in dict.fromkeys(dialplan.around(start)):
            for exten in dialplan.extens.get(context, {}):
                _inbound(plan, ways, context, exten, trunks)
    for where, text in dialplan.texts.items():
        if where not in dialplan.used:
            plan.note(where, f'Not understood: "{text[:120]}"')


def _number(dialplan: Dialplan, plan: Plan, ways: Ways, context: str, number: str) -> None:
    """A number of the house is that of the queue or menu that it leads to."""
    kind, _, name = (ways.target(context, number) or "").partition(":")
    if kind in TABLES:
        item = next((item for item in plan.of(kind) if item.values["name"] == name), None)
        if item:
            item.values.setdefault("number", number)


def _pattern(dialplan: Dialplan, plan: Plan, known: Known, context: str, pattern: str) -> None:
    """Out by trunks, one after the other; or all extensions, which ring by themselves here."""
    steps = dialplan.extens[context][pattern]
    dials = [step for step in steps if step.app == "dial"]
    rest = [step for step in steps if step.app not in ("dial", "noop", "hangup", "congestion", "voicemail")]
    if not dials or rest:
        return
    if all(step.args[0].upper() in ("PJSIP/${EXTEN}", "SIP/${EXTEN}") for step in dials):
        dialplan.use(*steps)
        return
    found = [_way_out(step) for step in dials]
    names = [known.trunks.get(way[0]) for way in found if way]
    if len(names) != len(dials) or not all(names) or len({way[1:] for way in found if way}) != 1 or found[0] is None:
        return
    _, cut, before = found[0]
    plan.add("outbound", steps[0].where, {
        "pattern": pattern.removeprefix("_").upper(), "strip": cut or None, "prepend": before or None,
        "trunks": list(dict.fromkeys(names)),
    })  # fmt: skip
    dialplan.use(*steps)


def _way_out(step: Step) -> tuple[str, int, str] | None:
    """The trunk, how many digits are cut off, and what is put before the others."""
    found = _OUT.fullmatch(step.args[0])
    if not found:
        return None
    cut, before = found["cut"] or found["old_cut"], found["to"] or found["old_to"]
    return found["name"] or found["old"], int(cut or 0), before or ""


def _inbound(plan: Plan, ways: Ways, context: str, exten: str, trunks: list[str]) -> None:
    origins = [{"did": exten}] if _DID.fullmatch(exten) else [{"trunk": name} for name in trunks]
    if not _DID.fullmatch(exten) and not _ANY.fullmatch(exten):
        return
    where = f"extensions.conf: {context}, {exten}"
    for schedule, target in ways.ways(context, exten):
        for origin in origins if target != "hangup" else ():
            plan.add("route", where, origin | {"schedule": schedule, "to": target})
