# SPDX-License-Identifier: GPL-2.0-or-later
"""What the box has acknowledged before it goes down, kept by the host: `remember` it, and look what is `missing`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from firmware.store.history import History
from hil.appliance.guest.box import STATE, ask, configure

KEPT = Path("/results/remembered.json")


def now() -> dict[str, Any]:
    """The configuration in force, ended calls, recordings by their digests."""
    recordings = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((STATE / "recordings").rglob("*.opus"))
    }
    calls = [call.id for call in History(STATE / "history.db").calls().items]
    return {"document": ask("config.show")["document"], "calls": calls, "recordings": recordings}


def remember(office: str) -> None:
    """Names the office, and keeps what is acknowledged then."""
    configure(site=ask("config.show")["document"].get("site", {}) | {"name": office})
    KEPT.write_text(json.dumps(now()))


def missing() -> dict[str, Any]:
    """What is not as it was remembered."""
    before, after = json.loads(KEPT.read_text()), now()
    assert before["calls"], "the main call has left no record: run test_3_call.py before"
    return {
        "document": None if after["document"] == before["document"] else after["document"],
        "calls": set(before["calls"]) - set(after["calls"]),
        "recordings": before["recordings"].items() - after["recordings"].items(),
    }
