# SPDX-License-Identifier: GPL-2.0-or-later
"""What an import would do, for people and programs; and the document and the calls that it makes."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Collection
from pathlib import Path

from firmware.importing import calls
from firmware.importing.merging import KEYS, Existing, merge
from firmware.importing.plan import Json
from firmware.importing.reading import read
from firmware.importing.uploads import read as read_files


def outcome(
    paths: list[Path], document: Json, ports: Collection[str] | None, existing: Existing, names: list[str] | None = None
) -> Json:
    """`document` and `calls` are for the box; the rest is for people. Invalid when a file cannot be read at all."""
    plan = read(read_files(paths, names))
    merged = merge(document, plan, ports, existing)
    made = Counter(table for table, _ in merged.made)
    return {
        "made": [
            {"table": table, "count": made[table], "names": [name for of, name in merged.made if of == table]}
            for table in KEYS if made[table]
        ],
        "collisions": [dataclasses.asdict(note) for note in merged.collisions],
        "not_understood": [dataclasses.asdict(note) for note in (*plan.notes, *merged.left_out)],
        "call_count": len(plan.calls),
        "changed": merged.document != document,
        "document": merged.document,
        "calls": calls.as_cdrs(plan.calls.values(), calls.house_of(merged.document)),
    }  # fmt: skip


def told(found: Json) -> Json:
    """Without what is for the box alone: secrets are in it."""
    return {key: value for key, value in found.items() if key not in ("document", "calls")}
