# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk with a cache that loses its power: served by NBD, so that QEMU sees a block device with write-back cache.

What was written since the last flush is in memory alone. The cut comes at a chosen write: from then on nothing is
answered, and of the cache a seeded choice of sectors of 512 octets reaches the file, in no order. So writes are lost,
torn, and overtake each other, as on an eMMC; what was flushed stays.

The protocol is the Network Block Device's, doc/proto.md: fixed newstyle negotiation, simple replies.
"""

from __future__ import annotations

import contextlib
import random
import socket
import struct
import threading
from pathlib import Path

SECTOR = 512
MAGIC, OPTION = b"NBDMAGIC", b"IHAVEOPT"
FIXED_NEWSTYLE, NO_ZEROES = 1, 2
GO, ABORT = 7, 2
REPLY, ACK, INFO, UNSUPPORTED = 0x3E889045565A9, 1, 3, 0x80000001
REQUEST, ANSWER = 0x25609513, 0x67446698
READ, WRITE, DISCONNECT, FLUSH = 0, 1, 2, 3
HAS_FLAGS, SENDS_FLUSH = 1, 4


class CutDisk:
    """Serves `image` at the UNIX socket `address` to one machine, until write number `cut_at`. Use it as a context.

    `cut` is set at that write; at the context's end the power is gone in any case.
    """

    def __init__(self, image: Path, address: Path, cut_at: int, seed: int) -> None:
        self._image, self._cut_at, self._chosen = image, cut_at, random.Random(seed)
        self._now = bytearray(image.read_bytes())
        self._unsynced: set[int] = set()  # sectors
        self.writes = self.lost = self.flushes = 0
        self.cut = threading.Event()
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(address))
        self._server.listen(1)
        self._machine: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> CutDisk:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.close()
        if self._machine:
            with contextlib.suppress(OSError):
                self._machine.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        share = self._chosen.choice((0.0, 0.5, 0.9))
        kept = {sector for sector in sorted(self._unsynced) if self._chosen.random() < share}
        self.lost = len(self._unsynced) - len(kept)
        self._keep(kept)

    def _keep(self, sectors: set[int]) -> None:
        with self._image.open("r+b") as file:
            for sector in sectors:
                file.seek(sector * SECTOR)
                file.write(self._now[sector * SECTOR : (sector + 1) * SECTOR])

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            self._machine, _ = self._server.accept()
            with self._machine:
                if self._negotiate():
                    while self._answer():
                        pass

    def _read(self, length: int) -> bytes:
        assert self._machine
        data = self._machine.recv(length, socket.MSG_WAITALL)
        if len(data) < length:
            raise ConnectionResetError
        return data

    def _negotiate(self) -> bool:
        assert self._machine
        self._machine.sendall(MAGIC + OPTION + struct.pack(">H", FIXED_NEWSTYLE | NO_ZEROES))
        self._read(4)
        while True:
            _, option, length = struct.unpack(">8sII", self._read(16))
            self._read(length)
            if option == GO:
                export = struct.pack(">HQH", 0, len(self._now), HAS_FLAGS | SENDS_FLUSH)
                self._reply(option, INFO, export)
            self._reply(option, ACK if option in (GO, ABORT) else UNSUPPORTED)
            if option in (GO, ABORT):
                return bool(option == GO)

    def _reply(self, option: int, kind: int, data: bytes = b"") -> None:
        assert self._machine
        self._machine.sendall(struct.pack(">QIII", REPLY, option, kind, len(data)) + data)

    def _answer(self) -> bool:
        """One request; False at the end."""
        assert self._machine
        _, _, kind, handle, offset, length = struct.unpack(">IHHQQI", self._read(28))
        said = b""
        if kind == READ:
            said = bytes(self._now[offset : offset + length])
        elif kind == WRITE:
            self._write(offset, self._read(length))
        elif kind == FLUSH:
            self.flushes += 1
            self._keep(self._unsynced)
            self._unsynced.clear()
        if kind == DISCONNECT or self.cut.is_set():
            return False
        self._machine.sendall(struct.pack(">IIQ", ANSWER, 0, handle) + said)
        return True

    def _write(self, offset: int, data: bytes) -> None:
        self._now[offset : offset + len(data)] = data
        self._unsynced.update(range(offset // SECTOR, (offset + len(data)) // SECTOR))
        self.writes += 1
        if self.writes >= self._cut_at:
            self.cut.set()
