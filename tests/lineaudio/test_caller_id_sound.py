# SPDX-License-Identifier: GPL-2.0-or-later
"""Caller ID as sound, both standards, both ways."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest
from copper_wire import Wire, Wires

from drivers.lineaudio import (
    ON_HOOK,
    CallerId,
    Hear,
    HeardKind,
    MessageWaiting,
    Modem,
    compose_mdmf,
    framed,
    parse_message,
)
from hil import callerid
from hil.fsk import BELL202, V23, Demodulator, Standard, bits_of, modulate
from hil.g711 import BLOCK
from hil.signals import quiet

pytestmark = pytest.mark.asyncio(loop_scope="session")

BOTH = Hear.BELL202 | Hear.V23  # as an idle line listens: the country's exchanges decide
STANDARDS = pytest.mark.parametrize("standard", [BELL202, V23], ids=["bell202", "v23"])
MODEMS = {BELL202: Modem.BELL202, V23: Modem.V23}
ANNA = callerid.CallerId("5551234", "ANNA SMITH")


def listening(wires: Wires) -> Wire:
    """A wire that waits for caller ID."""
    wire = wires()
    wire.port.hear(BOTH)
    return wire


def callers(wire: Wire) -> set[CallerId | MessageWaiting | None]:
    """Who was heard so far. The two standards are so close that both detectors may read the same burst."""
    return {parse_message(bytes(message)) for message in wire.of(HeardKind.FSK_MESSAGE) if isinstance(message, bytes)}


ANYBODY = CallerId("5551234", "ANNA SMITH")
HIDDEN = callerid.CallerId(number_absent="P", name_absent="P")
WHOLE = {standard: callerid.as_fsk(ANNA, standard) for standard in (BELL202, V23)}
SOUNDS = {
    "loud": (lambda standard: callerid.as_fsk(ANNA, standard, dbm0=-9), ANYBODY),
    "faint": (lambda standard: callerid.as_fsk(ANNA, standard, dbm0=-32), ANYBODY),
    "a single message, without name": (lambda s: callerid.as_fsk(ANNA, s, single=True), CallerId("5551234")),
    "withheld": (lambda standard: callerid.as_fsk(HIDDEN, standard), CallerId(private=True)),
    "after one that broke off": (lambda s: WHOLE[s][: len(WHOLE[s]) * 3 // 4] + quiet(400) + WHOLE[s], ANYBODY),
}


@STANDARDS
async def test_who_calls_is_read(wires: Wires, standard: Standard) -> None:
    listened = {what: listening(wires) for what in SOUNDS}
    audio = {what: quiet(200) + sound(standard) + quiet(300) for what, (sound, _) in SOUNDS.items()}
    await asyncio.gather(*(wire.say(audio[what]) for what, wire in listened.items()))
    assert {what: callers(wire) for what, wire in listened.items()} == {
        what: {who} for what, (_, who) in SOUNDS.items()
    }


@STANDARDS
async def test_every_damaged_message_is_dropped(wires: Wires, standard: Standard) -> None:
    """One octet wrong at each place of the message, all at once on wires of their own."""
    message = callerid.mdmf(ANNA)
    spoiled = [bytes([*message[:n], message[n] ^ 0x11, *message[n + 1 :]]) for n in range(len(message))]
    listened = [listening(wires) for _ in spoiled]
    audio = [quiet(200) + modulate(bits_of(bad), standard, -13.5) + quiet(300) for bad in spoiled]
    await asyncio.gather(*(wire.say(sound) for wire, sound in zip(listened, audio, strict=True)))
    assert [caller for wire in listened for caller in callers(wire) if caller] == []


@STANDARDS
async def test_what_the_box_sends_is_read_by_a_phone(wires: Wires, standard: Standard) -> None:
    wire = wires()
    message = compose_mdmf(CallerId("5551234", "ANNA SMITH"), datetime(2026, 11, 22, 13, 14))
    await asyncio.wait_for(wire.port.send_data(framed(message), MODEMS[standard], ON_HOOK), 3)
    await asyncio.sleep(0.1)
    phone, heard = Demodulator(standard), wire.heard_pcm()
    messages = [m for n in range(0, len(heard) - BLOCK, BLOCK) for m in phone.feed(heard[n : n + BLOCK])]
    shown = [callerid.parse(m) for m in messages]
    assert [(caller.number, caller.name, caller.at) for caller in shown if caller] == [
        ("5551234", "ANNA SMITH", "11221314")
    ]


@STANDARDS
async def test_what_the_box_sends_is_read_by_the_box(wires: Wires, standard: Standard) -> None:
    sender, receiver = wires(), listening(wires)
    message = compose_mdmf(CallerId("+4930123456", "Zoë"), datetime(2026, 1, 2, 3, 4))
    await asyncio.wait_for(sender.port.send_data(framed(message), MODEMS[standard], ON_HOOK), 3)
    await asyncio.sleep(0.1)
    await receiver.say(quiet(200) + sender.heard_pcm() + quiet(300))
    assert callers(receiver) == {CallerId("+4930123456", "Zoë")}
