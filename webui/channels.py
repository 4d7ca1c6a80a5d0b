# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is told of alarms, as people and programs look after it: how each channel is, its notices, a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from firmware import times
from firmware.store.notices import WAITING, Notice, NoticeLog
from webui.box import Box
from webui.settings.tables import items, one


def notice_json(notice: Notice) -> dict[str, Any]:
    """For the API."""
    told = {name: getattr(notice, name) for name in notice.__slots__ if name != "data"}
    at = {name: times.iso(told[name]) if told[name] else None for name in ("at", "due_at", "tried_at")}
    return told | at | {"text": notice.data["text"], "severity": notice.data["severity"]}


@dataclass(frozen=True, slots=True)
class Channels:
    """Of one box, by what its configuration says now. NotFound (`no_such_alarm_channel`)."""

    box: Box

    def every(self) -> list[dict[str, Any]]:
        """In the order of the configuration."""
        return [self._told(item) for item in items(self.box.fresh_document(), "alarm_channel")]

    def notices(self, name: str) -> list[Notice]:
        """The newest first."""
        one(self.box.fresh_document(), "alarm_channel", name)
        return NoticeLog(self.box.state).last(name)

    def test(self, name: str) -> Notice:
        one(self.box.fresh_document(), "alarm_channel", name)
        return NoticeLog(self.box.state).test(name)

    def _told(self, item: dict[str, Any]) -> dict[str, Any]:
        from firmware.alarms import routing

        log = NoticeLog(self.box.state)
        last = log.last(item["name"], 1)
        trouble = last[0].said if last and last[0].state == WAITING and last[0].tries else ""
        return {
            "name": item["name"],
            "way": routing.way_of(item),
            "to": _to(item),
            "severity": routing.severity_of(item).value,
            "areas": item.get("areas", []),
            "waiting": log.waiting(item["name"]),
            "trouble": trouble,
        }


def _to(item: dict[str, Any]) -> list[str]:
    """Whom or what it tells."""
    for way in ("mail", "call"):
        if item.get(way):
            return list(item[way])
    if item.get("webhook"):
        return [item["webhook"]]
    return [(item.get("syslog") or item.get("snmp") or {}).get("server", "")]
