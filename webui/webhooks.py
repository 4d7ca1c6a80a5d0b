# SPDX-License-Identifier: GPL-2.0-or-later
"""Webhooks as people and programs look after them: how each is, its deliveries, a test, the switch back on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from firmware import times
from firmware.errors import Conflict
from firmware.store.webhooks import TYPES, Delivery, WebhookLog
from webui.box import Box
from webui.settings.tables import items, one


def log_of(box: Box) -> WebhookLog:
    return WebhookLog(box.state)


def as_json(delivery: Delivery) -> dict[str, Any]:
    """For the API."""
    told = {name: getattr(delivery, name) for name in delivery.__slots__}
    tried_at = times.iso(delivery.tried_at) if delivery.tried_at else None
    return told | {"time": times.iso(delivery.time), "tried_at": tried_at}


@dataclass(frozen=True, slots=True)
class Hooks:
    """Of one box, by what its configuration says now. NotFound (`no_such_webhook`) for a name that is not there."""

    box: Box

    def every(self) -> list[dict[str, Any]]:
        """In the order of the configuration, without secrets."""
        return [self._told(item) for item in items(self._document(), "webhook")]

    def one(self, name: str) -> dict[str, Any]:
        return self._told(one(self._document(), "webhook", name))

    def test(self, name: str, author: str) -> Delivery:
        """Conflict (`webhook_disabled`)."""
        if self.one(name)["disabled_at"]:
            message = f"The webhook {name} is switched off. Enable it first; what waits is sent then, too."
            raise Conflict(message, code="webhook_disabled")
        return log_of(self.box).test(name, author)

    def enable(self, name: str) -> dict[str, Any]:
        self.one(name)
        log_of(self.box).enable(name)
        return self.one(name)

    def retry(self, name: str, id: str) -> Delivery:
        """NotFound (`no_such_delivery`)."""
        self.one(name)
        return log_of(self.box).retry(name, id)

    def deliveries(self, name: str, state: str | None, limit: int, before: str | None) -> list[Delivery]:
        """The newest first."""
        self.one(name)
        return log_of(self.box).deliveries(name, state, limit, before)

    def _document(self) -> dict[str, Any]:
        return self.box.configs.current().document

    def _told(self, item: dict[str, Any]) -> dict[str, Any]:
        health, waiting = log_of(self.box).health(item["name"])
        since, disabled = (times.iso(at) if at else None for at in (health.failing_since, health.disabled_at))
        return {
            "name": item["name"], "url": item["url"], "events": item.get("events") or list(TYPES), "waiting": waiting,
            "failing_since": since, "disabled_at": disabled, "reason": health.reason,
        }  # fmt: skip
