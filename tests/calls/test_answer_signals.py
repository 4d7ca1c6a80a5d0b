# SPDX-License-Identifier: GPL-2.0-or-later
"""A card that makes no metering pulses is told of once, and the call goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path

from drivers.port import Battery, FxsPort
from drivers.simulated.fxs import SimulatedFxs
from firmware.calls.answer_signals import AnswerSignals
from firmware.config import Metering


class PlainCard(SimulatedFxs):
    """A card without metering."""

    metering_pulse = FxsPort.metering_pulse
    fed = Battery.NORMAL

    def set_battery(self, battery: Battery) -> None:
        self.fed = battery


async def test_what_the_card_cannot_do_is_said_in_a_sentence(tmp_path: Path) -> None:
    said: list[str] = []
    port = PlainCard("fxs1", tmp_path)
    signals = AnswerSignals(port, said.append)
    signals.begin(reverse=True, metering=Metering(every_s=60))
    await asyncio.sleep(0)
    assert said == ["fxs1: this card makes no metering pulses. Leave out extension.metering for this port."]
    assert port.fed is Battery.REVERSED
    signals.end()
    assert port.fed is Battery.NORMAL
