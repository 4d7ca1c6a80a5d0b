# SPDX-License-Identifier: GPL-2.0-or-later
"""Queues."""

from __future__ import annotations

from typing import Any

from firmware.errors import NotFound
from webui.api.route import Ask, Route
from webui.api.schema import many, ref


def queues(ask: Ask) -> Any:
    """Every queue, with its callers in the order of the line."""
    return ask.box.live.need()["queues"]


def queue(ask: Ask, name: str) -> Any:
    """One queue."""
    found = next((item for item in ask.box.live.need()["queues"] if item["name"] == name), None)
    if found is None:
        raise NotFound(f"There is no queue {name}.", code="no_such_queue")
    return found


ROUTES = [
    Route("GET", "/queues", queues, answer=many(ref("Queue"))),
    Route("GET", "/queues/<name>", queue, answer=ref("Queue"), fails=("no_such_queue",)),
]
