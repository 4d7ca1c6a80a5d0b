# SPDX-License-Identifier: GPL-2.0-or-later
"""What lights a message lamp is told to DAHDI as the port was told; hil/kernel/guest/test_2_signals.py lights one."""

from __future__ import annotations

import errno
from typing import Any, cast

import pytest

from drivers.dahdi.base import Settings
from drivers.dahdi.fxs import DahdiFxs
from drivers.dahdi.ioctls import Vmwi
from drivers.port import MessageLamp


class Driver:
    """A channel, as far as lamps go."""

    def __init__(self, error: int = 0) -> None:
        self.told: list[tuple[Vmwi, int]] = []
        self._error = error

    def set_message_waiting(self, how: Vmwi, count: int) -> None:
        if self._error:
            raise OSError(self._error, "no")
        self.told.append((how, count))


def station(driver: Driver, lamp: MessageLamp) -> DahdiFxs:
    port = DahdiFxs("fxs1", 1, Settings())
    port._channel, port.lamp = cast(Any, driver), lamp
    return port


@pytest.mark.parametrize(
    ("lamp", "told"), [(MessageLamp.REVERSED, Vmwi.LREV), (MessageLamp.DC, Vmwi.HVDC), (MessageLamp.NEON, Vmwi.HVAC)]
)
def test_each_kind_of_lamp_has_its_voltage(lamp: MessageLamp, told: Vmwi) -> None:
    driver = Driver()
    port = station(driver, lamp)
    assert (port.message_waiting(True), port.message_waiting(False)) == (True, True)
    assert driver.told == [(told, 1), (told, 0)]


def test_a_port_without_a_lamp_is_told_nothing_and_a_card_without_the_voltage_says_so() -> None:
    driver = Driver()
    assert station(driver, MessageLamp.NONE).message_waiting(True) is False
    assert driver.told == []
    assert station(Driver(errno.ENOSYS), MessageLamp.NEON).message_waiting(True) is False
