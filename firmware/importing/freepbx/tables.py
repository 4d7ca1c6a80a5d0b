# SPDX-License-Identifier: GPL-2.0-or-later
"""The modules of a backup as tables, however a version of FreePBX wrote them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from firmware.importing import sql
from firmware.importing.plan import Json, Plan
from firmware.importing.uploads import Source

_SQL = "Devices.sql"
DEVICE_COLUMNS = ("id", "tech", "dial", "devicetype", "user", "description", "emergency_cid", "hint_override")
KEYWORD_COLUMNS = ("id", "keyword", "data", "flags")


class Backup:
    """`of` gives what a module kept as its `configs`; {} where it is not there."""

    def __init__(self, sources: Iterable[Source], plan: Plan) -> None:
        self._modules: dict[str, Any] = {}
        self._dump = ""
        for source in sources:
            if source.name.endswith(".json"):
                self._modules[module_of(source.name)] = _configs(source, plan)
            elif source.name.endswith(_SQL):
                self._dump = source.content.decode(errors="replace")

    def of(self, module: str, *path: str) -> Any:
        found = self._modules.get(module)
        for step in path:
            found = found.get(step) if isinstance(found, dict) else None
        return found

    def rows(self, module: str, *path: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Of a list of rows, or of a table of them: where each stands, and its values as text."""
        found = self.of(module, *path)
        listed = found.items() if isinstance(found, dict) else enumerate(found) if isinstance(found, list) else ()
        for place, row in listed:
            if isinstance(row, dict):
                yield f"{module}.json: {'.'.join(path)}[{place}]", {key: _text(value) for key, value in row.items()}

    def devices(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Of the table `devices`: in JSON up to release 15, in a dump of the database since then."""
        yield from self.rows("Core", "Devices", "devices")
        for line, row in sql.rows(self._dump.split("\n"), "devices"):
            yield f"{_SQL}:{line}", dict(zip(DEVICE_COLUMNS, row, strict=False))

    def settings(self, table: str) -> dict[str, dict[str, str]]:
        """Of `sip`, `pjsip` or `dahdi`: keywords and data, by the id of a device or trunk."""
        found: dict[str, dict[str, str]] = {}
        listed = [row for _, row in self.rows("Core", "Devices", "techTables", table)]
        listed += [row for _, row in self.rows("Core", "Trunks", "techTables", table)]
        listed += [dict(zip(KEYWORD_COLUMNS, row, strict=False)) for _, row in sql.rows(self._dump.split("\n"), table)]
        for row in listed:
            found.setdefault(row.get("id", ""), {})[row.get("keyword", "")] = row.get("data", "")
        return found


def module_of(name: str) -> str:
    """`modulejson/Core.json` is of Core."""
    return name.rpartition("/")[2].removesuffix(".json")


def _configs(source: Source, plan: Plan) -> Json:
    try:
        read = json.loads(source.content)
        read = json.loads(json.dumps(read, ensure_ascii=False).encode(errors="replace"))  # no halves of letters
    except (ValueError, RecursionError) as error:
        plan.note(source.name, f"This is no JSON that can be read: {str(error)[:120]}.")
        return {}
    configs = read.get("configs") if isinstance(read, dict) else None
    return configs if isinstance(configs, dict) else {}


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value).strip()
