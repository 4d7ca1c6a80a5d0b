# SPDX-License-Identifier: GPL-2.0-or-later
"""The board without hardware: a socket at which others press its button and see its LEDs.

The protocol is in docs/reference/simulated-board.md. What does not fit it pulls the plug of who sent it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from board.board import LEDS, Board, BoardError

log = logging.getLogger(__name__)

PACKET_MAX = 4096
BOOLS = ("button", "loop", "relay_stuck")
FIGURES = {"temperature_c": (-40.0, 150.0), "supply_v": (0.0, 80.0)}


class SimulatedHardware:
    """Levels and figures, and who looks at them. Several may be connected at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._clients: list[socket.socket] = []
        self.inputs: dict[str, Any] = {
            "button": False, "loop": False, "relay_stuck": False, "temperature_c": 45.0, "supply_v": 12.0,
        }  # fmt: skip
        self.outputs: dict[str, Any] = {"leds": dict.fromkeys(LEDS, False), "relay": False, "fan": False, "fed": 0}
        self.watchers: dict[str, Callable[[bool], None]] = {}
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)
        try:
            self._listener.bind(str(path))
        except OSError as error:
            self._listener.close()
            raise BoardError(f"The simulated board cannot listen at {path}: {error.strerror or error}.") from error
        self._listener.listen(8)
        asyncio.get_running_loop().add_reader(self._listener, self._accept)

    @property
    def relay_is_on(self) -> bool:
        """Where the contacts are: a stuck relay stays on the line."""
        return bool(self.outputs["relay"]) and not self.inputs["relay_stuck"]

    def put(self, name: str, value: object) -> None:
        """An output is another one: everybody is told."""
        if self.outputs[name] != value:
            self.outputs[name] = value
            self._tell({name: value})

    def close(self) -> None:
        """Cuts everybody off and removes the socket."""
        loop = asyncio.get_running_loop()
        for client in list(self._clients):
            self._drop(client)
        loop.remove_reader(self._listener)
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        with suppress(OSError):
            client, _ = self._listener.accept()
            client.setblocking(False)
            self._clients.append(client)
            asyncio.get_running_loop().add_reader(client, self._readable, client)
            self._send(client, self.outputs)

    def _readable(self, client: socket.socket) -> None:
        try:
            packet = client.recv(PACKET_MAX)
            if packet:
                self._take(json.loads(packet))
                return
        except BlockingIOError:
            return
        except (OSError, ValueError, RecursionError) as error:
            log.warning("simulated board: thrown out: %s", error)
        self._drop(client)

    def _take(self, message: Any) -> None:
        if not isinstance(message, dict):
            raise ValueError("not a JSON object")
        for name, value in message.items():
            if name in BOOLS:
                if not isinstance(value, bool):
                    raise ValueError(f"{name} is true or false")
            elif name not in FIGURES or isinstance(value, bool) or not isinstance(value, int | float):
                raise ValueError(f"{name[:40]} = {str(value)[:40]} is not known")
            elif not FIGURES[name][0] <= value <= FIGURES[name][1]:
                raise ValueError(f"{name} must be in {FIGURES[name]}")
        for name, value in message.items():
            changed = self.inputs[name] != value
            self.inputs[name] = value
            if changed and name in self.watchers:
                self.watchers[name](value)

    def _tell(self, message: dict[str, Any]) -> None:
        for client in list(self._clients):
            self._send(client, message)

    def _send(self, client: socket.socket, message: dict[str, Any]) -> None:
        try:
            client.send(json.dumps(message).encode())
        except OSError:
            self._drop(client)

    def _drop(self, client: socket.socket) -> None:
        if client in self._clients:
            self._clients.remove(client)
            asyncio.get_running_loop().remove_reader(client)
            client.close()


class SimulatedOutput:
    """Relay, fan."""

    def __init__(self, hardware: SimulatedHardware, name: str) -> None:
        self._hardware, self._name = hardware, name

    def set(self, on: bool) -> None:
        """Switches it."""
        self._hardware.put(self._name, on)

    def close(self) -> None:
        """Nothing is held open."""


class SimulatedLed(SimulatedOutput):
    """One of the LEDs."""

    def set(self, on: bool) -> None:
        """Switches it."""
        self._hardware.put("leds", {**self._hardware.outputs["leds"], self._name: on})


class SimulatedInput:
    """Button, loop."""

    def __init__(self, hardware: SimulatedHardware, name: str) -> None:
        self._hardware, self._name = hardware, name

    def read(self) -> bool:
        """Now."""
        return bool(self._hardware.inputs[self._name])

    def watch(self, changed: Callable[[bool], None]) -> None:
        """Tells each change."""
        self._hardware.watchers[self._name] = changed

    def close(self) -> None:
        """Nothing is held open."""


class SimulatedSense(SimulatedInput):
    """The read-back of the relay."""

    def read(self) -> bool:
        """Where the contacts are."""
        return self._hardware.relay_is_on


class SimulatedMeter:
    """Temperature, supply."""

    def __init__(self, hardware: SimulatedHardware, name: str) -> None:
        self._hardware, self._name = hardware, name

    def read(self) -> float:
        """Now."""
        return float(self._hardware.inputs[self._name])

    def close(self) -> None:
        """Nothing is held open."""


class SimulatedWatchdog:
    """Counts how often it was fed; restarts nothing."""

    timeout_s = 15.0

    def __init__(self, hardware: SimulatedHardware) -> None:
        self._hardware = hardware

    def feed(self) -> None:
        """Once more."""
        self._hardware.put("fed", self._hardware.outputs["fed"] + 1)

    def close(self) -> None:
        """It stops."""
        self._hardware.put("fed", 0)


def simulated_board(name: str, title: str, path: Path) -> Board:
    """A board with every part, at the socket `path`. BoardError when that cannot be."""
    hardware = SimulatedHardware(path)
    return Board(
        name, title,
        leds={led: SimulatedLed(hardware, led) for led in LEDS},
        button=SimulatedInput(hardware, "button"),
        relay=SimulatedOutput(hardware, "relay"),
        relay_sense=SimulatedSense(hardware, "relay"),
        loop=SimulatedInput(hardware, "loop"),
        fan=SimulatedOutput(hardware, "fan"),
        watchdog=SimulatedWatchdog(hardware),
        temperature=SimulatedMeter(hardware, "temperature_c"),
        supply=SimulatedMeter(hardware, "supply_v"),
        serial="SIM-0001",
        closers=[hardware.close],
    )  # fmt: skip
