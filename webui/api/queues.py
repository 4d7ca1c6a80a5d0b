# SPDX-License-Identifier: GPL-2.0-or-later
"""Queues."""

from __future__ import annotations

from typing import Any

from firmware.errors import NotFound
from webui.api.route import Ask, Route


def queues(ask: Ask) -> Any:
    return ask.box.live.need()["queues"]


def queue(ask: Ask, name: str) -> Any:
    found = next((item for item in ask.box.live.need()["queues"] if item["name"] == name), None)
    if found is None:
        raise NotFound(f"There is no queue {name}.", code="no_such_queue")
    return found


ROUTES = [
    Route("GET", "/queues", queues),
    Route("GET", "/queues/<name>", queue),
]
