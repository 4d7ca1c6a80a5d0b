# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole box for each test, with quick queues."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hil.box import Box


def office(**queue: Any) -> dict[str, Any]:
    """Two lines, four phones, two agents."""
    return {
        "site": {"name": "Test office", "country": "us", "language": "en", "timezone": "UTC"},
        "extension": [{"number": f"20{n}", "name": f"Phone {n}", "port": f"fxs{n}"} for n in range(1, 5)],
        "line": [
            {"port": "fxo1", "name": "Main", "number": "5550100"},
            {"port": "fxo2", "name": "Second", "number": "5550101"},
        ],
        "trunk": [{"name": "lines", "ports": ["fxo2", "fxo1"]}],
        "agent": [
            {"id": "alice", "name": "Alice", "extension": "201", "queues": {"support": 1}},
            {"id": "bob", "name": "Bob", "extension": "202", "queues": {"support": 1}},
        ],
        "queue": [{"name": "support", "number": "600", "wrap_up_s": 2, "greeting": "goodbye", **queue}],
        "route": [{"line": "fxo1", "to": "queue:support"}, {"line": "fxo2", "to": "extension:203"}],
        "outbound": [{"pattern": "9.", "strip": 1, "trunks": ["lines"]}],
    }


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Box]:
    """The office above."""
    async with Box(tmp_path / "box", office()) as running:
        yield running
