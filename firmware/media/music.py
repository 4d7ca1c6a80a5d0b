# SPDX-License-Identifier: GPL-2.0-or-later
"""Music on hold, and prompts in its place: each plays once for all; whoever waits listens in."""

from __future__ import annotations

from collections.abc import Callable

from drivers.lineaudio import NativeEvents, Player, Sound


class Music:
    """`find` gives what plays under a name now, "" for music on hold itself. Lives in the asyncio thread."""

    def __init__(self, events: NativeEvents, find: Callable[[str], Sound | None]) -> None:
        self._events, self._find = events, find
        self._playing: dict[str, tuple[Sound, Player]] = {}
        self._former: list[Player] = []

    def slot(self, name: str = "") -> int | None:
        """Of the mixer; None when there is nothing to play."""
        sound = self._find(name)
        known, player = self._playing.get(name, (None, None))
        if sound and sound is not known:
            if player:
                self._former.append(player)  # whoever waits hears it on
            player = Player(self._events, sound, loop=True)
            self._playing[name] = sound, player
        return player.slot if player else None

    def close(self) -> None:
        """Silence."""
        for player in (*(player for _, player in self._playing.values()), *self._former):
            player.close()
