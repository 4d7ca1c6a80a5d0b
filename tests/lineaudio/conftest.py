# SPDX-License-Identifier: GPL-2.0-or-later
"""The native audio in this process: one endpoint for all tests, and line ports whose wires end here."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from copper_wire import Wires

from drivers.lineaudio import NativeEvents
from firmware.media.endpoint import Endpoint


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def native() -> AsyncIterator[NativeEvents]:
    """pjsua, the bridge and its clock, as in the core: a singleton of the process."""
    endpoint = Endpoint("127.0.0.1", 0)
    endpoint.start()
    events = NativeEvents()
    events.start()
    yield events
    events.stop()
    endpoint.stop()


@pytest.fixture(scope="session")
def made_wires(native: NativeEvents) -> Wires:
    """The store of wires."""
    return Wires(native)


@pytest_asyncio.fixture(loop_scope="session")
async def wires(made_wires: Wires) -> AsyncIterator[Wires]:
    """Call it for a wire."""
    yield made_wires
    made_wires.unplug_all()
