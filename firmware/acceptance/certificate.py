# SPDX-License-Identifier: GPL-2.0-or-later
"""The acceptance certificate: JSON that is signed with the box's own key (Ed25519, RFC 8032). docs/acceptance.md."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from firmware.acceptance.check import Check, Result
from firmware.errors import Invalid
from firmware.ids import uuid7
from firmware.times import iso

FORMAT = "tipring.acceptance/1"
SAID = frozenset(("id", "issued_at", "issued_by", "box", "verdict", "counts", "checks", "public_key", "signature"))
Json = dict[str, Any]


def canonical(value: Any) -> bytes:
    """What is signed: RFC 8785. Certificates have no fractions, so Python's own JSON is that."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def new_key() -> bytes:
    """A private key, 32 octets."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def fingerprint(public_key: str) -> str:
    """SHA-256 of a public key as certificates carry it, in groups that people can compare."""
    text = hashlib.sha256(_octets(public_key)).hexdigest()
    return " ".join(text[at : at + 4] for at in range(0, 32, 4))


def verdict(checks: Sequence[Check]) -> str:
    """`failed` while a check is not passed; what was left out is an exception."""
    results = {check.result for check in checks}
    if results & {Result.FAIL, Result.OPEN}:
        return "failed"
    return "passed_with_exceptions" if Result.LEFT_OUT in results else "passed"


def issue(key: bytes, box: Mapping[str, Any], checks: Sequence[Check], at: datetime, by: str) -> Json:
    """A signed certificate. `box` says which one, and of which configuration."""
    private = Ed25519PrivateKey.from_private_bytes(key)
    counts = Counter(check.result.value for check in checks)
    certificate: Json = {
        "format": FORMAT,
        "id": str(uuid7()),
        "issued_at": iso(at),
        "issued_by": by,
        "box": dict(box),
        "verdict": verdict(checks),
        "counts": {result.value: counts[result.value] for result in Result},
        "checks": [check.as_json() for check in checks],
        "public_key": _text(private.public_key().public_bytes_raw()),
    }
    return certificate | {"signature": _text(private.sign(canonical(certificate)))}


def verify(certificate: Any) -> Json:
    """The certificate, when nothing in it was changed since it was signed by its `public_key`. Invalid."""
    if not isinstance(certificate, dict) or certificate.get("format") != FORMAT or not certificate.keys() >= SAID:
        raise Invalid(f"This is no acceptance certificate: its format is not {FORMAT}.", code="bad_certificate")
    signed = {name: value for name, value in certificate.items() if name != "signature"}
    try:
        key = Ed25519PublicKey.from_public_bytes(_octets(str(certificate.get("public_key"))))
        key.verify(_octets(str(certificate.get("signature"))), canonical(signed))
    except (ValueError, InvalidSignature):
        raise Invalid("The signature is wrong: the certificate was changed.", code="bad_signature") from None
    return certificate


def _text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def _octets(text: str) -> bytes:
    """Base64 as JOSE has it (RFC 7515, section 2). ValueError."""
    try:
        return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError(str(error)) from error
