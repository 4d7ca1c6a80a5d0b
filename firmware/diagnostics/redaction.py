# SPDX-License-Identifier: GPL-2.0-or-later
"""Takes secrets out of texts: those that the configuration has or had, wherever they are, and whatever looks like one.

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from firmware.secrecy import MASK, SECRET_KEYS

LONG_PART = 8  # of an address: such a part may be a key
SHORTEST = 4  # a PIN of two digits would take half of every log with it, and the configuration allows none
_SHAPES = (
    re.compile(r"(?i)(authorization\s*[:=]\s*(?:bearer|basic|digest)?\s*)[^\s\"',]+(?:\s+\S+=\S+)*"),
    re.compile(r"(?i)\b(bearer\s+)[\w.~+/=-]{8,}"),
    re.compile(
        r"(?i)((?:pass(?:word|wd)?|secret|token|api_?key|community|cookie|nonce|response)\"?\s*[:=]\s*\"?)[^\s\"',;&}]+"
    ),
    re.compile(r"()tipring_[\w-]{20,}"),
    re.compile(r"([?&]code=)[\w-]{8,}"),
    re.compile(r"()whsec_[\w+/=]+"),
    re.compile(r"()\$argon2[a-z]*\$\S+"),
    re.compile(r"(\w+://[^/\s:@]*:)[^/\s@]+(?=@)"),
    re.compile(r"()-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL),
    re.compile(r"(a=crypto:\d+ \S+ inline:)\S+"),  # SDES (RFC 4568)
)


def secrets_of(value: Any, inside: bool = False) -> Iterator[str]:
    """Every secret of a document, long enough to be told from other text."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from secrets_of(item, inside or key in SECRET_KEYS)
            if key == "url" and isinstance(item, str):
                yield from (part for part in re.split(r"[/?&=#]+", item)[2:] if len(part) >= LONG_PART)
    elif isinstance(value, list):
        for item in value:
            yield from secrets_of(item, inside)
    elif inside and isinstance(value, str) and len(value) >= SHORTEST:
        yield value


def without_paths(value: Any) -> Any:
    """A document whose addresses have host and scheme only: what follows may be a key."""
    if isinstance(value, dict):
        return {key: _host_of(item) if key == "url" else without_paths(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_paths(item) for item in value]
    return value


def _host_of(url: Any) -> Any:
    if not isinstance(url, str):
        return url
    parts = urlsplit(url)
    beyond = f"/{MASK}" if parts.path.strip("/") or parts.query else parts.path
    return urlunsplit((parts.scheme, parts.hostname or "", beyond, "", ""))


class Redaction:
    """By the `secrets` that are known."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted(set(secrets), key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def of(self, text: str) -> str:
        """The text without any."""
        if self._known:
            text = self._known.sub(MASK, text)
        for shape in _SHAPES:
            text = shape.sub(rf"\g<1>{MASK}", text)
        return text


def short(number: str | None) -> str | None:
    """A telephone number by which its call is found again, and nobody is called."""
    if not number or len(number) < 6:
        return number  # an extension
    return f"…{number[-3:]}"
