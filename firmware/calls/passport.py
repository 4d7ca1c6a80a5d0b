# SPDX-License-Identifier: GPL-2.0-or-later
"""What a provider says of how sure a caller's number is: the `Identity` header (RFC 8224) with its PASSporT (RFC 8225,
RFC 8588), and `verstat` (3GPP TS 24.229, section 7.2A.20). Kept as a fact; the signature is not verified here.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VERSTAT = ("TN-Validation-Passed", "TN-Validation-Failed", "No-TN-Validation")
_VERSTAT = re.compile(r";\s*verstat=([A-Za-z-]+)")


@dataclass(frozen=True, slots=True)
class Attested:
    """`attestation`: A (the provider knows caller and number), B (the caller only), C (neither). "": not said."""

    attestation: str = ""
    verstat: str = ""
    orig: str = ""
    orig_id: str = ""

    def __bool__(self) -> bool:
        return bool(self.attestation or self.verstat)

    def as_data(self) -> dict[str, Any]:
        """For the trail."""
        known = {"attestation": self.attestation, "verstat": self.verstat, "orig": self.orig, "origid": self.orig_id}
        return {name: value for name, value in known.items() if value} | {"verified": False}


def attested(identity: str, shown: str) -> Attested:
    """What an INVITE says by Identity, and by P-Asserted-Identity or From. What cannot be read is not said."""
    claims = _claims(identity)
    found = _VERSTAT.search(shown)
    verstat = next((known for known in VERSTAT if found and known.lower() == found[1].lower()), "")
    attest, orig = claims.get("attest"), claims.get("orig")
    number = orig.get("tn") if isinstance(orig, Mapping) else ""
    return Attested(
        attest if attest in ("A", "B", "C") else "", verstat, _text(number), _text(claims.get("origid"))
    )  # fmt: skip


def _text(value: object) -> str:
    return value[:40] if isinstance(value, str) and value.isprintable() else ""


def _claims(identity: str) -> Mapping[str, Any]:
    parts = identity.partition(";")[0].strip().split(".")
    if len(parts) != 3 or len(identity) > 8000:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}
