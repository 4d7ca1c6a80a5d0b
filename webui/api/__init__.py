# SPDX-License-Identifier: GPL-2.0-or-later
"""The REST API under /api/v1 (CONTRACT: REST API). Each room of it lists its routes."""

from __future__ import annotations

from webui.api import (
    acceptance,
    agents,
    alarms,
    backup,
    board,
    call_backs,
    calls,
    config,
    contacts,
    desk,
    dial_plan,
    doctor,
    events,
    exports,
    extensions,
    house,
    imports,
    phones,
    prompts,
    queues,
    recordings,
    reports,
    sms,
    system,
    tables,
    update,
    users,
    voicemail,
    waiting,
    wallboard,
    webhooks,
)
from webui.api.reference import document_of
from webui.api.route import PREFIX, Route, mount

ROUTES: list[Route] = [
    *system.ROUTES,
    *phones.ROUTES,
    *extensions.ROUTES,
    *calls.ROUTES,
    *waiting.ROUTES,
    *call_backs.ROUTES,
    *desk.ROUTES,
    *contacts.ROUTES,
    *sms.ROUTES,
    *queues.ROUTES,
    *agents.ROUTES,
    *recordings.ROUTES,
    *reports.ROUTES,
    *wallboard.ROUTES,
    *exports.ROUTES,
    *voicemail.ROUTES,
    *prompts.ROUTES,
    *config.ROUTES,
    *tables.ROUTES,
    *house.ROUTES,
    *board.ROUTES,
    *backup.ROUTES,
    *imports.ROUTES,
    *update.ROUTES,
    *alarms.ROUTES,
    *users.ROUTES,
    *dial_plan.ROUTES,
    *doctor.ROUTES,
    *acceptance.ROUTES,
    *events.ROUTES,
    *webhooks.ROUTES,
]
ROUTES.append(document_of(ROUTES))

__all__ = ["PREFIX", "ROUTES", "mount"]
