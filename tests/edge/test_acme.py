# SPDX-License-Identifier: GPL-2.0-or-later
"""A certificate from an authority by itself: pebble, the server that Let's Encrypt tests with, signs or refuses."""

from __future__ import annotations

import http.server
import json
import ssl
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pebble import Pebble, free_ports, pebble

from firmware import service, times
from firmware.acme.due import RATE_LIMITED, again_in, is_wanted
from firmware.acme.files import PLACE, AcmeFiles
from firmware.acme.order import CUT_SHORT, order, take_over
from firmware.config import ConfigInvalid, check
from firmware.config.acme import Acme
from firmware.core.certificate_watch import trouble
from firmware.edge import certificate
from firmware.edge.files import EdgeFiles
from firmware.errors import Conflict, Invalid, TipringError
from firmware.store.config_db import ConfigDb
from hil.certificates import Authority

NAME = "pbx.example.com"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pebble]:
    with pebble(tmp_path_factory.mktemp("pebble")) as there:
        yield there


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A box with the certificate that it made itself."""
    certificate.make_own(EdgeFiles(tmp_path))
    return tmp_path


def acme(there: Pebble, **more: Any) -> Acme:
    settings = {"names": (NAME,), "directory": there.directory, "port": there.proofs, "ca_file": str(there.vouches)}
    return Acme(enabled=True, agreed_terms=True, **settings | more)


def refused(state: Path, settings: Acme) -> TipringError:
    """Why the order failed; the old certificate is in place, with its key."""
    files = EdgeFiles(state)
    before = files.certificate.read_bytes(), files.key.read_bytes()
    with pytest.raises(TipringError) as caught:
        order(state, settings)
    assert (files.certificate.read_bytes(), files.key.read_bytes()) == before
    status = AcmeFiles(state).status()
    assert status.error == caught.value.message
    assert not status.may_try(times.now())
    assert not AcmeFiles(state).order.exists()
    return caught.value


def test_the_authority_signs_and_signs_again_for_the_same_account(authority: Pebble, state: Path) -> None:
    files = EdgeFiles(state)
    names = (NAME, "tel.example.com")
    first = order(state, acme(authority, names=names))
    assert set(first.names) == set(names)
    assert not first.self_signed
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.certificate, files.key)
    kept = AcmeFiles(state)
    account = kept.account.read_bytes()
    secret = (files.key, files.certificate, kept.account, kept.folder / "status.json")
    assert {stat.S_IMODE(file.stat().st_mode) for file in secret} == {0o600}
    assert (kept.status().error, kept.status().failures, kept.order.exists()) == ("", 0, False)
    again = order(state, acme(authority, contact="it@example.com"))
    assert again.fingerprint != first.fingerprint
    assert kept.account.read_bytes() == account
    assert certificate.read(files.certificate) == again


def test_a_name_that_leads_elsewhere_is_told_with_what_to_do(authority: Pebble, state: Path) -> None:
    (elsewhere,) = free_ports(1)
    error = refused(state, acme(authority, port=elsewhere))
    assert (error.code, error.field) == ("acme_challenge", "names")
    assert f"{NAME} must lead here from the internet, and its port 80 to port {elsewhere}" in error.message
    assert refused(state, acme(authority, port=elsewhere)).code == "acme_challenge"
    assert AcmeFiles(state).status().failures == 2
    assert order(state, acme(authority)).is_for(NAME)
    assert AcmeFiles(state).status().failures == 0


def test_a_port_that_is_taken_and_an_authority_that_is_away(authority: Pebble, state: Path) -> None:
    (nobody,) = free_ports(1)
    away = refused(state, acme(authority, directory=f"https://127.0.0.1:{nobody}/dir"))
    assert (away.code, f"127.0.0.1:{nobody}/dir cannot be reached" in away.message) == ("acme_away", True)
    unknown = refused(state, acme(authority, ca_file=None))
    assert "CERTIFICATE_VERIFY_FAILED" in unknown.message
    with http.server.HTTPServer(("", authority.proofs), http.server.BaseHTTPRequestHandler):
        assert refused(state, acme(authority)).code == "acme_port"


def test_an_authority_that_lost_its_accounts_makes_a_new_one(authority: Pebble, state: Path, tmp_path: Path) -> None:
    order(state, acme(authority))
    other = tmp_path / "other"
    other.mkdir()
    with pebble(other) as anew:
        assert order(state, acme(anew)).is_for(NAME)


class _Busy(http.server.BaseHTTPRequestHandler):
    """An authority that refuses whatever is asked, in RFC 7807's form."""

    problem: dict[str, Any]

    def do_GET(self) -> None:
        self._say(200, {name: f"https://{self.headers['Host']}/{name}" for name in ("newNonce", "newAccount")})

    def do_HEAD(self) -> None:
        self._say(200, None)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._say(429, self.problem, "application/problem+json")

    def _say(self, status: int, told: Any, kind: str = "application/json") -> None:
        body = json.dumps(told).encode() if told else b""
        self.send_response(status)
        self.send_header("Replay-Nonce", "bm9uY2Utbm9uY2U")
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.mark.parametrize(
    ("kind", "detail", "code"),
    [
        ("rateLimited", "too many certificates already issued", RATE_LIMITED),
        ("userActionRequired", "Terms of service have changed", "acme_terms"),
        ("rejectedIdentifier", "policy forbids issuing", "acme_refused"),
    ],
)
def test_what_an_authority_refuses_is_told_in_its_words(
    state: Path, tmp_path: Path, kind: str, detail: str, code: str
) -> None:
    vouches = Authority(tmp_path / "https")
    busy = type("Busy", (_Busy,), {"problem": {"type": f"urn:ietf:params:acme:error:{kind}", "detail": detail}})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), busy)
    server.socket = vouches.server("busy", "IP:127.0.0.1").context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        port = server.server_address[1]
        proofs, directory = free_ports(1)[0], f"https://127.0.0.1:{port}/dir"
        error = refused(state, acme(Pebble(directory, vouches.certificate, proofs)))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert error.code == code
    assert detail in error.message


