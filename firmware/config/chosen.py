# SPDX-License-Identifier: GPL-2.0-or-later
"""What people choose for their extensions counts instead of the configuration."""

from __future__ import annotations

from collections.abc import Mapping

from firmware.config.extensions import Extension
from firmware.config.model import Config

FORWARDS = ("forward_always", "forward_busy", "forward_no_answer", "forward_unregistered")
SWITCHES = ("do_not_disturb", "call_waiting")
NAMES = (*SWITCHES, *FORWARDS)
Chosen = Mapping[str, bool | str]


def with_chosen(config: Config, chosen: Mapping[str, Chosen]) -> Config:
    """The configuration as people have it; `chosen` by number of the extension."""
    extensions = [extension_with(extension, chosen.get(extension.number, {})) for extension in config.extensions]
    return config.model_copy(update={"extensions": extensions})


def extension_with(extension: Extension, chosen: Chosen) -> Extension:
    """One of them."""
    known = {name: value for name, value in chosen.items() if name in NAMES}
    return extension.model_copy(update=known) if known else extension
