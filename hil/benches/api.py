# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests that nobody thought of, to every route of the API of a whole box."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
import time
from pathlib import Path
from typing import Any

from firmware.store.access import Access
from hil.any_request import document_of, faults
from hil.box import Box

EXAMPLES = 10
DOCUMENT: dict[str, Any] = {
    "api": {"requests_per_minute": 0},
    "extension": [
        {"number": "201", "name": "Reception", "port": "fxs1", "voicemail": True},
        {"number": "202", "name": "Office", "sip": {"password": "correct-horse-battery"}},
    ],
    "line": [{"port": "fxo1", "name": "Main line", "number": "5550100"}],
    "agent": [{"id": "alice", "name": "Alice", "extension": "201", "queues": {"support": 1}}],
    "queue": [{"name": "support", "number": "600"}],
    "webhook": [{"name": "crm", "url": "http://192.0.2.1/", "secret": "a-secret-of-the-crm"}],
}


async def measure(seed: int) -> dict[str, Any]:
    """Routes, requests to each, and every answer that should not be."""
    with tempfile.TemporaryDirectory(prefix="tipring-bench-") as folder:
        state = Path(folder) / "box"
        async with Box(state, DOCUMENT) as box:
            url = box.ready["web"].rstrip("/")
            token, began = Access(state).create_token("admin", "bench"), time.monotonic()
            found = await asyncio.to_thread(lambda: list(faults(url, token, EXAMPLES, seed)))
            took_s = time.monotonic() - began
            routes = sum(len(methods) for methods in document_of(url)["paths"].values())
    return {
        "routes": routes, "requests_each": 2 * EXAMPLES, "seed": seed, "took_s": round(took_s, 1),
        "faults": [f"{fault.route}: {fault.what}" for fault in found],
    }  # fmt: skip


def run() -> dict[str, Any]:
    """The figures."""
    return asyncio.run(measure(secrets.randbelow(2**31)))
