# SPDX-License-Identifier: GPL-2.0-or-later
"""Codecs: sound devices of the kernel (ALSA) whose channels are the wires of analog ports."""

from __future__ import annotations

import os
from dataclasses import dataclass

from drivers.lineaudio._lineaudio import ffi, lib
from drivers.lineaudio.line import BLOCK_BYTES, Law
from drivers.port import CodecHealth

LAWS = {"ulaw": Law.ULAW, "alaw": Law.ALAW}

WHY_ROOM = 200


@dataclass(frozen=True, slots=True)
class CodecStats:
    """`rate`: frames a second; `frames`, `slips` (blocks lost or missing) and `restarts` (not served in time) since the
    start; `drift_ppm`: by how much its clock is faster than the bridge's, 0 for the one that leads it."""

    rate: int
    frames: int
    slips: int
    restarts: int
    drift_ppm: float


class Codec:
    """One device with all its channels, at work from here on in a native thread. OSError says why not.

    `clock_fd`: an eventfd that counts each 10 ms of the device, for `follow_clock`; with -1 the bridge goes by another
    clock, and the sound is resampled by the drift that is measured.
    """

    def __init__(self, device: str, channels: int, law: str, clock_fd: int = -1) -> None:
        why = ffi.new("char[]", WHY_ROOM)
        self._codec = lib.la_codec_open(device.encode(), channels, LAWS[law], clock_fd, why, WHY_ROOM)
        if not self._codec:
            raise OSError(ffi.string(why).decode(errors="replace"))

    def fd(self, channel: int) -> int:
        """What a line port attaches; it stays the codec's."""
        return int(lib.la_codec_fd(self._codec, channel))

    def set_law(self, law: str) -> None:
        """ "ulaw" or "alaw": the companding of the blocks from now on."""
        lib.la_codec_law(self._codec, LAWS[law])

    @property
    def error(self) -> str:
        """Why the device is gone; "" while it works."""
        number = self._stats().error
        return os.strerror(number) if number else ""

    def stats(self) -> CodecStats:
        """How it did so far."""
        return _stats(self._stats())

    def health(self) -> CodecHealth:
        """How it keeps time."""
        stats = self.stats()
        return CodecHealth(round(stats.drift_ppm, 1), stats.slips, stats.restarts)

    def close(self) -> None:
        """Ends the thread and lets go of the device, within 100 ms. Nothing may be asked of it afterwards."""
        lib.la_codec_close(self._codec)
        self._codec = None

    def _stats(self) -> ffi.CData:
        raw = ffi.new("struct la_codec_stats *")
        lib.la_codec_stats(self._codec, raw)
        return raw


def _stats(raw: ffi.CData) -> CodecStats:
    return CodecStats(**{name: getattr(raw, name) for name in CodecStats.__slots__})


@dataclass(frozen=True, slots=True)
class Trial:
    """`heard` (mu-law) at the bridge in `ticks` of 20 ms, `played` by the codec."""

    heard: bytes
    played: bytes
    ticks: int
    stats: CodecStats


def codec_memory(spoken: bytes, said: bytes, rate: int, ppm: float, clock_fd: int = -1) -> Trial:
    """A codec at `rate` whose clock is `ppm` faster than the bridge's, in memory and without waiting.

    `spoken` are 16-bit samples at `rate`, taken by whole 10 ms; `said` are blocks of mu-law. MemoryError.
    """
    played, heard = bytearray(len(spoken)), bytearray(len(said))
    trial = ffi.new("struct la_codec_trial *")
    trial.rate, trial.ppm, trial.clock = rate, ppm, clock_fd
    trial.spoken, trial.count = ffi.from_buffer("int16_t[]", spoken), len(spoken) // 2
    trial.said, trial.blocks = ffi.from_buffer("uint8_t[]", said), len(said) // BLOCK_BYTES
    trial.played, trial.heard = ffi.from_buffer("int16_t[]", played), ffi.from_buffer("uint8_t[]", heard)
    if lib.la_codec_memory(trial):
        raise MemoryError("no memory for a codec")
    return Trial(bytes(heard[: trial.heard_blocks * BLOCK_BYTES]), bytes(played), trial.ticks, _stats(trial.stats))
