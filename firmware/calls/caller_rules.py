# SPDX-License-Identifier: GPL-2.0-or-later
"""What an extension shows of itself: its number and name in the house, what the configuration says outside."""

from __future__ import annotations

from dataclasses import replace

from firmware.calls.leg import Caller
from firmware.config import Extension


def inside(extension: Extension) -> Caller:
    """To the phones of the house."""
    return Caller(extension.number, extension.name)


def outside(extension: Extension, caller: Caller, withheld: bool | None = None) -> Caller | None:
    """To the outside, None when it is `caller`; `withheld`: chosen for this call, None for what is configured."""
    number, name = extension.outside_number or caller.number, extension.outside_name or caller.name
    hidden = extension.withhold if withheld is None else withheld
    shown = replace(caller, number=number, name=name, private=hidden)
    return None if shown == caller else shown
