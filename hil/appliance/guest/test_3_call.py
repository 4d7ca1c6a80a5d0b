# SPDX-License-Identifier: GPL-2.0-or-later
"""The main job on the box as it is delivered: line 2 rings, the agent at FXS 1 gets the call, it is recorded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from drivers.dahdi.base import Settings
from drivers.dahdi.fxo import DahdiFxo
from drivers.dahdi.fxs import DahdiFxs
from hil.appliance.guest.box import STATE, shell
from hil.callerid import CallerId
from hil.kernel.guest import bench
from hil.kernel.guest.box import GuestCore
from hil.kernel.guest.office import Office
from hil.line_pair import Ear

pytestmark = pytest.mark.asyncio(loop_scope="module")
ARCHIVED_S = 300.0


class RunningCore(GuestCore):
    """The one that systemd runs."""

    def lives(self) -> bool:
        """Always: systemd brings it back."""
        return True

    def last_words(self, lines: int = 40) -> str:
        """The end of its journal."""
        return shell("journalctl", "-u", "tipring-core", "-n", str(lines), "--no-pager")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office() -> AsyncIterator[Office]:
    """The far ends, which the bench has kept from the core until now."""
    settings = Settings(buffers=16, echo_taps=0)
    exchange, phone = DahdiFxs("exchange", 2, settings), DahdiFxo("phone", 3, settings)
    office = Office(RunningCore(STATE), exchange, phone, Ear(exchange), Ear(phone), settings)
    shell("systemctl", "stop", "bench-dialtone")
    exchange.open()
    phone.open()
    try:
        await office.core.until(lambda: office.core.port("fxo2")["state"] == "idle", 60, "line 2")
        await asyncio.sleep(bench.DEAF_S)
        office.phone_ear.forget()
        office.exchange_ear.forget()
        yield office
    finally:
        exchange.close()
        phone.close()
        office.core.leave()
        shell("systemctl", "start", "bench-dialtone")


async def test_a_call_is_answered_queued_connected_recorded_and_kept(office: Office) -> None:
    await office.connect(CallerId("5551234", "ANNA SMITH"))
    await office.both_hear()
    call = await office.agent_hangs_up()
    assert (call.from_number, call.from_name, call.line, call.agent) == ("5551234", "ANNA SMITH", "fxo2", "alice")
    assert (str(call.disposition), call.hangup_by) == ("answered", "callee")
    (id,) = call.recordings
    await office.core.until(lambda: office.core.history().recording(id).archived_at is not None, ARCHIVED_S, "archive")
    kept = STATE / "recordings"
    await office.core.until(lambda: not list(kept.rglob(f"{id}*.wav")), ARCHIVED_S, "end of what was recorded first")
    (file,) = kept.rglob(f"{id}*.opus")
    assert file.owner() == "tipring-archive"