def test_a_certificate_for_another_key_or_name_is_not_put_in_place(state: Path, tmp_path: Path) -> None:
    signer, files = Authority(tmp_path / "ca"), EdgeFiles(state)
    one, other = signer.server("one", f"DNS:{NAME}"), signer.server("other", f"DNS:{NAME}")
    before = certificate.read(files.certificate)
    with pytest.raises(Invalid, match="KEY_VALUES_MISMATCH"):
        take_over(files, one.certificate, other.key, (NAME,))
    with pytest.raises(Invalid, match=r"not for tel\.example\.com"):
        take_over(files, one.certificate, one.key, ("tel.example.com",))
    assert certificate.read(files.certificate) == before


def test_an_order_that_is_killed_leaves_the_old_certificate_and_can_be_made_again(state: Path, tmp_path: Path) -> None:
    folder, files = tmp_path / "slow", AcmeFiles(state)
    folder.mkdir()
    with pebble(folder, PEBBLE_VA_NOSLEEP="0", PEBBLE_VA_SLEEPTIME="600") as slow:
        table = acme(slow).model_dump(mode="json")
        ConfigDb(state).apply({"acme": table}, "test")
        child = subprocess.Popen([sys.executable, "-m", "firmware.acme", "--state", str(state)])
        try:
            _wait_until(lambda: len(list(files.order.glob("*"))) > 1)  # a proof beside the key
            assert service.is_up(state, "acme")
            with pytest.raises(Conflict, match="being ordered already"):
                order(state, acme(slow))
        finally:
            child.kill()
            child.wait()
    assert certificate.read(EdgeFiles(state).certificate).self_signed
    assert files.status().error == CUT_SHORT
    again = tmp_path / "again"
    again.mkdir()
    with pebble(again) as quick:
        assert order(state, acme(quick)).is_for(NAME)


def _wait_until(holds: Any, timeout_s: float = 60.0) -> None:
    until = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def _found(now: datetime, left: timedelta, *names: str, issuer: str = "CN=Authority") -> certificate.Certificate:
    lifetime = timedelta(days=90)
    return certificate.Certificate("CN=box", issuer, names, now + left - lifetime, now + left, "")


def test_it_is_ordered_when_a_third_of_the_lifetime_is_left_or_it_does_not_fit() -> None:
    now = times.now()
    assert not is_wanted(_found(now, timedelta(days=31), NAME), (NAME,), now)
    assert is_wanted(_found(now, timedelta(days=30), NAME), (NAME,), now)
    assert is_wanted(_found(now, timedelta(days=80), NAME), (NAME, "tel.example.com"), now)
    assert is_wanted(_found(now, timedelta(days=80), NAME, issuer="CN=box"), (NAME,), now)
    assert is_wanted(None, (NAME,), now)


def test_failures_are_tried_again_ever_later_and_told_before_it_expires() -> None:
    waits = [again_in(failures).total_seconds() / 3600 for failures in (1, 2, 3, 5, 6, 1000)]
    assert waits == [1, 2, 4, 16, 24, 24]
    assert again_in(1, RATE_LIMITED) == timedelta(hours=24)
    now = times.now()
    told = trouble(now + timedelta(days=13), now, "The authority is away.")
    assert told
    assert told[1].endswith("could not be renewed by itself: The authority is away.")
    assert trouble(now + timedelta(days=15), now, "The authority is away.") is None


@pytest.mark.parametrize(
    ("table", "path"),
    [
        ({"enabled": True, "names": [NAME]}, "acme.agreed_terms"),
        ({"enabled": True, "agreed_terms": True}, "acme.names"),
        ({"names": ["*.example.com"]}, "acme.names[0]"),
        ({"names": ["192.0.2.7"]}, "acme.names[0]"),
        ({"directory": "http://example.com/dir"}, "acme.directory"),
        ({"contact": "nobody"}, "acme.contact"),
    ],
)
def test_what_cannot_be_ordered_is_refused_at_its_field(table: dict[str, Any], path: str) -> None:
    with pytest.raises(ConfigInvalid) as caught:
        check({"acme": table})
    assert path in {problem.path for problem in caught.value.errors}


def test_nothing_is_ordered_while_it_is_off(state: Path) -> None:
    with pytest.raises(Invalid, match="not switched on"):
        order(state, Acme())
    assert not AcmeFiles(state).folder.exists()


def test_no_path_leads_out_of_the_proofs(tmp_path: Path) -> None:
    files = AcmeFiles(tmp_path)
    files.begin()
    files.write(files.order / "key.pem", b"secret")
    assert [files.answer(token) for token in ("key.pem", "../status.json", "", "a" * 300)] == [None] * 4
    assert PLACE == "/.well-known/acme-challenge/"
