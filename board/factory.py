# SPDX-License-Identifier: GPL-2.0-or-later
"""The factory: a board from its profile. A part that is not there is told, and the others work."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from board.board import Board, BoardError, Input, Meter, Output, SlicPins, Watchdog
from board.profile import Light, Pin, Profile, Slic, Temperature

if TYPE_CHECKING:
    from board.panel import FrontPanel

log = logging.getLogger(__name__)

Part = TypeVar("Part")


def open_board(profile: Profile, socket: Path) -> Board:
    """Opens what is there; `Board.missing` says why the rest is not. `socket` is where a simulated one listens."""
    if profile.simulated:
        from board.simulated import simulated_board

        return simulated_board(profile.name, profile.title, socket)
    return _Opening(profile).board


def open_slic(id: str, slic: Slic) -> SlicPins:
    """The lines of the SLIC of a port. BoardError when one cannot be had; then none is held."""
    from board.gpio import GpioInput, GpioOutput

    with ExitStack() as opened:

        def output(name: str, pin: Pin, on: bool = False) -> Output:
            line = GpioOutput(f"{name} line of {id}", pin, on)
            opened.callback(line.close)
            return line

        power_down = output("power-down", slic.power_down) if slic.power_down else None
        ring_mode = output("ring mode", slic.ring_mode)
        forward = output("forward/reverse", slic.forward, True)
        pins = SlicPins(forward, ring_mode, GpioInput(f"switch hook line of {id}", slic.hook), power_down)
        opened.pop_all()
        return pins


class _Opening:
    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self.board = board = Board(profile.name, profile.title)
        self._panel: FrontPanel | None = None
        if profile.panel:
            self._panel = self._try("panel", self._open_panel)
        for name, light in profile.leds.items():
            if led := self._try(f"leds.{name}", lambda name=name, light=light: self._led(name, light)):  # type: ignore[misc]
                board.leds[name] = led
        board.button = self._try("button", self._button)
        self._lifeline()
        self._sensors()
        board.fan = self._try("fan", self._fan)
        board.watchdog = self._try("watchdog", self._watchdog)

    def _try(self, name: str, make: Callable[[], Part | None]) -> Part | None:
        try:
            return make()
        except BoardError as error:
            log.warning("%s", error)
            self.board.missing[name] = str(error)
            return None

    def _open_panel(self) -> FrontPanel | None:
        from board.panel import FrontPanel

        assert self._profile.panel
        panel = FrontPanel(self._profile.panel)
        self.board.closers.append(panel.close)
        return panel

    def _led(self, name: str, light: Light) -> Output | None:
        what = f"LED {name}"
        if light.gpio:
            from board.gpio import GpioOutput

            return GpioOutput(what, light.gpio)
        if light.led:
            from board.led_class import ClassLed

            return ClassLed(what, light.led)
        return self._panel.led(light.panel or name) if self._panel else None

    def _button(self) -> Input | None:
        key = self._profile.button
        if key and key.gpio:
            from board.gpio import GpioInput

            return GpioInput("button", key.gpio)
        return self._panel.key(key.panel) if key and key.panel and self._panel else None

    def _lifeline(self) -> None:
        """The relay is taken over as it is: a service that starts anew must not cut a call."""
        lifeline = self._profile.lifeline
        if not lifeline:
            return
        from board.gpio import GpioInput, GpioOutput

        board = self.board
        if pin := lifeline.sense:
            board.relay_sense = self._try("lifeline.sense", lambda: GpioInput("read-back of the lifeline relay", pin))
        board.loop = self._try("lifeline.loop", lambda: GpioInput("loop sense of the lifeline", lifeline.loop))
        was_on = bool(self._try("lifeline.sense", board.relay_sense.read)) if board.relay_sense else False
        board.relay = self._try("lifeline.relay", lambda: GpioOutput("lifeline relay", lifeline.relay, was_on))

    def _sensors(self) -> None:
        from board import sysfs

        board, profile = self.board, self._profile
        if where := profile.temperature:
            board.temperature = self._try("temperature", lambda: _thermometer(where))
        board.supply = self._try("supply", self._supply)
        if identity := profile.identity:
            board.serial = self._try("identity", lambda: sysfs.serial_number(identity)) or ""

    def _supply(self) -> Meter | None:
        supply = self._profile.supply
        if supply and supply.ina219:
            from board.ina219 import SupplyMonitor

            return SupplyMonitor(supply.ina219)
        if supply and supply.hwmon:
            from board import sysfs

            return sysfs.FileMeter("supply voltage", sysfs.hwmon_file("supply voltage", supply.hwmon))
        return None

    def _fan(self) -> Output | None:
        fan = self._profile.fan
        if fan and fan.gpio:
            from board.gpio import GpioOutput

            return GpioOutput("fan", fan.gpio)
        if fan and fan.hwmon:
            from board import sysfs

            return sysfs.PwmFan(sysfs.hwmon_file("fan", fan.hwmon))
        return None

    def _watchdog(self) -> Watchdog | None:
        from board.watchdog import HardwareWatchdog

        return HardwareWatchdog(self._profile.watchdog) if self._profile.watchdog else None


def _thermometer(where: Temperature) -> Meter:
    from board import sysfs

    file = sysfs.hwmon_file("temperature", where.hwmon) if where.hwmon else sysfs.thermal_zone(where.thermal or "")
    return sysfs.FileMeter("temperature", file)
