# SPDX-License-Identifier: GPL-2.0-or-later
"""AWS Signature Version 4 as Amazon S3 computes it of a request that it got (S3 API reference, "Signature Calculations
for the Authorization Header: Transferring Payload in a Single Chunk")."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, unquote, urlsplit

_CREDENTIAL = re.compile(r"Credential=[^/]+/(\d{8})/([^/]+)/([^/]+)/aws4_request")
_PLAIN = "-_.~"


def signature(method: str, url: str, headers: Mapping[str, str], secret: str) -> str:
    """That of the request, by the scope and the headers that its `authorization` names. KeyError, ValueError."""
    given = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    scope = _CREDENTIAL.search(given["authorization"])
    signed = re.search(r"SignedHeaders=([^,]+)", given["authorization"])
    if not scope or not signed:
        raise ValueError(given["authorization"])
    address = urlsplit(url)
    query = sorted((_encoded(key), _encoded(value)) for key, value in parse_qsl(address.query, keep_blank_values=True))
    request = [
        method,
        quote(unquote(address.path), safe=_PLAIN + "/") or "/",
        "&".join(f"{key}={value}" for key, value in query),
        *(f"{name}:{given[name]}" for name in signed[1].split(";")),
        "",
        signed[1],
        given["x-amz-content-sha256"],
    ]
    digest = hashlib.sha256("\n".join(request).encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{given['x-amz-date']}\n{'/'.join(scope.groups())}/aws4_request\n{digest}"
    key = f"AWS4{secret}".encode()
    for part in (*scope.groups(), "aws4_request", text):
        key = hmac.digest(key, part.encode(), "sha256")
    return key.hex()


def _encoded(text: str) -> str:
    return quote(text, safe=_PLAIN)
