# SPDX-License-Identifier: GPL-2.0-or-later
"""The answer to an authority's question (RFC 8555, section 8.3), on a port of its own while an order is open."""

from __future__ import annotations

import http.server
import logging
import socket

from firmware.acme.files import PLACE, AcmeFiles
from firmware.errors import Unavailable

log = logging.getLogger(__name__)


class ProofServer(http.server.ThreadingHTTPServer):
    """On all addresses. Unavailable when it cannot have the port."""

    address_family = socket.AF_INET6
    daemon_threads = True

    def __init__(self, port: int, files: AcmeFiles) -> None:
        self.files = files
        try:
            super().__init__(("::" if self._dual() else "0.0.0.0", port), _Handler)  # noqa: S104
        except OSError as error:
            raise Unavailable(
                f"Port {port} cannot be had for the authority's question ({error.strerror}). Choose another one "
                "([acme] port), and let the router lead port 80 there.",
                code="acme_port",
                field="port",
            ) from error

    def _dual(self) -> bool:
        """IPv6 and IPv4; a kernel without IPv6 has the latter only."""
        if not socket.has_dualstack_ipv6():
            self.address_family = socket.AF_INET
        return self.address_family == socket.AF_INET6

    def server_bind(self) -> None:
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


class _Handler(http.server.BaseHTTPRequestHandler):
    timeout = 10
    server: ProofServer

    def do_GET(self) -> None:
        found = self.server.files.answer(self.path.removeprefix(PLACE)) if self.path.startswith(PLACE) else None
        self.send_response(404 if found is None else 200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(found or b"")))
        self.end_headers()
        self.wfile.write(found or b"")

    def version_string(self) -> str:
        return "tipring"

    def log_message(self, format: str, *arguments: object) -> None:
        log.info("%s " + format, self.client_address[0], *arguments)
