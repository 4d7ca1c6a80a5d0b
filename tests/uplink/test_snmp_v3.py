# SPDX-License-Identifier: GPL-2.0-or-later
"""SNMPv3 with authentication and encryption, against a receiver that has the user's keys; snmptrapd took the same by
hand (docs/alarms.md)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413 import ntfrcv
from pysnmp.proto.rfc1902 import OctetString

from firmware.uplink import trap
from firmware.uplink.alarm_ways import engine_id

BOX = "0190d1c2-0000-7000-8000-000000000001"
USER = {"user": "tipring", "password": "harbour lamp", "privacy_password": "seagull lamp"}
ALARM = {"id": "a1", "kind": "disk", "severity": "error", "text": "The disk is full.", "count": 1}
TEXT = f"{trap.ROOT}.1.4.0"
WAIT_S = 20.0

pytestmark = pytest.mark.filterwarnings(  # pysnmp leaves a file open in which it counts its starts
    "ignore:Exception ignored in. <_io.FileIO name='.*__pysnmp:pytest.PytestUnraisableExceptionWarning"
)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that stops for seconds is no wrong key."""
    monkeypatch.setattr(trap, "WAIT_S", WAIT_S)


class Receiver:
    """Keeps the text of each notification that it can authenticate and read."""

    def __init__(self, port: int) -> None:
        self.port, self.texts = port, asyncio.Queue[str]()

    def came(self, engine: Any, reference: Any, context: Any, name: Any, bindings: Any, more: Any) -> None:
        """Called by pysnmp."""
        self.texts.put_nowait({str(oid): value for oid, value in bindings}[TEXT].asOctets().decode())


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    engine = SnmpEngine()
    config.add_transport(engine, udp.DOMAIN_NAME, udp.UdpTransport().open_server_mode(("127.0.0.1", port)))
    for of_engine in ({}, {"securityEngineId": OctetString(bytes.fromhex(engine_id(BOX)))}):  # for informs, for traps
        config.add_v3_user(
            engine, USER["user"], config.USM_AUTH_HMAC192_SHA256, USER["password"], config.USM_PRIV_CFB128_AES,
            USER["privacy_password"], **of_engine,
        )  # fmt: skip
    made = Receiver(port)
    ntfrcv.NotificationReceiver(engine, made.came)
    await asyncio.sleep(0)
    try:
        yield made
    finally:
        engine.close_dispatcher()


def task(receiver: Receiver, **settings: Any) -> dict[str, Any]:
    return {
        "engine": engine_id(BOX), "site": "Harbour", "settings": USER | settings,
        "address": ["127.0.0.1", receiver.port], "notices": [("raised", ALARM)],
    }  # fmt: skip


@pytest.mark.parametrize("inform", [True, False])
async def test_what_is_authenticated_and_encrypted_arrives(receiver: Receiver, inform: bool) -> None:
    await trap.send(task(receiver, inform=inform))
    assert await asyncio.wait_for(receiver.texts.get(), WAIT_S) == "The disk is full."


async def test_traps_of_a_process_that_started_anew_are_taken_too(receiver: Receiver) -> None:
    for _ in range(2):
        await trap.send(task(receiver, inform=False))
        await asyncio.wait_for(receiver.texts.get(), WAIT_S)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"password": "another lamp"}, "the password, or its algorithm"),
        ({"user": "nobody"}, "does not know this user"),
        ({"privacy_password": "another lamp"}, "the privacy_password"),
    ],
)
async def test_wrong_keys_are_told_as_what_they_are_and_nothing_arrives(
    receiver: Receiver, wrong: dict[str, str], says: str
) -> None:
    with pytest.raises(OSError, match=says):
        await trap.send(task(receiver, **wrong))
    assert receiver.texts.empty()


async def test_a_receiver_that_is_away_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trap, "AGAIN", 0)
    monkeypatch.setattr(trap, "WAIT_S", 0.2)
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as deaf:
        deaf.bind(("127.0.0.1", 0))
        with pytest.raises(OSError, match="it does not answer; see its address"):
            await trap.send(task(Receiver(deaf.getsockname()[1])))
