# SPDX-License-Identifier: GPL-2.0-or-later
"""Lists that the running core has: the same for ports, queues, agents, alarms."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from firmware.cli.common import control_of, show_rows


def show_list(arguments: argparse.Namespace, method: str, columns: Sequence[str]) -> int:
    """Asks the core for the list and shows it."""
    with control_of(arguments) as control:
        rows = control.request(method)
    return show_rows(arguments, rows, columns, f"No {method}.")
