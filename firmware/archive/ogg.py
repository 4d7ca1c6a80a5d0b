# SPDX-License-Identifier: GPL-2.0-or-later
"""Ogg pages (RFC 3533) by libogg, which every system with Opus has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import cffi

ffi = cffi.FFI()
ffi.cdef(
    """
    typedef struct { unsigned char *header; long header_len; unsigned char *body; long body_len; } ogg_page;
    typedef struct {
        unsigned char *body_data; long body_storage, body_fill, body_returned;
        int *lacing_vals; int64_t *granule_vals; long lacing_storage, lacing_fill, lacing_packet, lacing_returned;
        unsigned char header[282]; int header_fill, e_o_s, b_o_s; long serialno, pageno;
        int64_t packetno, granulepos;
    } ogg_stream_state;
    typedef struct {
        unsigned char *packet; long bytes, b_o_s, e_o_s; int64_t granulepos, packetno;
    } ogg_packet;
    typedef struct {
        unsigned char *data; int storage, fill, returned, unsynced, headerbytes, bodybytes;
    } ogg_sync_state;
    int ogg_stream_init(ogg_stream_state *, int serial);
    int ogg_stream_clear(ogg_stream_state *);
    int ogg_stream_packetin(ogg_stream_state *, ogg_packet *);
    int ogg_stream_pageout(ogg_stream_state *, ogg_page *);
    int ogg_stream_flush(ogg_stream_state *, ogg_page *);
    int ogg_stream_pagein(ogg_stream_state *, ogg_page *);
    int ogg_stream_packetout(ogg_stream_state *, ogg_packet *);
    int ogg_sync_init(ogg_sync_state *);
    int ogg_sync_clear(ogg_sync_state *);
    char *ogg_sync_buffer(ogg_sync_state *, long size);
    int ogg_sync_wrote(ogg_sync_state *, long bytes);
    int ogg_sync_pageout(ogg_sync_state *, ogg_page *);
    int ogg_page_serialno(const ogg_page *);
    """
)
lib = ffi.dlopen("libogg.so.0")


@dataclass(frozen=True, slots=True)
class Packet:
    """`granule` is the position at its end; -1 where a page does not end with it. `alone`: nothing shares its page."""

    data: bytes
    granule: int
    last: bool = False
    alone: bool = False


def pages(packets: Iterable[Packet], serial: int) -> Iterator[bytes]:
    """A logical stream as the pages of a file."""
    state, page = ffi.gc(ffi.new("ogg_stream_state *"), lib.ogg_stream_clear), ffi.new("ogg_page *")
    lib.ogg_stream_init(state, serial)
    for number, packet in enumerate(packets):
        data = ffi.from_buffer(packet.data)
        raw = ffi.new("ogg_packet *", (data, len(packet.data), number == 0, packet.last, packet.granule, number))
        if lib.ogg_stream_packetin(state, raw):
            raise MemoryError("no memory for an Ogg page")
        put = lib.ogg_stream_flush if packet.alone or packet.last else lib.ogg_stream_pageout
        while put(state, page):
            yield bytes(ffi.buffer(page.header, page.header_len)) + bytes(ffi.buffer(page.body, page.body_len))


def packets(chunks: Iterable[bytes]) -> Iterator[Packet]:
    """The packets of the first logical stream in a file. What is damaged (RFC 3533, section 6: CRC) is left out."""
    sync, stream = ffi.gc(ffi.new("ogg_sync_state *"), lib.ogg_sync_clear), None
    page, raw = ffi.new("ogg_page *"), ffi.new("ogg_packet *")
    lib.ogg_sync_init(sync)
    for chunk in chunks:
        ffi.memmove(lib.ogg_sync_buffer(sync, len(chunk)), chunk, len(chunk))
        lib.ogg_sync_wrote(sync, len(chunk))
        while (found := lib.ogg_sync_pageout(sync, page)) != 0:
            if found < 0:
                continue
            stream = stream or _stream(lib.ogg_page_serialno(page))
            if lib.ogg_stream_pagein(stream, page):
                continue
            yield from _out(stream, raw)


def _stream(serial: int) -> Any:
    stream = ffi.gc(ffi.new("ogg_stream_state *"), lib.ogg_stream_clear)
    lib.ogg_stream_init(stream, serial)
    return stream


def _out(stream: Any, raw: Any) -> Iterator[Packet]:
    while (found := lib.ogg_stream_packetout(stream, raw)) != 0:
        if found > 0:
            yield Packet(bytes(ffi.buffer(raw.packet, raw.bytes)), raw.granulepos, bool(raw.e_o_s))
