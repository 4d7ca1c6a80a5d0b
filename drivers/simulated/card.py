# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated card: ports whose far ends connect to sockets in a directory."""

from __future__ import annotations

import re
import stat
from collections.abc import Sequence
from pathlib import Path

from drivers.port import Card, PortError
from drivers.simulated.fxo import SimulatedFxo
from drivers.simulated.fxs import SimulatedFxs

_SOCKET_NAME = re.compile(r"fx[os][0-9]+\.(audio|control)")


class SimulatedCard(Card):
    """`fxo` lines and `fxs` stations, simulated in `directory`."""

    ports: Sequence[SimulatedFxo | SimulatedFxs]

    def __init__(self, name: str, directory: Path, *, fxo: int, fxs: int) -> None:
        self.name = name
        self.directory = directory
        stations = [SimulatedFxs(f"fxs{n + 1}", directory) for n in range(fxs)]
        self.ports = [*(SimulatedFxo(f"fxo{n + 1}", directory) for n in range(fxo)), *stations]

    async def start(self) -> None:
        """Makes the directory (mode 0700) and listens. PortError when that is not possible."""
        try:
            self._clear_directory()
            for port in self.ports:
                port.open()
        except OSError as error:
            await self.stop()
            raise PortError(
                f"The simulated card cannot listen in {self.directory}: {error}. Give the box another --state "
                "directory (its path must be shorter than about 80 characters)."
            ) from error

    async def stop(self) -> None:
        """Puts every port on hook, closes the sockets and removes their files."""
        for port in self.ports:
            port.close()

    def _clear_directory(self) -> None:
        """What a killed core left behind would make bind fail, and old ports look alive."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.directory.chmod(0o700)
        for path in self.directory.iterdir():
            if _SOCKET_NAME.fullmatch(path.name) and stat.S_ISSOCK(path.lstat().st_mode):
                path.unlink()
