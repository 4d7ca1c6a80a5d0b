# SPDX-License-Identifier: GPL-2.0-or-later
"""Certificates for a test, made with openssl: an authority, and servers that it vouches for."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Server:
    """PEM files."""

    certificate: Path
    key: Path

    @property
    def context(self) -> ssl.SSLContext:
        """For a server that shows it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


class Authority:
    """Its own certificate is `folder`/ca.pem."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._folder, self.certificate, self._key = folder, folder / "ca.pem", folder / "ca.key"
        _openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=Test CA",
            "-days", "10", "-keyout", str(self._key), "-out", str(self.certificate),
        )  # fmt: skip

    def server(self, name: str, *alternatives: str, expired: bool = False) -> Server:
        """A server called `name`; `alternatives` are like "IP:127.0.0.1" or "DNS:sip.example.com"."""
        made = Server(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        request = self._folder / f"{name}.csr"
        _openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-keyout", str(made.key), "-out", str(request),
        )  # fmt: skip
        self._sign(request, made.certificate, alternatives, expired)
        return made

    def sign(self, request: bytes, *alternatives: str) -> Path:
        """What comes of somebody's request (PKCS #10, PEM)."""
        file, signed = self._folder / "theirs.csr", self._folder / "theirs.pem"
        file.write_bytes(request)
        self._sign(file, signed, alternatives)
        return signed

    def _sign(self, request: Path, signed: Path, alternatives: Sequence[str], expired: bool = False) -> None:
        extensions = self._folder / "extensions"
        extensions.write_text(f"subjectAltName={','.join(alternatives)}\n")
        now = datetime.now(UTC)
        end = now - timedelta(days=1) if expired else now + timedelta(days=5)
        (self._folder / "index").write_text("")
        (self._folder / "ca.conf").write_text(_CA.format(folder=self._folder))
        _openssl(
            "ca", "-batch", "-config", str(self._folder / "ca.conf"), "-notext",
            "-cert", str(self.certificate), "-keyfile", str(self._key), "-in", str(request), "-out",
            str(signed), "-startdate", f"{now - timedelta(days=9):%y%m%d%H%M%SZ}",
            "-enddate", f"{end:%y%m%d%H%M%SZ}", "-extfile", str(extensions),
        )  # fmt: skip


_CA = """[ca]
default_ca = it
[it]
database = {folder}/index
new_certs_dir = {folder}
default_md = sha256
rand_serial = yes
unique_subject = no
policy = any
[any]
commonName = supplied
"""


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)
