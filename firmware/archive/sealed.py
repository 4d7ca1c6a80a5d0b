# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that are encrypted in chunks, so that any part can be read and no change goes unnoticed: docs/recordings.md.

AES-256-GCM; each file has a key of its own, derived (HKDF-SHA-256, RFC 5869) from the box's key and 16 random octets.
A chunk is authenticated with the header, its number and whether it is the last, so none can be moved or left out.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import stat
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from firmware.errors import Conflict, Unavailable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"TIPRSEAL"
VERSION = 1
CHUNK = 16384  # octets of sound in a chunk: five seconds of Opus
TAG = 16
KEY_BYTES = 32
SUFFIX = ".sealed"
_HEAD = struct.Struct(">8sBxxxI8s16s")  # magic, version, octets in a chunk, id of the key, salt of the file
HEAD_BYTES = _HEAD.size


class Tampered(Conflict):
    """What is in the file is not what was written there, or another key is needed."""

    code = "audio_damaged"


@dataclass(frozen=True, slots=True)
class Key:
    """The box's key. `id` says which one it is, and nothing of it."""

    secret: bytes

    @property
    def id(self) -> str:
        """16 hexadecimal digits."""
        return hashlib.sha256(b"tipring key id" + self.secret).hexdigest()[:16]


def new_key() -> str:
    """The text of a key file."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode() + "\n"


def read_key(path: Path, state: Path) -> Key:
    """The key of a file. Unavailable (`no_key`) when it cannot be used, or lies with what it encrypts."""
    if path.resolve().is_relative_to(state.resolve()):
        raise Unavailable(f"The key {path} lies with the data that it encrypts. Keep it elsewhere.", code="no_key")
    try:
        text = path.read_text()
        mode = path.stat().st_mode
        secret = base64.b64decode(text.strip(), validate=True)
    except (OSError, UnicodeDecodeError, binascii.Error) as error:
        message = f"The key {path} cannot be read ({error}). tipring recordings key FILE makes one."
        raise Unavailable(message, code="no_key") from error
    if len(secret) != KEY_BYTES:
        raise Unavailable(f"The key {path} has not {KEY_BYTES} octets. Was it cut?", code="no_key")
    if mode & (stat.S_IRWXO):
        raise Unavailable(f"The key {path} can be read by everybody; chmod 640 it.", code="no_key")
    return Key(secret)


def _cipher(key: Key, salt: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt, b"tipring recording").derive(key.secret))


def _bound(head: bytes, name: str, number: int, last: bool) -> tuple[bytes, bytes]:
    """Nonce and what is authenticated with a chunk. The file's key is its own, so a number never comes twice."""
    return struct.pack(">IQ", int(last), number), head + name.encode()


def seal(plain: Iterable[bytes], key: Key, name: str) -> Iterator[bytes]:
    """An encrypted file. `name` (the recording's id) is authenticated: the file cannot stand for another."""
    salt = os.urandom(16)
    head = _HEAD.pack(MAGIC, VERSION, CHUNK, bytes.fromhex(key.id), salt)
    cipher, number, left = _cipher(key, salt), 0, b""
    yield head
    for piece in plain:
        left += piece
        while len(left) > CHUNK:  # one is kept back: it may be the last
            nonce, bound = _bound(head, name, number, False)
            yield cipher.encrypt(nonce, left[:CHUNK], bound)
            number, left = number + 1, left[CHUNK:]
    nonce, bound = _bound(head, name, number, True)
    yield cipher.encrypt(nonce, left, bound)


class Sealed:
    """Reads an encrypted file at any place. Conflict (`audio_damaged`) when it was changed, or the key is another."""

    def __init__(self, file: BinaryIO, size: int, key: Key, name: str) -> None:
        self._file, self._name = file, name
        self._head = file.read(HEAD_BYTES)
        if len(self._head) < HEAD_BYTES:
            raise Tampered("The encrypted file is cut.")
        magic, version, self._chunk, key_id, salt = _HEAD.unpack(self._head)
        if magic != MAGIC or version != VERSION or self._chunk != CHUNK:
            raise Tampered("This is no encrypted recording.")
        if key_id.hex() != key.id:
            raise Tampered(f"This recording was encrypted with another key ({key_id.hex()}).", code="wrong_key")
        sealed, stored = self._chunk + TAG, size - HEAD_BYTES
        self._count = max(1, -(-stored // sealed))
        self.size = stored - self._count * TAG  # octets of sound
        if self.size < 0:
            raise Tampered("The encrypted file is cut.")
        self._cipher = _cipher(key, salt)

    def read(self, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Octets of sound from `start` on."""
        end = self.size if length is None else min(self.size, start + length)
        for number in range(start // self._chunk, self._count):
            begin = number * self._chunk
            if begin >= end and number:
                return
            plain = self._open(number)
            yield plain[max(0, start - begin) : max(0, end - begin)]

    def _open(self, number: int) -> bytes:
        from cryptography.exceptions import InvalidTag

        self._file.seek(HEAD_BYTES + number * (self._chunk + TAG))
        nonce, bound = _bound(self._head, self._name, number, number == self._count - 1)
        try:
            return self._cipher.decrypt(nonce, self._file.read(self._chunk + TAG), bound)
        except InvalidTag:
            raise Tampered("The encrypted file was changed or damaged.") from None
