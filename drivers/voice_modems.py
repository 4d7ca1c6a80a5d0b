# SPDX-License-Identifier: GPL-2.0-or-later
"""The protocol of voice modems as lines: those of the command line, and those that are taken while the box runs."""

from __future__ import annotations

import enum
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from drivers.port import Card, Port


class Ability(enum.StrEnum):
    """What a voice modem can do."""

    BOTH_WAYS = "both_ways"  # sound at the same time (+VTR)
    BY_TURNS = "by_turns"  # it listens or speaks: announcements and messages only
    WAYS_UNKNOWN = "ways_unknown"  # seen at its first call
    CALLER_ID = "caller_id"


@dataclass(frozen=True, slots=True)
class VoiceModem:
    """One as it is now. `fault` is a sentence for the installer, "" while it answers."""

    port: str
    device: str
    model: str
    fault: str
    can: tuple[Ability, ...]

    def as_json(self) -> dict[str, Any]:
        """For the control socket."""
        return asdict(self)


class VoiceModems(Card):
    """A port for each. `on_gone_ports` is told of ports that `use` took away: they are closed, and not in `ports`."""

    on_gone_ports: Callable[[Sequence[Port]], None] | None = None

    @abstractmethod
    async def use(self, devices: Mapping[str, str]) -> None:
        """From now on these beside those of the command line: the id of each port, and its device."""

    @property
    @abstractmethod
    def taken(self) -> frozenset[str]:
        """Ids of the ports that `use` named last."""

    @abstractmethod
    def modems(self) -> list[VoiceModem]:
        """All of them, by their ports."""


def open_voice_modems(devices: Sequence[str]) -> VoiceModems:
    """With those of the command line, not started yet."""
    from drivers.modem.card import ModemCard

    return ModemCard(devices)
