# SPDX-License-Identifier: GPL-2.0-or-later
"""RTP that the clock reads, and calls whose two legs need no bridge."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.lineaudio._lineaudio import ffi, lib
from drivers.lineaudio.recorder import Recorder


def install_rtp() -> None:
    """Makes every call's RTP transport ours; after pjsua's init, before the first call."""
    if lib.la_rtp_install():
        raise OSError(ffi.errno, "the RTP forwarder did not start")


def stop_rtp() -> None:
    """Ends the forwarder; after the last call."""
    lib.la_rtp_stop()


def direct(call_a: int, call_b: int, recorder: Recorder | None) -> bool:
    """Lets two pjsua calls' packets flow straight across, recorded. False: these two must be bridged."""
    return not lib.la_rtp_direct(call_a, call_b, recorder.native if recorder else ffi.NULL)


def part(call: int) -> None:
    """Takes a call off the direct path, back to the bridge. Harmless when it is not there."""
    lib.la_rtp_part(call)


def packets_heard(call: int) -> int:
    """RTP and RTCP packets of a pjsua call's far end so far (SRTP: without RTCP); -1 while it has no sound."""
    return int(lib.la_rtp_heard(call))


def codec_of(call: int) -> str:
    """The codec of a pjsua call as SDP names it, "" without sound."""
    return str(ffi.string(lib.la_rtp_codec(call)).decode())


@dataclass(frozen=True, slots=True)
class Packets:
    """Of a far end: how many there should be, how many came, and their interarrival jitter in ms (RFC 3550, 6.4.1)."""

    expected: int
    received: int
    jitter_ms: float


def packets_of(call: int, rate_hz: int = 8000) -> Packets | None:
    """What came of a pjsua call's far end, whose timestamps count at `rate_hz`; None while it has no sound."""
    lib.la_rtp_rate(call, rate_hz)
    raw = ffi.new("struct la_quality *")
    if lib.la_rtp_quality(call, raw):
        return None
    return Packets(int(raw.expected), int(raw.received), float(raw.jitter_ms))


def rtp_stats() -> dict[str, int]:
    """Packets since the start."""
    raw = ffi.new("struct la_rtp_stats *")
    lib.la_rtp_stats(raw)
    names = ("packets", "forwarded", "sent", "send_errors", "reads", "wakeups")
    return {name: getattr(raw, name) for name in names}
