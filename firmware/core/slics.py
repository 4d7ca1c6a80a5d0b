# SPDX-License-Identifier: GPL-2.0-or-later
"""The SLICs of a board's profile, as their driver wants them: it knows the telephone, the board knows the lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from board.board import BoardError, EdgeInput, Output
from board.factory import open_slic
from board.profile import Slic
from board.reading import find_in_child
from drivers.port import PortError
from drivers.slic.wiring import SlicLines, Wiring


def wirings(board: str) -> Sequence[Wiring]:
    """Of a profile by its name or path, or "auto". PortError names what is wrong with it, or that it has no SLIC."""
    with _as_port_errors():
        profile = find_in_child(board)
    if not profile or not profile.slic:
        raise PortError(f'Card "slic:{board}": the profile of this board has no [[slic]]. docs/hardware.md has one.')
    return [
        Wiring(slic.codec, slic.channel, slic.ring_hz, partial(_open, f"fxs{number}", slic))
        for number, slic in enumerate(profile.slic, 1)
    ]


@contextmanager
def _as_port_errors() -> Iterator[None]:
    try:
        yield
    except BoardError as error:
        raise PortError(str(error)) from error


def _open(id: str, slic: Slic) -> SlicLines:
    with _as_port_errors():
        pins = open_slic(id, slic)
    power_down = _Driven(pins.power_down) if pins.power_down else None
    return SlicLines(_Driven(pins.forward), _Driven(pins.ring_mode), _Hook(pins.hook), power_down)


class _Driven:
    """An output of the board."""

    def __init__(self, output: Output) -> None:
        self._output, self.close = output, output.close

    def set(self, on: bool) -> None:
        """Switches it. PortError."""
        with _as_port_errors():
            self._output.set(on)


class _Hook:
    """An input of the board."""

    def __init__(self, hook: EdgeInput) -> None:
        self._hook, self.close = hook, hook.close

    def read(self) -> bool:
        """The level now. PortError."""
        with _as_port_errors():
            return self._hook.read()

    def watch_edges(self, changed: Callable[[bool, float], None]) -> None:
        """Tells each edge with its time."""
        self._hook.watch_edges(changed)
