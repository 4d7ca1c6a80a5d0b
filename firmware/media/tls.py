# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether the far end of a TLS connection is who it should be (RFC 5922, section 7.2: no wildcards).

pjsip would compare the certificate with the address that a name had: so it verifies nothing itself, and each new
connection is judged here before anything is sent over it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

NAMES = "identit"  # in pjsip's message about names, which we compare ourselves
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Expected:
    """A name or an address that the certificate must have, unless `verify` is False."""

    host: str
    verify: bool


class TlsJudge:
    """`expect` says whose certificate is to be seen at "address:port"; `told` hears what is wrong with it, or ""."""

    def __init__(self) -> None:
        self._expected: dict[str, list[tuple[Expected, Told]]] = {}

    def expect(self, address: str, expected: Expected, told: Told) -> None:
        """From now on."""
        self._expected.setdefault(address, []).append((expected, told))

    def forget(self, address: str, told: Told) -> None:
        """Nobody asks for it any more."""
        kept = [pair for pair in self._expected.get(address, []) if pair[1] != told]
        if kept:
            self._expected[address] = kept
        else:
            self._expected.pop(address, None)

    def judge(self, info: Any) -> bool:
        """Whether a connection with this TlsInfo may be used. One that nobody expects may."""
        accepted = True
        for expected, told in self._expected.get(str(info.remoteAddr), []):
            wrong = _wrong(info, expected.host) if expected.verify else ""
            accepted = accepted and not wrong
            told(wrong)
        return accepted


def _wrong(info: Any, host: str) -> str:
    certificate = info.remoteCertInfo
    faults = [str(message) for message in info.verifyMsgs if NAMES not in message and message != "OK"]
    if any("expired" in fault for fault in faults):
        days = f"from {_day(certificate.validityStart)} to {_day(certificate.validityEnd)}"
        return f"it is valid {days}. The provider must renew it; check the clock of this box too."
    if faults:
        return f"{'; '.join(faults)}. Give the provider's CA as ca_file."
    names = [str(entry.name) for entry in certificate.subjectAltName] or [str(certificate.subjectCn)]
    if host.lower() not in (name.lower().removeprefix("sips:").removeprefix("sip:") for name in names):
        shown = re.sub(r"[^\x20-\x7e]", "?", ", ".join(names))[:200]
        return f"it is for {shown}, not for {host}. Use a registrar of that name."
    return ""


def _day(moment: Any) -> str:
    return f"{datetime.fromtimestamp(moment.sec, UTC):%Y-%m-%d}"
