# SPDX-License-Identifier: GPL-2.0-or-later
"""The HTTP server: cheroot, with a way for a handler to take the connection over.

Event streams and WebSockets live for hours. They are moved off cheroot's worker threads, so a page
or an API request never waits for one of them.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from cheroot import wsgi

from firmware.errors import Unavailable

if TYPE_CHECKING:
    from webui.tls import Certificate, TlsAdapter

TAKE_SOCKET = "tipring.take_socket"
WORKERS = 8
REQUEST_TIMEOUT_S = 15
ANSWER_S = 4.0
_HERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104


def _adapter(certificate: Certificate) -> TlsAdapter:
    from webui.tls import TlsAdapter  # 1 MB that plain http does not need

    return TlsAdapter(certificate)


class _Gateway(wsgi.Gateway_10):
    """PEP 3333, and `environ["tipring.take_socket"]()`: the raw socket, which cheroot forgets."""

    def get_environ(self) -> dict[str, Any]:  # type: ignore[override]
        environ: dict[str, Any] = super().get_environ()  # type: ignore[no-untyped-call]
        environ[TAKE_SOCKET] = self._take_socket
        return environ

    def _take_socket(self) -> socket.socket:
        connection = self.req.conn
        taken: socket.socket = connection.socket
        connection.socket = socket.socket()  # what cheroot closes when the handler has returned
        self.req.close_connection = True
        self.req.sent_headers = True
        return taken

    def start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        if self.req.sent_headers and not self.started_response:
            self.started_response = True
            return lambda chunk: None
        write: Callable[[bytes], None] = super().start_response(status, headers, exc_info)
        return write

    def write(self, chunk: bytes) -> None:
        if isinstance(self.req.conn.socket, socket.socket) and self.req.conn.socket.fileno() < 0:
            return
        super().write(chunk)


class Server(wsgi.Server):
    """cheroot on `address` with `WORKERS` threads; by https when there is a certificate.

    `prepare()` binds, `serve()` blocks, `stop()` ends it.
    """

    def __init__(
        self, address: tuple[str, int], app: Callable[..., Iterable[bytes]], certificate: Certificate | None = None
    ) -> None:
        super().__init__(
            address,
            app,
            numthreads=WORKERS,
            request_queue_size=128,
            timeout=REQUEST_TIMEOUT_S,
            shutdown_timeout=1,
            server_name="tipring",
        )
        self.software = "tipring"
        self.gateway = _Gateway
        self._tls = _adapter(certificate) if certificate else None
        self.ssl_adapter = self._tls
        self.max_request_header_size = 32 * 1024

    def prepare(self) -> None:
        """Binds. A port that the system chose can be bound again at once by the next web, should this one die.

        Unavailable when the address cannot be used.
        """
        try:
            super().prepare()
        except OSError as error:
            host, port = self.bind_addr
            raise Unavailable(
                f"The pages cannot be served on {host}:{port} ({error.strerror or error}). "
                "Another program may use it; choose another one with --web HOST:PORT.",
                code="web_address",
            ) from error
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the bound server."""
        host, port = self.bind_addr[:2]
        return self._address(_HERE.get(host, host), port)

    @property
    def bound(self) -> str:
        """What `--web` must say to have the same address again."""
        return self._address(*self.bind_addr[:2])

    def _address(self, host: str, port: int) -> str:
        named = f"[{host}]" if ":" in host else host
        return f"{'https' if self._tls else 'http'}://{named}:{port}"

    def answers(self) -> bool:
        """Whether a worker takes a request from this machine; the certificate is our own."""
        host, port = self.bind_addr[:2]
        place = (_HERE.get(host, host), port)
        with contextlib.suppress(OSError), socket.create_connection(place, ANSWER_S) as raw:
            connection = self._tls.from_here(raw) if self._tls else raw
            with connection:
                connection.sendall(b"GET /api/v1/health HTTP/1.0\r\n\r\n")
                return connection.recv(16).startswith(b"HTTP/1.")
        return False

    def stop(self) -> None:
        super().stop()
        if self._tls:
            self._tls.stop()
