# SPDX-License-Identifier: GPL-2.0-or-later
"""How requests to a bucket are signed: Amazon's published examples, by the library that signs and by what checks it."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from minio.credentials import Credentials
from minio.signer import sign_v4_s3

from hil import sigv4

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
HOST = "examplebucket.s3.amazonaws.com"
DAY = datetime(2013, 5, 24, tzinfo=UTC)
NOTHING = hashlib.sha256(b"").hexdigest()
WELCOME = hashlib.sha256(b"Welcome to Amazon S3.").hexdigest()


@pytest.mark.parametrize(
    ("method", "what", "more", "content", "expected"),
    [
        ("GET", "/test.txt", {"range": "bytes=0-9"}, NOTHING,
         "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        ("PUT", "/test%24file.text",
         {"date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"}, WELCOME,
         "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        ("GET", "/?lifecycle=", {}, NOTHING, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        ("GET", "/?max-keys=2&prefix=J", {}, NOTHING,
         "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ],
)  # fmt: skip
def test_amazons_examples(method: str, what: str, more: dict[str, str], content: str, expected: str) -> None:
    url = f"https://{HOST}{what}"
    headers = {"host": HOST, "x-amz-content-sha256": content, "x-amz-date": "20130524T000000Z", **more}
    signed = sign_v4_s3(
        method=method, url=urlsplit(url), region="us-east-1", headers=dict(headers), content_sha256=content, date=DAY,
        credentials=Credentials("AKIAIOSFODNN7EXAMPLE", SECRET),
    )  # fmt: skip
    assert signed["Authorization"].endswith(f"Signature={expected}")
    assert sigv4.signature(method, url, signed, SECRET) == expected
