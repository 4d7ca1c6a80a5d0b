# SPDX-License-Identifier: GPL-2.0-or-later
"""From files to a plan."""

from __future__ import annotations

import io
from collections.abc import Iterable

from firmware.importing import calls, tables, uploads
from firmware.importing.asterisk import office
from firmware.importing.freepbx import backups
from firmware.importing.freepbx.destinations import Known
from firmware.importing.plan import Plan
from firmware.importing.uploads import Given, Source

CALL_DUMP = "cdr.sql"
DEVICES = "Devices.sql"


def read(given: Iterable[Given], plan: Plan) -> None:
    """Fills it with all files together; what is not understood is in its notes. Lists of calls are read as they pass
    by, other files when all are there. Invalid when one cannot be read at all, or is too large."""
    sources: list[Source] = []
    for outer, file in given:
        plan.files.append(outer)
        try:
            for name, stream in uploads.members(outer, file):
                if source := _passing(name, stream, plan):
                    sources.append(source)
                    if sum(len(source.content) for source in sources) > uploads.LARGEST_SUM:
                        raise uploads.too_large("All of it together")
        except uploads.BROKEN as error:
            raise uploads.damaged(outer, error) from error
    _together(sources, plan)


def _passing(name: str, stream: io.BufferedReader, plan: Plan) -> Source | None:
    """What is read later, with the others."""
    if name.endswith(CALL_DUMP):
        calls.dump(name, stream, plan)
    elif tables.has_calls(stream):
        tables.read_calls(name, stream, plan)
    elif not name.endswith(".sql") or name.endswith(DEVICES):
        return uploads.whole(name, stream)
    return None


def _together(sources: list[Source], plan: Plan) -> None:
    modules = [source for source in sources if source.name.endswith((".json", DEVICES))]
    confs = [source for source in sources if source.name.endswith(".conf")]
    known = Known()
    if modules:
        backups.read(modules, plan, known)
    elif confs:
        office.read(confs, plan, known)
    lists = [source for source in sources if source not in modules and source not in confs]
    for source in sorted(lists, key=lambda source: "did" in source.name.lower()):  # which lead to extensions
        tables.read(source, plan, known)
