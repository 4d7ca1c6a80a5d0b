# SPDX-License-Identifier: GPL-2.0-or-later
"""Where calls are sent is there."""

from __future__ import annotations

from collections.abc import Iterator

from firmware.config.checks.document import Document, tables_at, text_at
from firmware.config.checks.names import Names, missing, one_of
from firmware.config.problems import ConfigProblem, path_of
from firmware.config.targets import Target, TargetKind, parse_target


def nowhere(target: Target, names: Names, document: Document) -> str | None:
    """What is wrong with a target that leads nowhere; None for one that leads somewhere."""
    if target.kind == TargetKind.EXTERNAL:
        if tables_at(document, "outbound"):
            return None
        return f'"{target}" needs a way out, and there is none; add an [[outbound]] table'
    if target.kind != TargetKind.VOICEMAIL:
        return missing(target.kind, target.value, names)
    if target.value in names["voicemail"]:
        return None
    advice = one_of(names["voicemail"], "give an extension voicemail = true")
    return f"the extension {target.value} has no voicemail; {advice}"


def _no_fax(target: Target, port: str, document: Document) -> str | None:
    if target.kind not in (TargetKind.EXTENSION, TargetKind.TRUNK):
        return f'"{target}" cannot take a fax; use extension:NUMBER or trunk:NAME'
    trunks = [item for _, item in tables_at(document, "trunk") if text_at(item, "name") == target.value]
    if target.kind == TargetKind.TRUNK and trunks and trunks[0].get("ports") == [port]:
        return f"{port} is in use by the fax itself; use another trunk"
    return None


BEYOND = ("overflow", "when_full", "when_empty")  # where a queue sends those whom it does not keep
_LEADS_ON = {**dict.fromkeys(BEYOND, TargetKind.QUEUE), "then": TargetKind.GROUP}


def targets(document: Document, names: Names) -> Iterator[ConfigProblem]:
    """Routes, overflows and faxes lead to something."""
    uses = [(path_of("queue", i, key), item, key) for i, item in tables_at(document, "queue") for key in BEYOND]
    uses += [(path_of("route", i, "to"), item, "to") for i, item in tables_at(document, "route")]
    uses += [(path_of("group", i, "then"), item, "then") for i, item in tables_at(document, "group")]
    uses += [(path_of("line", i, "fax"), item, "fax") for i, item in tables_at(document, "line")]
    for path, item, key in uses:
        try:
            target = parse_target(text_at(item, key) or "")
        except ValueError:
            continue  # the types have said so
        own = Target(_LEADS_ON[key], text_at(item, "name") or "") if key in _LEADS_ON else None
        message = f"a {own.kind} cannot lead into itself; name another target" if own and target == own else None
        if key == "fax":
            message = _no_fax(target, text_at(item, "port") or "", document)
        if message := message or nowhere(target, names, document):
            yield ConfigProblem(path, message)
