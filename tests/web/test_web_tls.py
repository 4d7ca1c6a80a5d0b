# SPDX-License-Identifier: GPL-2.0-or-later
"""Pages by https: silent and rude clients stop nobody, streams go through it, a new certificate needs no restart."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hil.certificates import Authority
from webui.__main__ import address
from webui.server import TAKE_SOCKET, Server
from webui.tls import Certificate

STREAM = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nevent: x\n\n"
BIG = b"x" * 3_000_000


def app(environ, start_response):  # type: ignore[no-untyped-def]
    if environ["PATH_INFO"] == "/stream":
        taken = environ[TAKE_SOCKET]()
        threading.Thread(target=lambda: (taken.sendall(STREAM), taken.close()), daemon=True).start()
    start_response("200 OK", [("X-Scheme", environ["wsgi.url_scheme"]), ("X-From", environ["REMOTE_ADDR"])])
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return [BIG if environ["PATH_INFO"] == "/big" else body]


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def server(authority: Authority) -> Iterator[Server]:
    files = authority.server("box", "IP:127.0.0.1", "DNS:localhost")
    server = Server(("127.0.0.1", 0), app, Certificate(files.certificate, files.key))
    server.expiration_interval = 0.02
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield server
    server.stop()
    thread.join(timeout=5)


@contextlib.contextmanager
def browser(server: Server, authority: Authority) -> Iterator[http.client.HTTPSConnection]:
    """One that trusts the authority only."""
    context = ssl.create_default_context(cafile=str(authority.certificate))
    connection = http.client.HTTPSConnection("127.0.0.1", server.bind_addr[1], timeout=10, context=context)
    yield connection
    connection.close()


def raw(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.bind_addr[1]), timeout=10)


def test_a_page_comes_by_https_and_knows_who_asks(server: Server, authority: Authority) -> None:
    with browser(server, authority) as connection:
        for _ in range(2):  # on one connection
            connection.request("POST", "/", body=b"y" * 200_000)
            answer = connection.getresponse()
            assert (answer.headers["X-Scheme"], answer.headers["X-From"]) == ("https", "127.0.0.1")
            assert answer.read() == b"y" * 200_000
    assert server.url == f"https://127.0.0.1:{server.bind_addr[1]}"


def test_a_reader_that_is_slow_gets_all_of_it(server: Server, authority: Authority) -> None:
    with browser(server, authority) as connection:
        connection.request("GET", "/big")
        answer = connection.getresponse()
        assert b"".join(iter(lambda: answer.read(1000), b"")) == BIG


def test_a_connection_that_is_taken_over_goes_on_through_it(server: Server, authority: Authority) -> None:
    with browser(server, authority) as connection:
        connection.request("GET", "/stream")
        assert connection.getresponse().read() == b"event: x\n\n"


def test_whoever_says_nothing_or_nonsense_stops_nobody(server: Server, authority: Authority) -> None:
    silent, rude, half = raw(server), raw(server), raw(server)
    rude.sendall(b"\x16\x03\x01\xff\xff" + b"\0" * 100)
    half.sendall(b"\x16")
    with browser(server, authority) as connection:
        connection.request("GET", "/")
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"")
    for end in (silent, rude, half):
        end.close()


def test_http_leads_to_https(server: Server) -> None:
    with raw(server) as plain:
        plain.sendall(b"GET /setup?code=1 HTTP/1.1\r\nHost: box.example:8443\r\n\r\n")
        answer = plain.recv(4096)
    assert b"308" in answer
    assert b"\r\nLocation: https://box.example:8443/setup?code=1\r\n" in answer


@pytest.mark.parametrize(
    "asked", [b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", b"GET //\n HTTP/1.1\r\nHost: b\r\n\r\n", b"?"]
)
def test_what_is_no_http_is_led_nowhere(server: Server, asked: bytes) -> None:
    with raw(server) as plain:
        plain.sendall(asked)
        with contextlib.suppress(ConnectionResetError):
            assert plain.recv(4096) == b""


def test_old_tls_is_refused(server: Server, authority: Authority) -> None:
    context = ssl.create_default_context(cafile=str(authority.certificate))
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with raw(server) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname="localhost")


def test_a_certificate_that_is_replaced_is_shown_to_the_next(server: Server, authority: Authority) -> None:
    def shown() -> bytes:
        with browser(server, authority) as connection:
            connection.connect()
            return connection.sock.getpeercert(binary_form=True)  # type: ignore[union-attr, no-any-return]

    before = shown()
    authority.server("box", "IP:127.0.0.1")  # in the same files
    assert shown() != before


@pytest.mark.parametrize(
    ("text", "secure"),
    [("127.0.0.1:80", False), ("localhost:0", False), ("[::1]:80", False), ("0.0.0.0:8443", True), ("[::]:1", True),
     ("pbx.example.com:443", True), ("http://0.0.0.0:80", False), ("https://127.0.0.1:1", True)],
)  # fmt: skip
def test_pages_leave_this_machine_by_https_only_unless_told(text: str, secure: bool) -> None:
    assert address(text).secure is secure
