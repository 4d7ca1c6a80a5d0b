# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole backup of FreePBX."""

from __future__ import annotations

from collections.abc import Sequence

from firmware.importing.freepbx import callers, people, trunks
from firmware.importing.freepbx.destinations import Known
from firmware.importing.freepbx.tables import Backup, module_of
from firmware.importing.plan import Plan
from firmware.importing.uploads import Source

READ = frozenset(("Core", "Queues", "Ivr", "Ringgroups", "Timeconditions", "Voicemail", "Cdr"))
SILENT = frozenset((
    "Framework", "Backup", "Dashboard", "Asteriskinfo", "Soundlang", "Logfiles", "Manager", "Arimanager", "Filestore",
    "Bulkhandler", "Certman", "Pm2", "Infoservices", "Asterisklogfiles", "Cel", "Ucp",
))  # fmt: skip
"""Modules of the machine, with nothing of the office's in them."""


def read(sources: Sequence[Source], plan: Plan, known: Known) -> None:
    """Fills the plan; what leads to what is settled before."""
    backup = Backup(sources, plan)
    people.extensions(backup, plan, known)
    trunks.trunks(backup, plan, known)
    callers.names(backup, known)
    callers.queues(backup, plan, known)
    callers.groups(backup, plan, known)
    callers.menus(backup, plan, known)
    open_at = callers.schedules(backup, plan, known)
    callers.inbound(backup, plan, known, open_at)
    trunks.outbound(backup, plan, known)
    for source in sources:
        module = module_of(source.name)
        if source.name.endswith(".json") and module not in READ | SILENT:
            plan.note(source.name, f"The module {module} is not taken over.")
