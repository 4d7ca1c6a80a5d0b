# SPDX-License-Identifier: GPL-2.0-or-later
"""The certificate for TLS, WSS and the pages: self-signed until the owner installs one."""

from __future__ import annotations

import contextlib
import ipaddress
import re
import shutil
import socket
import ssl
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from firmware import modes, network
from firmware.edge.files import EdgeFiles
from firmware.edge.rpc import Rpc
from firmware.errors import Invalid, TipringError, Unavailable
from firmware.times import iso

DAYS = 3650
SOON = timedelta(days=30)
_HOST_NAME = re.compile(r"(?=.{1,253}$)(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.?)+")
_NAME = re.compile(r"(?:DNS|IP Address):([^,\s]+)")


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a person wants to know of one. `names`: hosts and addresses that it is for."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    begins: datetime
    expires: datetime
    fingerprint: str

    @property
    def self_signed(self) -> bool:
        return self.subject == self.issuer

    def expires_soon(self, now: datetime) -> bool:
        return self.expires - now < SOON

    def is_for(self, host: str) -> bool:
        """Whether a browser that asks for this name or address takes it (RFC 9525: one label for the star)."""
        parent = f"*.{host.partition('.')[2]}"
        return any(name.lower() in (host.lower(), parent.lower()) for name in self.names)

    def as_json(self) -> dict[str, object]:
        return {
            "subject": self.subject, "issuer": self.issuer, "names": list(self.names), "self_signed": self.self_signed,
            "begins": iso(self.begins), "expires": iso(self.expires), "sha256": self.fingerprint,
        }  # fmt: skip


def ensure(files: EdgeFiles) -> None:
    """A key and a self-signed certificate when there is none. TipringError when they cannot be made."""
    if not files.certificate.exists() or not files.key.exists():
        make_own(files)


def own_names() -> list[str]:
    """What this machine is called: its host name, and the addresses that it has now."""
    addresses = (address.partition("/")[0] for interface in network.interfaces() for address in interface.addresses)
    return [socket.gethostname(), "127.0.0.1", *(address for address in addresses if not address.startswith("fe80:"))]


def make_own(files: EdgeFiles, names: Iterable[str] = ()) -> Certificate:
    """A new key, and a certificate that the box signs itself, for `names` and its own. Invalid names a bad one."""
    files.folder.mkdir(mode=modes.folder(), exist_ok=True)
    wanted = _checked((*names, *own_names()))
    with tempfile.TemporaryDirectory(dir=files.folder) as folder:
        key, certificate = Path(folder, "key.pem"), Path(folder, "certificate.pem")
        _openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", str(DAYS),
            *_named(wanted), "-keyout", str(key), "-out", str(certificate),
        )  # fmt: skip
        _put(files, certificate, key)
    return read(files.certificate)


def request(files: EdgeFiles, names: Iterable[str]) -> str:
    """A request for an authority (PKCS #10, PEM), by the key in place: what it signs is installed without a key.

    Invalid names a bad name.
    """
    return _openssl("req", "-new", "-key", str(files.key), *_named(_checked(names)))


def install(files: EdgeFiles, certificate: Path, key: Path | None = None) -> Certificate:
    """Puts the owner's PEM files in place, for the next start or `reload`; without a key that in place is meant.

    Invalid says what is wrong, and with which of them (`certificate`, `key`).
    """
    key = key or files.key
    found = _usable(certificate, key)
    now = datetime.now(UTC)
    if found.expires < now:
        raise Invalid(f"The certificate expired on {found.expires:%Y-%m-%d}; get a new one.", field="certificate")
    if found.begins > now + timedelta(days=1):  # clocks differ
        raise Invalid(f"The certificate counts from {found.begins:%Y-%m-%d} on only.", field="certificate")
    files.folder.mkdir(mode=modes.folder(), exist_ok=True)
    _put(files, certificate, key)
    return found


def reload(files: EdgeFiles) -> None:
    """A running edge takes it over with all connections kept; one that does not run reads it at its start."""
    with contextlib.suppress(Unavailable), Rpc(files.rpc) as rpc:
        rpc.call("tls.reload")


def _usable(certificate: Path, key: Path) -> Certificate:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: "")
    except OSError as error:  # ssl.SSLError too
        why = error.strerror if not isinstance(error, ssl.SSLError) else error.reason or "not PEM"
        raise Invalid(
            f"{certificate.name} and {key.name} are no certificate with its key ({why}); "
            "give both as PEM, the chain in one file, the key without a password.",
            field="key" if why == "KEY_VALUES_MISMATCH" else "certificate",
        ) from error
    return read(certificate)


def read(certificate: Path) -> Certificate:
    """The first certificate of a PEM file. Invalid when there is none."""
    wanted = ("-subject", "-issuer", "-dates", "-fingerprint", "-sha256", "-ext", "subjectAltName")
    told = _openssl("x509", "-in", str(certificate), "-noout", *wanted)
    fields = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
    begins, expires = (
        datetime.fromtimestamp(ssl.cert_time_to_seconds(fields[name]), UTC) for name in ("notBefore", "notAfter")
    )
    fingerprint = next(value for name, value in fields.items() if name.lower().endswith("fingerprint"))
    names = tuple(_plain(name) for name in _NAME.findall(told))
    return Certificate(fields["subject"].strip(), fields["issuer"].strip(), names, begins, expires, fingerprint)


def _checked(names: Iterable[str]) -> list[str]:
    """Each once. Invalid for what is neither a host's name nor an address."""
    found = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    for name in found:
        if not _is_address(name) and not _HOST_NAME.fullmatch(name):
            raise Invalid(f'"{name}" is neither a name like pbx.example.com nor an address.', field="names")
    if not found:
        raise Invalid("Give at least one name, such as pbx.example.com.", field="names")
    return found


def _plain(name: str) -> str:
    """openssl writes an IPv6 address in full."""
    return str(ipaddress.ip_address(name)) if _is_address(name) else name


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _named(names: list[str]) -> list[str]:
    """Options of openssl req."""
    others = ",".join(f"{'IP' if _is_address(name) else 'DNS'}:{name}" for name in names)
    return ["-subj", f"/CN={names[0][:64]}", "-addext", f"subjectAltName={others}"]


def _openssl(*arguments: str) -> str:
    import subprocess  # not kept in the memory of services that seldom need it

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
        new.chmod(modes.file())
        new.replace(target)
