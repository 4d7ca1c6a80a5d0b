# SPDX-License-Identifier: GPL-2.0-or-later
"""What an extension shows of itself: its number and name in the house, what the configuration says outside."""

from __future__ import annotations

from dataclasses import replace

from firmware.calls.leg import Caller
from firmware.config import Config, Extension


def inside(extension: Extension) -> Caller:
    """To the phones of the house."""
    return Caller(extension.number, extension.name)


def outside(config: Config, caller: Caller, withheld: bool | None = None) -> Caller | None:
    """To the outside; None when it is nobody of the house. `withheld`: chosen for this call, None for as configured."""
    extension = config.extension(caller.number)
    if not extension:
        return None
    number, name = extension.outside_number or caller.number, extension.outside_name or caller.name
    return replace(caller, number=number, name=name, private=extension.withhold if withheld is None else withheld)
