# SPDX-License-Identifier: GPL-2.0-or-later
"""Sound between a modem's serial descriptor and a line port: a native thread while the modem is in a voice state."""

from __future__ import annotations

import enum

from drivers.lineaudio._lineaudio import lib
from drivers.lineaudio.line import Law


class SampleFormat(enum.IntEnum):
    """8 bits a sample, 8000 a second."""

    ULAW = lib.LA_MODEM_ULAW
    ALAW = lib.LA_MODEM_ALAW
    UNSIGNED = lib.LA_MODEM_UNSIGNED
    SIGNED = lib.LA_MODEM_SIGNED


class Ways(enum.IntFlag):
    """Which way sound goes: with +VTR both, with +VRX from the line, with +VTX to it."""

    RECEIVES = lib.LA_MODEM_RECEIVES
    SENDS = lib.LA_MODEM_SENDS


class VoiceCode(enum.IntEnum):
    """Codes beside those of V.253: sound to the line began, or paused; the modem is gone."""

    TALKS = lib.LA_MODEM_TALKS
    QUIET = lib.LA_MODEM_QUIET
    ENDED = lib.LA_MODEM_ENDED


class VoicePump:
    """Runs until `close`. `serial`, `blocks` (packets of 160 bytes) and `codes` are non-blocking, and the caller's."""

    def __init__(self, serial: int, blocks: int, codes: int, format: SampleFormat, law: Law, ways: Ways) -> None:
        self._modem = lib.la_modem_start(serial, blocks, codes, format, law, ways)
        if not self._modem:
            raise MemoryError("no thread for the sound of a modem")

    def leave(self, code: int) -> None:
        """Tells the modem to leave the voice state; what it says from then on comes through `codes`."""
        lib.la_modem_leave(self._modem, code)

    def close(self) -> None:
        """The descriptors are the caller's alone again."""
        lib.la_modem_stop(self._modem)
