# SPDX-License-Identifier: GPL-2.0-or-later
"""Pages that change the configuration."""

from __future__ import annotations

from webui.pages.route import PageRoute
from webui.pages.settings import (
    alarms,
    backup,
    board,
    certificate,
    channels,
    classes,
    codes,
    groups,
    hours,
    hub,
    limits,
    lines,
    logs,
    menus,
    network,
    plan,
    programs,
    prompts,
    queues,
    reports,
    submit,
    system_prompts,
    update,
    waiting,
)

ROUTES: list[PageRoute] = [
    *hub.ROUTES,
    *hours.ROUTES,
    *menus.ROUTES,
    *prompts.ROUTES,
    *plan.ROUTES,
    *groups.ROUTES,
    *queues.ROUTES,
    *waiting.ROUTES,
    *limits.ROUTES,
    *classes.ROUTES,
    *codes.ROUTES,
    *reports.ROUTES,
    *lines.ROUTES,
    *board.ROUTES,
    *update.ROUTES,
    *programs.ROUTES,
    *system_prompts.ROUTES,
    *network.ROUTES,
    *certificate.ROUTES,
    *backup.ROUTES,
    *alarms.ROUTES,
    *channels.ROUTES,
    *logs.ROUTES,
    submit.UNDO,
]
