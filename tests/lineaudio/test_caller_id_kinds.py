# SPDX-License-Identifier: GPL-2.0-or-later
"""Every kind of caller ID in memory: made by the far ends' own modulators, read by the box's detectors.

What the box makes is read by the far ends in test_caller_id_sound.py and in the stories.
"""

from __future__ import annotations

import random
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.lineaudio import (
    ON_HOOK,
    CallerId,
    Damage,
    Hear,
    Heard,
    HeardKind,
    MessageWaiting,
    Modem,
    compose_japanese,
    compose_mdmf,
    compose_sdmf,
    compose_waiting,
    data_memory,
    framed,
    hear_memory,
    parse_message,
)
from hil import alerting, callerid, japan
from hil.benches.callerid import MAKERS, SENDERS, heard_by_the_box, heard_from_the_box
from hil.fsk import BELL202, V23, Standard, bits_of, modulate, summed
from hil.g711 import Pcm, pcm
from hil.levels import dbm0
from hil.listen import speech_like, tone_level_dbm0
from hil.signals import quiet

ANNA = callerid.CallerId("5551234", "ANNA SMITH", "11221314")
STANDARDS = pytest.mark.parametrize(("standard", "ear"), [(BELL202, Hear.BELL202), (V23, Hear.V23)])


def heard(sound: Pcm, ear: Hear) -> list[Heard]:
    """What is found in a sound with some silence around."""
    return [found for _, found in hear_memory(ear, (quiet(200) + sound + quiet(300)).tobytes())]


def read(sound: Pcm, ear: Hear) -> list[CallerId | MessageWaiting | None]:
    """What the messages in it say."""
    found = heard(sound, ear)
    return [parse_message(it.value) for it in found if it.kind == HeardKind.FSK_MESSAGE and isinstance(it.value, bytes)]


def damages(sound: Pcm, ear: Hear) -> list[Damage]:
    """What was wrong; nothing may have been read."""
    found = heard(sound, ear)
    assert [it for it in found if it.kind == HeardKind.FSK_MESSAGE] == []
    return [Damage(str(it.value)) for it in found]


@STANDARDS
def test_a_call_a_call_without_name_and_one_in_a_call(standard: Standard, ear: Hear) -> None:
    assert read(callerid.as_fsk(ANNA, standard), ear) == [CallerId("5551234", "ANNA SMITH")]
    assert read(callerid.as_fsk(ANNA, standard, single=True), ear) == [CallerId("5551234")]
    assert read(callerid.as_fsk_in_call(ANNA, standard), ear) == [CallerId("5551234", "ANNA SMITH")]


def test_date_and_time_are_read() -> None:
    (caller,) = read(callerid.as_fsk(ANNA, BELL202), Hear.BELL202)
    assert isinstance(caller, CallerId)
    assert caller.at == "11221314"


@STANDARDS
def test_the_voicemail_lamp(standard: Standard, ear: Hear) -> None:
    for single in (False, True):
        for on in (True, False):
            sound = modulate(bits_of(callerid.lamp(on, single=single)), standard)
            assert read(sound, ear) == [MessageWaiting(on)]


@pytest.mark.parametrize("number", ["0312345678", "09012345678", "1" * 16, "0" * 20])
def test_a_call_in_japan(number: str) -> None:
    assert read(callerid.as_japanese(callerid.CallerId(number)), Hear.V23) == [CallerId(number)]


@pytest.mark.parametrize(("reason", "private"), [("P", True), ("O", False), ("C", False), ("S", False)])
def test_a_call_without_number_in_japan(reason: str, private: bool) -> None:
    sound = callerid.as_japanese(callerid.CallerId(number_absent=reason))
    assert read(sound, Hear.V23) == [CallerId(private=private)]


@STANDARDS
def test_a_wrong_checksum_is_reported_with_what_came(standard: Standard, ear: Hear) -> None:
    message = bytearray(callerid.mdmf(ANNA))
    message[15] ^= 1
    (found,) = heard(modulate(bits_of(bytes(message)), standard), ear)
    assert (found.kind, found.value, found.detail) == (HeardKind.FSK_DAMAGED, Damage.CHECKSUM, bytes(message))


