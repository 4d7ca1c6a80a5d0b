# SPDX-License-Identifier: GPL-2.0-or-later
"""Echo of the exchange's hybrid, cancelled by DAHDI's modules: how much of it is left after a second (ITU-T G.168)."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

import hil
from drivers.dahdi import DahdiCard
from drivers.dahdi.echo import canceller_of
from hil.g711 import RATE, Pcm, decode, encode
from hil.kernel.guest import bench
from hil.kernel.guest.bench import DahdiPair
from hil.kernel.guest.sound import hear, send
from hil.levels import dbm0
from hil.signals import sines

LEVEL_DBM0 = -10.0
HYBRID_DB = 12.0  # echo return loss of a usual hybrid
BAD_HYBRID_DB = 6.0  # the least that G.168 asks of tests
TAPS = 128  # 16 ms
GOAL_DB = {"OSLEC": 25.0, "MG2": 15.0}  # what each is good for, its suppressor of residual echo included
CONVERGED_S = 1.0
SPEECH = bench.RESULTS / "composite_source.ulaw"  # G.168 annex C at -10 dBm0, made by the host: it needs numpy


def hybrid(path: int, loss_db: float) -> str:
    """The impulse response of path D.`path` as linepair takes it."""
    table = tomllib.loads((Path(hil.__file__).parent / "g168.toml").read_text())["path"][str(path)]
    scale = table["k"] * 10 ** (-loss_db / 20) * 32768
    return ",".join(str(round(tap * scale)) for tap in table["m"][:128])


@pytest_asyncio.fixture(params=["mg2", "oslec"])
async def echoing(dahdi: None, request: pytest.FixtureRequest) -> AsyncIterator[DahdiPair]:
    """A pair in a call, its channels with this canceller, not switched on yet."""
    bench.configure(bench.RIGHT.replace("mg2", request.param))
    card = DahdiCard(buffers=16, echo_taps=TAPS)
    pair = bench.pair_of(card, 1)
    try:
        await card.start()
        await pair.settled()
        await pair.talk()
        yield pair
    finally:
        bench.mend(1)
        await card.stop()
        bench.configure(bench.RIGHT)


async def returned(pair: DahdiPair) -> Pcm:
    """What the line hears while it speaks itself, from the first sound on."""
    spoken = SPEECH.read_bytes()
    heard, _ = await asyncio.gather(hear(pair.line, len(spoken) / RATE + 0.5), send(pair.line, spoken))
    samples = decode(heard, "ulaw")
    begin = next((n for n, sample in enumerate(samples) if abs(sample) > 100), 0)
    return samples[begin:]


def late_level(samples: Pcm) -> float:
    """dBm0 of the second that begins when a canceller should have converged."""
    begin = round(CONVERGED_S * RATE)
    return dbm0(samples[begin : begin + RATE])


async def erle(pair: DahdiPair, path: int, loss_db: float) -> float:
    """Echo return loss enhancement in dB: how much less comes back with the canceller than without."""
    line = pair.line
    pair.fault_text("echo", hybrid(path, loss_db))
    line.cancel_echo(False)
    echo = late_level(await returned(pair))
    line.cancel_echo(True)
    left = late_level(await returned(pair))
    print(f"ERLE on D.{path} at {loss_db:g} dB: {echo - left:.1f} dB (echo {echo:.1f} dBm0, left {left:.1f} dBm0)")
    assert echo == pytest.approx(LEVEL_DBM0 - loss_db, abs=4)
    return echo - left


@pytest.mark.parametrize("path", [2, 3, 4])
async def test_a_canceller_of_the_kernel_learns_an_echo_path_within_a_second(echoing: DahdiPair, path: int) -> None:
    assert echoing.line.has_echo_canceller
    assert await erle(echoing, path, HYBRID_DB) >= GOAL_DB[canceller_of(echoing.line.number)]


@pytest.mark.parametrize("echoing", ["oslec"], indirect=True)
async def test_a_bad_hybrid_needs_oslec(echoing: DahdiPair) -> None:
    """MG2 takes an echo that is less than about 6 dB down for somebody speaking, and never learns it: 0 dB."""
    assert await erle(echoing, 2, BAD_HYBRID_DB) >= GOAL_DB["OSLEC"]


async def test_the_far_end_is_heard_while_echo_is_cancelled(echoing: DahdiPair) -> None:
    echoing.fault_text("echo", hybrid(2, HYBRID_DB))
    echoing.line.cancel_echo(True)
    await returned(echoing)
    spoken = encode(sines([(1004, LEVEL_DBM0)], 1500), "ulaw")
    heard, _ = await asyncio.gather(hear(echoing.line, 1.7), send(echoing.station, spoken))
    samples = decode(heard, "ulaw")
    best = max(dbm0(samples[at : at + 1600]) for at in range(0, len(samples) - 1600, 1600))
    assert best == pytest.approx(LEVEL_DBM0, abs=3)


async def test_a_canceller_that_is_switched_off_in_a_call_leaves_the_sound_alone(echoing: DahdiPair) -> None:
    echoing.fault_text("echo", hybrid(2, HYBRID_DB))
    echoing.line.cancel_echo(True)
    await returned(echoing)
    echoing.line.cancel_echo(False)
    assert late_level(await returned(echoing)) == pytest.approx(LEVEL_DBM0 - HYBRID_DB, abs=4)


async def test_a_channel_without_a_canceller_says_so(dahdi: None) -> None:
    without = bench.RIGHT.replace("echocanceller=mg2,1-4", "echocanceller=mg2,2-4")
    assert without != bench.RIGHT
    bench.configure(without)
    card = DahdiCard(buffers=16)
    await card.start()
    cancelling = {port.id: port.has_echo_canceller for port in card.ports}
    await card.stop()
    bench.configure(bench.RIGHT)
    assert cancelling == {"fxo1": True, "fxo2": True, "fxs1": False, "fxs2": True}
