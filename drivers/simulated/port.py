# SPDX-License-Identifier: GPL-2.0-or-later
"""What simulated ports have in common: a far end behind two sockets, and no faults."""

from __future__ import annotations

from drivers.port import AudioPath, Port
from drivers.simulated.socket_pair import SocketPair


class SimulatedPort(Port):
    """`_sockets` is set by the port."""

    _sockets: SocketPair

    def open(self) -> None:
        """Begins to listen for a far end. OSError when that is not possible."""
        self._sockets.open()

    def connect_audio(self, audio: AudioPath) -> None:
        """Audio between the box and the far end goes through `audio`."""
        self._sockets.connect_audio(audio)

    @property
    def plugged(self) -> bool:
        """True while a far end holds the control socket."""
        return self._sockets.plugged

    @property
    def fault(self) -> str:
        """A simulated port has none."""
        return ""
