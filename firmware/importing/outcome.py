# SPDX-License-Identifier: GPL-2.0-or-later
"""What an import would do, for people and programs; and the document that it makes."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Collection

from firmware.errors import Invalid
from firmware.importing.merging import KEYS, Existing, Merged, merge
from firmware.importing.parts import CALLS, PARTS
from firmware.importing.plan import Json, Plan


def outcome(
    plan: Plan, document: Json, ports: Collection[str] | None, existing: Existing, parts: Collection[str] = tuple(PARTS)
) -> Json:
    """`document` is for the box, since secrets are in it; the rest is for people. Invalid names a part that is none."""
    tables = tables_of(parts)
    chosen = Plan([item for item in plan.items if item.table in tables], plan.notes)
    merged = merge(document, chosen, ports, existing)
    made = Counter(table for table, _ in merged.made)
    return {
        "made": [
            {"table": table, "count": made[table], "names": [name for of, name in merged.made if of == table]}
            for table in KEYS if made[table]
        ],
        "found": {part: sum(item.table in of for item in plan.items) for part, of in PARTS.items() if part != CALLS},
        "new_passwords": _new(merged, document, lambda values: values.get("sip") == {}),
        "without_pin": _new(merged, document, lambda values: _has_no_pin(values)),
        "collisions": [dataclasses.asdict(note) for note in merged.collisions],
        "not_understood": [dataclasses.asdict(note) for note in (*plan.notes, *merged.left_out)],
        "changed": merged.document != document,
        "document": merged.document,
    }  # fmt: skip


def tables_of(parts: Collection[str]) -> set[str]:
    """Invalid (`no_such_part`)."""
    for part in parts:
        if part not in PARTS:
            raise Invalid(
                f'"{part}" cannot be imported; there are: {", ".join(PARTS)}.', code="no_such_part", field="parts"
            )
    return {table for part in parts for table in PARTS[part]}


def _has_no_pin(values: Json) -> bool:
    box = values.get("voicemail")
    return isinstance(box, dict) and "pin" not in box


def _new(merged: Merged, before: Json, wanted: Callable[[Json], bool]) -> list[str]:
    """Numbers of extensions that are new, or were changed, and are so now."""
    then = before.get("extension", ())
    return [item["number"] for item in merged.document.get("extension", ()) if item not in then and wanted(item)]


def told(found: Json) -> Json:
    """Without what is for the box alone."""
    return {key: value for key, value in found.items() if key != "document"}
