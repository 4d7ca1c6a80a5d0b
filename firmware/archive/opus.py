# SPDX-License-Identifier: GPL-2.0-or-later
"""Stereo telephone speech as Ogg Opus (RFC 6716, RFC 7845) and back, by libopus: docs/decisions/0005-opus.md.

The two channels are two uncoupled streams (channel mapping family 1), so that nothing of one party is heard on the
other's side.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Any

import cffi

from firmware import __version__
from firmware.archive.ogg import Packet, packets, pages
from firmware.store.recovery import FRAME_BYTES, RATE

FRAME = 480  # samples in a packet: 60 ms
BIT_RATE = 22_000  # of both streams; Ogg's pages come on top, 24 kbit/s is never exceeded in a minute
COMPLEXITY = 1  # of 10; 3 costs twice as much, for little at 8 kHz
CLOCK = 48_000 // RATE  # granules a sample (RFC 7845, section 4)
LONGEST = 4000  # octets of a packet, that libopus advises
_MAPPING = bytes((0, 1))
_STREAMS, _COUPLED, _FAMILY = 2, 0, 1
_VOIP, _VOICE = 2048, 3001  # opus_defines.h, as are the requests
_SET_BITRATE, _SET_VBR_CONSTRAINT, _SET_COMPLEXITY, _SET_SIGNAL, _GET_LOOKAHEAD = 4002, 4020, 4010, 4024, 4027
_LAST_PAGE = 4  # flag in an Ogg page's header (RFC 3533, section 6)
_HEAD = struct.Struct("<8sBBHIhBBB2s")

ffi = cffi.FFI()
ffi.cdef(
    """
    typedef struct OpusMSEncoder OpusMSEncoder;
    typedef struct OpusMSDecoder OpusMSDecoder;
    OpusMSEncoder *opus_multistream_encoder_create(int32_t rate, int channels, int streams, int coupled,
        const unsigned char *mapping, int application, int *error);
    int opus_multistream_encode(OpusMSEncoder *, const int16_t *pcm, int count, unsigned char *data, int32_t most);
    int opus_multistream_encoder_ctl(OpusMSEncoder *, int request, ...);
    void opus_multistream_encoder_destroy(OpusMSEncoder *);
    OpusMSDecoder *opus_multistream_decoder_create(int32_t rate, int channels, int streams, int coupled,
        const unsigned char *mapping, int *error);
    int opus_multistream_decode(OpusMSDecoder *, const unsigned char *data, int32_t size, int16_t *pcm, int most,
        int fec);
    void opus_multistream_decoder_destroy(OpusMSDecoder *);
    const char *opus_strerror(int error);
    const char *opus_get_version_string(void);
    """
)
lib = ffi.dlopen("libopus.so.0")


class DamagedSound(Exception):
    """It cannot be decoded."""


def _encoder() -> Any:
    error = ffi.new("int *")
    made = lib.opus_multistream_encoder_create(RATE, 2, _STREAMS, _COUPLED, _MAPPING, _VOIP, error)
    if error[0]:
        raise MemoryError(_said(error[0]))
    encoder = ffi.gc(made, lib.opus_multistream_encoder_destroy)
    wanted = (_SET_BITRATE, BIT_RATE), (_SET_VBR_CONSTRAINT, 1), (_SET_COMPLEXITY, COMPLEXITY), (_SET_SIGNAL, _VOICE)
    for request, value in wanted:
        lib.opus_multistream_encoder_ctl(encoder, request, ffi.cast("int", value))
    return encoder


def _said(error: int) -> str:
    return str(ffi.string(lib.opus_strerror(error)).decode())


def encode(pcm: Iterable[bytes], serial: int) -> Iterator[bytes]:
    """16-bit stereo samples at 8 kHz as the pages of a file; `pcm` comes in pieces of any length."""
    return pages(_encoded(pcm), serial)


def _encoded(pcm: Iterable[bytes]) -> Iterator[Packet]:
    encoder, out = _encoder(), ffi.new("unsigned char[]", LONGEST)
    lookahead = ffi.new("int32_t *")
    lib.opus_multistream_encoder_ctl(encoder, _GET_LOOKAHEAD, lookahead)
    skip = lookahead[0]
    yield Packet(
        _HEAD.pack(b"OpusHead", 1, 2, skip * CLOCK, RATE, 0, _FAMILY, _STREAMS, _COUPLED, _MAPPING), 0, alone=True
    )
    yield Packet(_tags(), 0, alone=True)
    total = at = 0
    for frame, samples, last in _frames(pcm, skip):
        size = lib.opus_multistream_encode(encoder, ffi.from_buffer("int16_t[]", frame), FRAME, out, LONGEST)
        if size < 0:
            raise ValueError(_said(size))
        total, at = total + samples, at + FRAME
        yield Packet(bytes(ffi.buffer(out, size)), CLOCK * (total + skip if last else at), last)


def _tags() -> bytes:
    vendor, comment = bytes(ffi.string(lib.opus_get_version_string())), f"ENCODER=Tipring {__version__}".encode()
    return b"OpusTags" + struct.pack("<I", len(vendor)) + vendor + struct.pack("<II", 1, len(comment)) + comment


def _frames(pcm: Iterable[bytes], skip: int) -> Iterator[tuple[bytes, int, bool]]:
    """Frames of full length, how many samples of each are of the recording, and whether it is the last.

    The encoder is `skip` samples late: silence at the end pushes the last ones out.
    """
    size, left, owed = FRAME * FRAME_BYTES, b"", skip
    for piece in pcm:
        left += piece
        whole = (len(left) - 1) // size * size  # one is kept back: it may be the last
        for start in range(0, max(whole, 0), size):
            yield left[start : start + size], FRAME, False
        left = left[max(whole, 0) :]
    samples = len(left) // FRAME_BYTES
    room = FRAME - samples
    yield left.ljust(size, b"\0")[:size], samples, room >= owed
    if room < owed:
        yield bytes(size), 0, True


def decode(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """16-bit stereo samples at 8 kHz of a file that `encode` made. DamagedSound."""
    found = packets(chunks)
    head = next(found, None)
    if head is None or len(head.data) != _HEAD.size or not head.data.startswith(b"OpusHead"):
        raise DamagedSound("there is no Opus header of two channels")
    fields = _HEAD.unpack(head.data)
    next(found, None)  # the tags
    decoder, pcm = _decoder(fields[7], fields[8], fields[9]), ffi.new("int16_t[]", 2 * FRAME)
    skip, done, ended = fields[3] // CLOCK, 0, False
    for packet in found:
        count = lib.opus_multistream_decode(decoder, packet.data, len(packet.data), pcm, FRAME, 0)
        if count < 0:
            raise DamagedSound(_said(count))
        done += count
        beyond = max(0, done - packet.granule // CLOCK) if packet.last else 0
        begin = max(0, min(count, skip - (done - count)))
        yield bytes(ffi.buffer(pcm, count * FRAME_BYTES))[begin * FRAME_BYTES : (count - beyond) * FRAME_BYTES]
        ended = packet.last
    if not ended:
        raise DamagedSound("the end is missing")


def _decoder(streams: int, coupled: int, mapping: bytes) -> Any:
    error = ffi.new("int *")
    made = lib.opus_multistream_decoder_create(RATE, 2, streams, coupled, mapping, error)
    if error[0]:
        raise DamagedSound(_said(error[0]))
    return ffi.gc(made, lib.opus_multistream_decoder_destroy)


def samples_of(head: bytes, tail: bytes) -> int:
    """How many samples a channel has, by the file's first and last octets (64 KiB each are enough). DamagedSound."""
    at = tail.rfind(b"OggS")
    if at < 0 or len(tail) < at + 14 or (begin := head.find(b"OpusHead")) < 0:
        raise DamagedSound("no Opus pages are there")
    if not tail[at + 5] & _LAST_PAGE:
        raise DamagedSound("the end is missing")
    skip = struct.unpack_from("<H", head, begin + 10)[0]
    granule = struct.unpack_from("<q", tail, at + 6)[0]
    return int(max(0, granule - skip) // CLOCK)
