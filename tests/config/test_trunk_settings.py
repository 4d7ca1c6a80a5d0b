# SPDX-License-Identifier: GPL-2.0-or-later
"""What is wrong with a trunk is named with its path."""

import ssl
from typing import Any

import pytest

from firmware.config import ConfigInvalid, check

SYSTEM = ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt"


def document(**sip: Any) -> dict[str, Any]:
    return {"trunk": [{"name": "isp", "sip": {"registrar": "sip.example.com"} | sip}]}


@pytest.mark.parametrize(
    ("sip", "path", "says"),
    [
        ({"ca_file": SYSTEM}, "ca_file", 'is for transport = "tls"'),
        ({"tls_verify": False}, "tls_verify", 'is for transport = "tls"'),
        ({"transport": "tls", "ca_file": "/nowhere/ca.pem"}, "ca_file", "cannot be read"),
        ({"transport": "tls", "ca_file": "/etc/passwd"}, "ca_file", "holds no certificate"),
        ({"transport": "tls", "ca_file": "ca.pem"}, "ca_file", "the whole path"),
        ({"srtp_keying": "dtls"}, "srtp_keying", "is for srtp"),
        ({"codecs": []}, "codecs", "name at least one"),
        ({"codecs": ["ulaw", "ulaw"]}, "codecs", "once"),
        ({"codecs": ["g729"]}, "codecs[0]", "g722"),
        ({"caller_id": "own"}, "caller_id", "needs a number"),
        ({"session_timer_s": 60}, "session_timer_s", "90 to 86400"),
        ({"redirects": 9}, "redirects", "5"),
        ({"backups": ["no such host!"]}, "backups[0]", "HOST"),
    ],
)
def test_it_is_named(sip: dict[str, Any], path: str, says: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        check(document(**sip))
    found = {problem.path: problem.message for problem in caught.value.errors}
    assert says in found[f"trunk[0].sip.{path}"]


def test_the_rest_is_fine() -> None:
    check(
        document(backups=["sip2.example.com:5080"], srtp="optional", srtp_keying="dtls", number="+4930123", health_s=0)
    )
