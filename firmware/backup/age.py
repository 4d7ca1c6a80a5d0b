# SPDX-License-Identifier: GPL-2.0-or-later
"""The age format, version 1 (C2SP, age-encryption.org/v1), with one passphrase: streams, in chunks of 64 KiB.

Whoever has the file and the passphrase can open it with `age -d`, without a box: docs/decisions/0007.
"""

from __future__ import annotations

import base64
import hmac
import io
import os
import struct
from typing import TYPE_CHECKING, BinaryIO

from firmware.errors import Invalid

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

_FIRST = b"age-encryption.org/v1\n"
_STANZA = b"-> scrypt "
_CHUNK = 65536
_TAG = 16
_KEY_BYTES = 16
WORK = 15  # 2^15 · 8 · 128 octets = 32 MiB: what a small box can spare. age itself takes 18
_MOST_WORK = 20  # 1 GiB; beyond it a file only wants to exhaust the box
_LONGEST_LINE = 128


class NotABackup(Invalid):
    code = "not_a_backup"


class WrongPassphrase(Invalid):
    code = "wrong_passphrase"


class Damaged(Invalid):
    code = "backup_damaged"


class Truncated(Invalid):
    code = "backup_truncated"


def _text(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _octets(text: bytes) -> bytes:
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except ValueError:
        data = b""
    if _text(data) != text:  # there is one way to write it
        raise Damaged("The beginning of the backup was changed.")
    return data


def _scrypt(passphrase: str, salt: bytes, work: int) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    kdf = Scrypt(b"age-encryption.org/v1/scrypt" + salt, 32, 2**work, 8, 1)
    return kdf.derive(passphrase.encode())


def _hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt, info).derive(key)


def _mac(key: bytes, header: bytes) -> bytes:
    return hmac.digest(_hkdf(key, b"", b"header"), header, "sha256")


def _cipher(key: bytes) -> ChaCha20Poly1305:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    return ChaCha20Poly1305(key)


def _nonce(number: int, last: bool) -> bytes:
    return struct.pack(">3xQB", number, last)


class Encrypting(io.RawIOBase):
    """What is written comes encrypted into `file`, which stays open. Without `close` the file is not whole."""

    def __init__(self, file: BinaryIO, passphrase: str, work: int = WORK) -> None:
        self._file, self._left, self._number = file, bytearray(), 0
        key, salt, nonce = os.urandom(_KEY_BYTES), os.urandom(16), os.urandom(16)
        wrapped = _cipher(_scrypt(passphrase, salt, work)).encrypt(bytes(12), key, None)
        header = _FIRST + _STANZA + _text(salt) + b" %d\n" % work + _text(wrapped) + b"\n---"
        file.write(header + b" " + _text(_mac(key, header)) + b"\n" + nonce)
        self._cipher = _cipher(_hkdf(key, nonce, b"payload"))

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = memoryview(data).cast("B")  # type: ignore[arg-type]
        self._left += piece
        while len(self._left) > _CHUNK:  # one is kept back: it may be the last
            self._put(self._left[:_CHUNK], False)
            del self._left[:_CHUNK]
        return len(piece)

    def _put(self, plain: bytearray, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last), bytes(plain), None))
        self._number += 1

    def finish(self) -> None:
        """The last chunk: nothing can be written any more."""
        self._put(self._left, True)
        self._left = bytearray()


class Decrypting(io.RawIOBase):
    """What is in an encrypted `file`. Raises NotABackup, WrongPassphrase, Damaged, Truncated; never gives an octet
    that was not written there. Only who has read until the end knows that it is whole."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        self._file, self._number, self._left, self._ended = file, 0, b"", False
        self._cipher = _cipher(self._opened(passphrase))
        self._ahead = _read(file, _CHUNK + _TAG)

    def _opened(self, passphrase: str) -> bytes:
        from cryptography.exceptions import InvalidTag

        first = self._file.read(len(_FIRST))
        if first != _FIRST:
            raise NotABackup("This file is no backup: it does not begin as one. Was another one chosen?")
        stanza, body, end = (self._line() for _ in range(3))
        if not stanza.startswith(_STANZA) or not end.startswith(b"--- "):
            raise NotABackup("This file is encrypted for a key and not with a passphrase: no box has made it.")
        salt, work = self._arguments(stanza)
        try:
            key = _cipher(_scrypt(passphrase, salt, work)).decrypt(bytes(12), _octets(body), None)
        except InvalidTag:
            raise WrongPassphrase("The passphrase is not that of this backup.", field="passphrase") from None
        header = _FIRST + stanza + b"\n" + body + b"\n---"
        if not hmac.compare_digest(_mac(key, header), _octets(end[4:])):
            raise Damaged("The beginning of the backup was changed.")
        return _hkdf(key, _read(self._file, 16), b"payload")

    def _line(self) -> bytes:
        line = b""
        while not line.endswith(b"\n"):
            octet = self._file.read(1)
            if not octet:
                raise Truncated("The backup is cut off after its first octets. Copy it again.")
            line += octet
            if len(line) > _LONGEST_LINE:
                raise Damaged("The beginning of the backup was changed.")
        return line[:-1]

    @staticmethod
    def _arguments(stanza: bytes) -> tuple[bytes, int]:
        salt, _, work = stanza.removeprefix(_STANZA).partition(b" ")
        if not work.isdigit() or not 1 <= int(work) <= _MOST_WORK or len(_octets(salt)) != 16:
            raise Damaged("The beginning of the backup was changed.")
        return _octets(salt), int(work)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        while not self._left and not self._ended:
            self._next()
        taken = self._left[: len(view)]
        view[: len(taken)] = taken
        self._left = self._left[len(taken) :]
        return len(taken)

    def _next(self) -> None:
        from cryptography.exceptions import InvalidTag

        sealed, self._ahead = self._ahead, _read(self._file, _CHUNK + _TAG)
        last = not self._ahead
        try:
            self._left = self._cipher.decrypt(_nonce(self._number, last), sealed, None)
        except InvalidTag:
            raise self._broken(sealed, last) from None
        self._number, self._ended = self._number + 1, last

    def _broken(self, sealed: bytes, last: bool) -> Exception:
        """A chunk that is the last one and should not be: the file is cut."""
        if last:
            return Truncated("The backup is cut off, or was changed at its end. Copy it again.")
        at = self._number * _CHUNK
        return Damaged(f"The backup was changed or damaged, about {at / 1e6:.1f} MB after its beginning.")


def _read(file: BinaryIO, size: int) -> bytes:
    """As many octets as there are, up to `size`: a pipe gives fewer at a time."""
    pieces, left = [], size
    while left and (piece := file.read(left)):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)
