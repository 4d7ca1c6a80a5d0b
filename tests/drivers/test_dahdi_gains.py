# SPDX-License-Identifier: GPL-2.0-or-later
"""Gain tables of DAHDI channels: G.711 in, G.711 out."""

from __future__ import annotations

import pytest

from drivers.dahdi.gains import gain_table
from drivers.dahdi.ioctls import Law

MU_ZERO, MU_LOUDEST = 0xFF, 0x80


@pytest.mark.parametrize("law", [Law.MULAW, Law.ALAW])
def test_0_db_changes_nothing(law: Law) -> None:
    assert gain_table(law, 0) == bytes(range(256))


@pytest.mark.parametrize("law", [Law.MULAW, Law.ALAW])
@pytest.mark.parametrize("db", [-12.0, -3.5, 3.5, 12.0])
def test_both_half_waves_are_treated_alike(law: Law, db: float) -> None:
    table = gain_table(law, db)
    for code in range(128, 256):
        assert table[code] & 0x80
        assert table[code & 0x7F] == table[code] & 0x7F


def test_silence_stays_silence_and_the_loudest_is_never_turned_over() -> None:
    louder = gain_table(Law.MULAW, 12)
    assert louder[MU_ZERO] == MU_ZERO
    assert louder[MU_LOUDEST] == MU_LOUDEST


def test_6_db_down_is_half_the_amplitude() -> None:
    assert gain_table(Law.MULAW, -6.02)[0x80] == 0x90  # 32124 becomes 15996, the nearest to 16062
