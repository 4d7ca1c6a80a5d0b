# SPDX-License-Identifier: GPL-2.0-or-later
"""What people choose for their extensions, by feature code or over the API: it counts instead of the configuration."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from firmware.config import Config, Extension
from firmware.config.chosen import NAMES, SWITCHES, Chosen, extension_with, with_chosen
from firmware.errors import Invalid


class Kept(Protocol):
    """Where choices outlive the core. Both methods wait for a disk."""

    def choices(self) -> dict[str, dict[str, Any]]:
        """Of each extension that has any."""

    def keep_choices(self, number: str, chosen: Chosen) -> None:
        """Those of one extension, in place of its former ones."""


class Choices:
    """Lives in the asyncio thread. `on_changed` is told the extension's number."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._chosen = {number: _known(chosen) for number, chosen in kept.choices().items()}
        self._writing = asyncio.Lock()
        self.on_changed: Callable[[str], None] = lambda number: None

    def of(self, extension: Extension) -> Extension:
        """As it is now: with what was chosen."""
        return extension_with(extension, self._chosen.get(extension.number, {}))

    def in_all(self, config: Config) -> Config:
        """The configuration with everybody's choices."""
        return with_chosen(config, self._chosen)

    async def choose(self, number: str, **values: bool | str | None) -> None:
        """In force at once, and kept when this returns; None is what the configuration says. Unavailable."""
        chosen = {**self._chosen.get(number, {}), **values}
        self._chosen[number] = {name: value for name, value in chosen.items() if value is not None}
        self.on_changed(number)
        async with self._writing:
            await asyncio.to_thread(self._kept.keep_choices, number, dict(self._chosen[number]))

    def as_json(self, extension: Extension) -> dict[str, Any]:
        """Settings of the control socket. `chosen` names what is not the configuration's."""
        now = self.of(extension)
        return {
            "extension": extension.number,
            **{name: getattr(now, name) for name in NAMES},
            "chosen": sorted(self._chosen.get(extension.number, {})),
        }


def diverted(extension: Extension) -> bool:
    """Whether a person who lifts the phone should hear that calls do not come as usual."""
    return extension.do_not_disturb or bool(extension.forward_always)


def read(params: Mapping[str, Any]) -> dict[str, bool | str | None]:
    """Values for `choose` out of JSON. Invalid names what is wrong."""
    for name, value in params.items():
        if name not in NAMES:
            raise Invalid(f"There is no setting {name}; there are {', '.join(NAMES)}.", field=name)
        wanted = bool if name in SWITCHES else str
        if value is not None and not isinstance(value, wanted):
            what = "true or false" if wanted is bool else "a number as text"
            raise Invalid(f"`{name}` must be {what}, or null for what the configuration says.", field=name)
    return dict(params)


def _known(chosen: dict[str, Any]) -> dict[str, bool | str]:
    return {name: value for name, value in chosen.items() if name in NAMES}
