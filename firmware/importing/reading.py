# SPDX-License-Identifier: GPL-2.0-or-later
"""From files to a plan."""

from __future__ import annotations

from collections.abc import Sequence

from firmware.importing import calls, tables
from firmware.importing.asterisk import office
from firmware.importing.freepbx import backups
from firmware.importing.freepbx.destinations import Known
from firmware.importing.plan import Plan
from firmware.importing.uploads import Source

CALL_DUMPS = ("cdr.sql", "cdr.sql.gz")


def read(sources: Sequence[Source]) -> Plan:
    """Of all files together. Never fails: what is not understood is in `notes`."""
    plan = Plan()
    modules = [source for source in sources if source.name.endswith((".json", "Devices.sql"))]
    confs = [source for source in sources if source.name.endswith(".conf")]
    known = Known()
    if modules:
        backups.read(modules, plan, known)
    elif confs:
        office.read(confs, plan, known)
    lists = [source for source in sources if source not in modules and not source.name.endswith(".conf")]
    for source in sorted(lists, key=lambda source: "did" in source.name.lower()):  # which lead to extensions
        if source.name.endswith(CALL_DUMPS):
            calls.dump(source, plan)
        elif not source.name.endswith((".sql", ".sql.gz")):
            tables.read(source, plan, known)
    return plan
