# SPDX-License-Identifier: GPL-2.0-or-later
"""What the control socket says of trunks, and the alarm of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from firmware.calls.journal import TRUNK, Journal
from firmware.config import Config, Trunk
from firmware.records import Severity

if TYPE_CHECKING:
    from firmware.core.accounts import Accounts
    from firmware.core.pbx import Pbx


def trunks_json(pbx: Pbx, accounts: Accounts) -> list[dict[str, Any]]:
    """All of them, in the order of the configuration."""
    return [trunk_json(pbx, accounts, trunk) for trunk in pbx.config.trunks]


def trunk_json(pbx: Pbx, accounts: Accounts, trunk: Trunk) -> dict[str, Any]:
    """Trunk of the control socket."""
    calls = sum(call.cdr.trunk == trunk.name for call in pbx.journal.calls.values())
    base = {"name": trunk.name, "kind": "sip" if trunk.sip else "lines", "calls": calls}
    if trunk.sip:
        return base | accounts.as_json(trunk.name) | {"ports": []}
    states = [pbx.lines[port].state for port in trunk.ports if port in pbx.lines]
    works = any(state not in ("no_battery", "fault", "unplugged") for state in states)
    unasked = {"registered": None, "reachable": None, "latency_ms": None, "last_error": None}
    return base | {"state": "up" if works else "down"} | unasked | {"ports": list(trunk.ports), "places": []}


def tell(journal: Journal, trunk: str, trouble: str) -> None:
    """The alarm of a trunk stands while it has trouble."""
    if trouble:
        journal.raise_alarm(TRUNK + trunk, Severity.ERROR, trouble)
    else:
        journal.clear_alarm(TRUNK + trunk)


def forget(journal: Journal, config: Config) -> None:
    """Trunks that there are no more have no alarms."""
    kept = {TRUNK + trunk.name for trunk in config.trunks if trunk.sip}
    for kind in [kind for kind in journal.alarms if kind.startswith(TRUNK) and kind not in kept]:
        journal.clear_alarm(kind)
