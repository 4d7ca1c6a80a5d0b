# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring alarms"""

from __future__ import annotations

import argparse

from firmware.cli.common import (
    Subparsers,
    add_command,
    author_of_shell,
    control_of,
    document_of,
    show_rows,
    state_of,
)
from firmware.errors import NotFound

_COLUMNS = ("raised_at", "severity", "kind", "text", "count", "acknowledged_by", "cleared_at")


def register(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "alarms", "what a person has to look after, and who is told of it", run)
    parser.add_argument("--all", action="store_true", help="those that are cleared too")
    parser.add_argument("--acknowledge", action="store_true", help="they are known: the alarm LED stops blinking")
    parser.add_argument("--told", metavar="CHANNEL", help="what a channel of [[alarm_channel]] was told last")
    parser.add_argument("--test", metavar="CHANNEL", help="tells a channel of nothing, to see whether it arrives")


def run(arguments: argparse.Namespace) -> int:
    """From history.db, so that it works with nothing running."""
    if arguments.told or arguments.test:
        return _channel(arguments)
    from firmware.store.history import History

    if arguments.acknowledge:
        with control_of(arguments) as control:
            control.request("alarms.acknowledge", by=author_of_shell())
    alarms = History(state_of(arguments) / "history.db").alarms(standing=not arguments.all)
    rows = [alarm.as_json() for alarm in alarms]
    return show_rows(arguments, rows, _COLUMNS, "No alarms.")


def _channel(arguments: argparse.Namespace) -> int:
    """NotFound."""
    from firmware.store.notices import NoticeLog
    from firmware.times import iso

    name = arguments.told or arguments.test
    known = [channel["name"] for channel in document_of(arguments).get("alarm_channel", [])]
    if name not in known:
        raise NotFound(f"There is no alarm channel {name}; there are: {', '.join(known) or 'none'}.")
    log = NoticeLog(state_of(arguments))
    found = [log.test(name)] if arguments.test else log.last(name)
    rows = [
        {"at": iso(n.at), "what": n.what, "text": n.data["text"], "state": n.state, "tries": n.tries, "said": n.said}
        for n in found
    ]
    return show_rows(arguments, rows, ("at", "what", "text", "state", "tries", "said"), "Nothing yet.")