@STANDARDS
def test_a_burst_that_is_cut_off_is_reported(standard: Standard, ear: Hear) -> None:
    whole = callerid.as_fsk(ANNA, standard)
    assert damages(whole[: len(whole) * 4 // 5], ear) in ([Damage.CUT], [Damage.OCTET])  # in the middle of one
    assert damages(modulate(bits_of(callerid.mdmf(ANNA)[:20]) + [1] * 60, standard), ear) == [Damage.CUT]


@STANDARDS
def test_a_broken_octet_is_reported(standard: Standard, ear: Hear) -> None:
    bits = bits_of(callerid.mdmf(ANNA))
    bits[480 + 10 * 20 + 9] = 0  # the stop bit of the twentieth
    assert damages(modulate(bits, standard), ear)[:1] == [Damage.OCTET]


def test_every_octet_of_a_japanese_frame_counts() -> None:
    octets = japan.call("0312345678")
    for n in range(5, len(octets)):
        bad = bytes([*octets[:n], octets[n] ^ 0x03, *octets[n + 1 :]])
        sound = modulate(bits_of(bad, 0, japan.MARK_BITS, japan.STOP_BITS), V23)
        assert damages(sound, Hear.V23)[:1] in ([Damage.CHECKSUM], [Damage.OCTET], [Damage.CUT]), n


def test_fields_of_200_octets_are_unknown_and_never_a_part_of_a_number() -> None:
    long_number = callerid.CallerId("5" * 200, "ANNA")
    assert read(callerid.as_fsk(long_number, BELL202), Hear.BELL202) == [CallerId("", "ANNA")]
    long_name = callerid.CallerId("5551234", "A" * 200)
    assert read(callerid.as_fsk(long_name, V23), Hear.V23) == [CallerId("5551234", "")]


@pytest.mark.parametrize(
    "message",
    [b"", b"\x80", b"\x80\x02\x02\x09", b"\x80\x05\x02\x09555", b"\x80\x04\x02\x7f55", b"\x82\x00", b"w\x00"],
)
def test_a_message_whose_lengths_do_not_fit_says_nothing(message: bytes) -> None:
    assert parse_message(message) is None


@given(st.binary(max_size=260))
@settings(max_examples=300, deadline=None)
def test_no_message_is_a_fault(message: bytes) -> None:
    parse_message(message)


@given(st.text("0123456789", max_size=20), st.text(st.characters(max_codepoint=255), max_size=15), st.booleans())
@settings(max_examples=100, deadline=None)
def test_what_is_composed_is_read_by_the_far_end(number: str, name: str, private: bool) -> None:
    caller, at = CallerId(number, name, private), datetime(2026, 1, 2, 3, 4)
    for message in (compose_mdmf(caller, at), compose_mdmf(caller, at, etsi=True), compose_sdmf(caller, at)):
        assert summed(framed(message)) == message
        shown = callerid.parse(message)
        assert shown
        assert (shown.number or "") == ("" if private else number)
        assert shown.number_absent == ("P" if private else "" if number else "O")
    frame = framed(compose_japanese(caller))
    message = japan.complete(frame) or b""
    assert japan.read(message)[0] == (number if number and not private else None)
    assert parse_message(message) == CallerId("" if private else number, private=private)


@pytest.mark.parametrize("on", [True, False])
def test_a_composed_lamp_is_read_by_the_far_end(on: bool) -> None:
    for etsi in (True, False):
        assert callerid.lamp_of(compose_waiting(MessageWaiting(on, 3), etsi=etsi)) is on
    assert parse_message(compose_waiting(MessageWaiting(on, 3), etsi=True)) == MessageWaiting(on, 3)


@pytest.mark.parametrize(("ms", "level"), [(75, -10), (80, -16), (80, -32), (100, -20), (110, -13)])
def test_an_alerting_signal_is_heard_when_it_has_ended(ms: int, level: float) -> None:
    found = hear_memory(Hear.ALERTING, (quiet(500) + alerting.signal(ms, 300, level)).tobytes())
    assert [it.kind for _, it in found] == [HeardKind.ALERTING]
    assert 0.5 + ms / 1000 <= found[0][0] + 0.02 <= 0.5 + ms / 1000 + 0.06  # it is answered within 100 ms


def test_what_is_nearly_an_alerting_signal_is_none() -> None:
    for sound in (alerting.signal(40, 300), alerting.signal(300, 300), alerting.signal(80, 300, -45)):
        assert hear_memory(Hear.ALERTING, (quiet(500) + sound).tobytes()) == []


def test_speech_and_noise_are_neither_data_nor_alerting_signals() -> None:
    noise = random.Random(1)
    for n in range(10):
        sound = speech_like(20, seed=n) + pcm(int(noise.gauss(0, 500)) for _ in range(80000))
        assert heard(sound, Hear.ALERTING | Hear.BELL202 | Hear.V23) == []


@pytest.mark.parametrize(("modem", "standard"), [(Modem.BELL202, BELL202), (Modem.V23, V23)])
def test_what_the_box_sends_has_its_level_and_its_length(modem: Modem, standard: Standard) -> None:
    message = compose_mdmf(CallerId("5551234", "ANNA SMITH"), datetime(2026, 1, 2, 3, 4))
    sound = pcm()
    sound.frombytes(data_memory(framed(message), modem, ON_HOOK))
    assert dbm0(sound) == pytest.approx(-13.5, abs=0.2)  # GR-30-CORE 2.3.2: -13.5 dBm, 1 dB either way
    bits = 300 + 180 + 10 * len(framed(message)) + 5
    assert len(sound) == pytest.approx(bits * 8000 / 1200, abs=2)
    mark = sound[300 * 8000 // 1200 + 20 : 470 * 8000 // 1200]
    assert tone_level_dbm0(mark, standard.mark) == pytest.approx(-13.5, abs=0.3)


@pytest.mark.parametrize("name", list(MAKERS))
def test_every_kind_is_read_at_20_db_and_never_wrongly(name: str) -> None:
    """A sample of `tipring bench callerid`."""
    assert heard_by_the_box(name, 10, 20.0, seed=2) == {"right_percent": 100.0, "wrong": 0}


@pytest.mark.parametrize("name", list(SENDERS))
def test_what_the_box_sends_is_read_by_far_ends_at_20_db(name: str) -> None:
    assert heard_from_the_box(name, 5, 20.0) == 100.0
