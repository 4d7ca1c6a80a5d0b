# SPDX-License-Identifier: GPL-2.0-or-later
"""The certificate for TLS and WSS: self-signed until the owner installs one."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from firmware.edge.files import EdgeFiles
from firmware.errors import Invalid, TipringError

DAYS = 3650


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a person wants to know of one."""

    subject: str
    issuer: str
    expires: datetime
    fingerprint: str

    @property
    def self_signed(self) -> bool:
        return self.subject == self.issuer


def ensure(files: EdgeFiles) -> None:
    """A key and a self-signed certificate when there is none. TipringError when they cannot be made."""
    if files.certificate.exists() and files.key.exists():
        return
    name = socket.gethostname()
    with tempfile.TemporaryDirectory(dir=files.folder) as folder:
        key, certificate = Path(folder, "key.pem"), Path(folder, "certificate.pem")
        _openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", str(DAYS),
            "-subj", f"/CN={name[:64]}", "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1",
            "-keyout", str(key), "-out", str(certificate),
        )  # fmt: skip
        _put(files, certificate, key)


def install(files: EdgeFiles, certificate: Path, key: Path) -> Certificate:
    """Puts the owner's PEM files in place, for the next start or `tls.reload`. Invalid says what is wrong."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: "")
    except OSError as error:  # ssl.SSLError too
        why = error.strerror if not isinstance(error, ssl.SSLError) else error.reason or "not PEM"
        raise Invalid(
            f"{certificate} and {key} are no certificate with its key ({why}); "
            "give both as PEM, the chain in one file, the key without a password.",
            field="certificate",
        ) from error
    found = read(certificate)
    if found.expires < datetime.now(UTC):
        raise Invalid(f"The certificate expired on {found.expires:%Y-%m-%d}; get a new one.", field="certificate")
    files.folder.mkdir(mode=0o750, exist_ok=True)
    _put(files, certificate, key)
    return found


def read(certificate: Path) -> Certificate:
    """The first certificate of a PEM file. Invalid when there is none."""
    wanted = ("-subject", "-issuer", "-enddate", "-fingerprint", "-sha256")
    told = _openssl("x509", "-in", str(certificate), "-noout", *wanted)
    fields = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    expires = datetime.fromtimestamp(ssl.cert_time_to_seconds(fields["notAfter"]), UTC)
    fingerprint = next(value for name, value in fields.items() if name.lower().endswith("fingerprint"))
    return Certificate(fields["subject"].strip(), fields["issuer"].strip(), expires, fingerprint)


def _openssl(*arguments: str) -> str:
    try:
        done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, timeout=30, check=False)
    except OSError as error:
        raise TipringError(f"openssl is needed for certificates: {error.strerror}.", code="certificate") from error
    if done.returncode:
        raise Invalid(f"openssl {arguments[0]}: {done.stderr.strip() or 'it failed'}", code="certificate")
    return done.stdout


def _put(files: EdgeFiles, certificate: Path, key: Path) -> None:
    """Both by renaming; a start in between finds them not matching, and the next one is right."""
    for source, target in ((key, files.key), (certificate, files.certificate)):
        new = target.with_suffix(".new")
        shutil.copyfile(source, new)
        new.chmod(0o600)
        new.replace(target)
