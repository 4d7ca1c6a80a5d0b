# SPDX-License-Identifier: GPL-2.0-or-later
"""The pages people see. Each room lists its routes."""

from __future__ import annotations

from webui.pages import (
    account,
    agents,
    api_reference,
    bench,
    call_backs,
    calls,
    desk,
    history,
    imports,
    live,
    me,
    messages,
    outside,
    phone_book,
    phones,
    queues,
    recordings,
    reports,
    settings,
    sms,
    softphone,
    static,
    trial,
    typed,
    users,
    wallboard,
    wizard,
)
from webui.pages.route import PageRoute, mount

ROUTES: list[PageRoute] = [
    *static.ROUTES,
    *account.ROUTES,
    *me.ROUTES,
    *typed.ROUTES,
    *users.ROUTES,
    *live.ROUTES,
    *wallboard.ROUTES,
    *queues.ROUTES,
    *agents.ROUTES,
    *desk.ROUTES,
    *calls.ROUTES,
    *recordings.ROUTES,
    *call_backs.ROUTES,
    *phone_book.ROUTES,
    *phones.ROUTES,
    *softphone.ROUTES,
    *messages.ROUTES,
    *sms.ROUTES,
    *outside.ROUTES,
    *reports.ROUTES,
    *settings.ROUTES,
    *imports.ROUTES,
    *wizard.ROUTES,
    *api_reference.ROUTES,
    *history.ROUTES,
    *trial.ROUTES,
    *bench.ROUTES,
]

__all__ = ["ROUTES", "mount"]
