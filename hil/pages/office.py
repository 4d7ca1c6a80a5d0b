# SPDX-License-Identifier: GPL-2.0-or-later
"""The state directory of an office in which every page has something to show."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from firmware import times
from firmware.store.access import Access
from firmware.store.config_db import ConfigDb
from hil import blank_state
from hil.benches import history_year
from hil.benches.history_year import Year
from hil.pages import past

CONFIG = Path(__file__).with_name("office.toml")
CALLS, DAYS = 400, 14
PASSWORD = "harbour lamp seagull"  # noqa: S105
USERS = {"owner": "admin", "ingrid": "installer", "sam": "supervisor", "alice": "agent", "rita": "readonly"}


def document() -> dict[str, Any]:
    """The configuration."""
    return tomllib.loads(CONFIG.read_text())


def fill(state: Path, calls: int = CALLS, now: datetime | None = None) -> dict[str, str]:
    """Makes it; the ids of what pages are about: `call`, `recording`, `message`."""
    now = now or times.now()
    blank_state.prepare(state)
    configs = ConfigDb(state)
    configs.apply({"site": document()["site"]}, "tipring")
    configs.apply(document(), "ingrid")
    _people(Access(state))
    names = [tuple(item[key] for item in document()[table]) for table, key in (("queue", "name"), ("agent", "id"))]
    history_year.fill(state, calls, Year(now - timedelta(days=DAYS), DAYS, *names))
    call = past.past_call(state, now - timedelta(hours=1))
    message = past.message_in(state, started_at=now - timedelta(minutes=20))
    return {"call": call.id, "recording": past.recording_of(state, call, past.wav(20)).id, "message": message.id}


def _people(access: Access) -> None:
    access.set_up(access.create_setup_link(), "owner", PASSWORD)
    for name, role in USERS.items():
        if name != "owner":
            access.create_user(name, PASSWORD, role)


def session(state: Path, name: str) -> str:
    """The secret of a new session of a user: their cookie."""
    access = Access(state)
    return access.open_session(access.user(name), "127.0.0.1", "hil")
