# SPDX-License-Identifier: GPL-2.0-or-later
"""PINs cannot be guessed: after some wrong ones nobody may try for a while. Pure; `now` is in seconds."""

from __future__ import annotations

from dataclasses import dataclass

MOST_WRONG = 5
LOCKED_S = 900.0


@dataclass(slots=True)
class _Tried:
    wrong: int = 0
    locked_until: float = 0.0


class PinLocks:
    """One for each thing that has a PIN."""

    def __init__(self) -> None:
        self._tried: dict[str, _Tried] = {}

    def locked(self, what: str, now: float) -> bool:
        """Whether even the right PIN is refused now."""
        return what in self._tried and now < self._tried[what].locked_until

    def wrong(self, what: str, now: float) -> bool:
        """A wrong PIN was given; True when it is locked from now on."""
        tried = self._tried.setdefault(what, _Tried())
        tried.wrong += 1
        if tried.wrong < MOST_WRONG:
            return False
        tried.wrong, tried.locked_until = 0, now + LOCKED_S
        return True

    def lock(self, what: str, until: float) -> None:
        """It was locked before this process began."""
        self._tried[what] = _Tried(locked_until=until)

    def tried(self) -> list[str]:
        """Whatever wrong PINs were given for."""
        return list(self._tried)

    def right(self, what: str) -> None:
        """What was tried before is forgotten."""
        self._tried.pop(what, None)
