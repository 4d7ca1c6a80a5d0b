# SPDX-License-Identifier: GPL-2.0-or-later
"""Cards side by side, as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from drivers.port import Card, HookTiming, Port


class SeveralCards(Card):
    """Their ports must have ids of their own. The clock is that of the first card which has one."""

    def __init__(self, cards: Sequence[Card]) -> None:
        self._cards = cards
        self.grows = any(card.grows for card in cards)

    @property
    def name(self) -> str:  # type: ignore[override]
        """Of those that have ports."""
        return ", ".join(card.name for card in self._cards if card.ports) or self._cards[0].name

    @property
    def ports(self) -> Sequence[Port]:  # type: ignore[override]
        """Of all."""
        return [port for card in self._cards for port in card.ports]

    @property
    def fault(self) -> str:  # type: ignore[override]
        """What is wrong with each that has a fault."""
        return " ".join(card.fault for card in self._cards if card.fault)

    @property
    def clock_fd(self) -> int:  # type: ignore[override]
        """-1: none has a clock."""
        return next((card.clock_fd for card in self._cards if card.clock_fd >= 0), -1)

    @property
    def on_new_ports(self) -> Callable[[Sequence[Port]], None] | None:
        """Told of those of any card."""
        return self._cards[0].on_new_ports

    @on_new_ports.setter
    def on_new_ports(self, told: Callable[[Sequence[Port]], None] | None) -> None:
        for card in self._cards:
            card.on_new_ports = told

    def apply_hook_timing(self, timing: HookTiming) -> None:
        """The same for all."""
        for card in self._cards:
            card.hook_timing = timing

    def apply_law(self, law: str) -> None:
        """The same for all."""
        for card in self._cards:
            card.law = law

    async def start(self) -> None:
        """All of them."""
        for card in self._cards:
            await card.start()

    async def stop(self) -> None:
        """All of them."""
        for card in self._cards:
            await card.stop()
