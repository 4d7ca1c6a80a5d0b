# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys of servers that were met, and the box's own for them, below STATE/backup."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from firmware import modes
from firmware.files import write_whole


def fingerprint(key: str) -> str:
    """As OpenSSH shows it: `SHA256:…`."""
    digest = hashlib.sha256(base64.b64decode(key.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Hosts:
    state: Path

    @property
    def _folder(self) -> Path:
        return self.state / "backup"

    def _known(self) -> dict[str, str]:
        try:
            known: dict[str, str] = json.loads((self._folder / "hosts.json").read_text())
        except (OSError, ValueError):
            return {}
        return known

    def key_of(self, host: str, port: int) -> str | None:
        """The one that was met first."""
        return self._known().get(f"{host}:{port}")

    def keep(self, host: str, port: int, key: str) -> None:
        self._write(self._known() | {f"{host}:{port}": key})

    def forget(self, host: str, port: int) -> None:
        """Whatever it shows next is kept."""
        self._write({where: key for where, key in self._known().items() if where != f"{host}:{port}"})

    def _write(self, known: dict[str, str]) -> None:
        self._folder.mkdir(mode=modes.folder(), exist_ok=True)
        write_whole(self._folder / "hosts.json", json.dumps(known).encode(), modes.file())

    def own_key(self) -> str:
        """The file of the box's private key (Ed25519); made at the first question."""
        file = self._folder / "ssh_key"
        if not file.exists():
            from cryptography.hazmat.primitives import serialization as s
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

            key = Ed25519PrivateKey.generate()
            self._folder.mkdir(mode=modes.folder(), exist_ok=True)
            text = key.private_bytes(s.Encoding.PEM, s.PrivateFormat.OpenSSH, s.NoEncryption())
            write_whole(file, text, modes.file())
            public = key.public_key().public_bytes(s.Encoding.OpenSSH, s.PublicFormat.OpenSSH)
            write_whole(file.with_suffix(".pub"), public + b" tipring\n", modes.file())
        return os.fspath(file)

    def own_public_key(self) -> str:
        """What goes into the server's `authorized_keys`."""
        return Path(self.own_key()).with_suffix(".pub").read_text().strip()
