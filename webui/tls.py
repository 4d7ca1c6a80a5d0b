# SPDX-License-Identifier: GPL-2.0-or-later
"""HTTPS before the HTTP server: one thread does TLS for all connections and passes plain bytes on.

cheroot's own adapters shake hands in the thread that accepts, so that one silent client stops all others, and what
takes a connection over (event streams, WebSockets) would have to know about TLS. Here both see plain sockets.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import re
import selectors
import socket
import ssl
import time
from pathlib import Path
from typing import Any

from cheroot.makefile import MakeFile
from cheroot.ssl import Adapter

from webui.loop import Loop, all_of

log = logging.getLogger(__name__)

HANDSHAKE_S = 10.0
AT_ONCE = 1000  # connections; more are closed at once
_HELD = 65536  # bytes that wait for a side that does not read
_CHUNK = 16384
_AGAIN = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
_HANDSHAKE = 0x16  # first octet of a TLS record with a ClientHello (RFC 8446, section 5.1)
_HOST = re.compile(rb"\r\nhost:[ \t]*([\w.:\[\]-]+)[ \t]*\r\n", re.IGNORECASE)
_ELSEWHERE = b"HTTP/1.1 308 Permanent Redirect\r\nLocation: https://%s%s\r\nConnection: close\r\n\r\n"


class Certificate:
    """Certificate and key in PEM files; one that was replaced is in force for the next connection."""

    def __init__(self, certificate: Path, key: Path) -> None:
        self._certificate, self._key = certificate, key
        self._stamp: tuple[int, int] | None = None
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)

    def context(self) -> ssl.SSLContext:
        """TLS 1.2 or newer. The one before when the files are being replaced; OSError when there never was one."""
        try:
            stat = self._certificate.stat()
            if self._stamp != (stat.st_mtime_ns, stat.st_ino):
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.minimum_version = ssl.TLSVersion.TLSv1_2
                context.load_cert_chain(self._certificate, self._key)
                self._context, self._stamp = context, (stat.st_mtime_ns, stat.st_ino)
        except OSError as error:
            if self._stamp is None:
                raise
            log.warning("%s cannot be read (%s); the certificate before it stays", self._certificate, error)
        return self._context


class TlsAdapter(Adapter):
    """What cheroot asks for a connection's secure side."""

    def __init__(self, certificate: Certificate) -> None:
        certificate.context()
        self._certificate = certificate
        self._pump = Pump()
        self._pump.start()

    def bind(self, sock: socket.socket) -> socket.socket:
        return sock

    def wrap(self, sock: socket.socket) -> tuple[socket.socket, dict[str, str]]:
        """The plain end of the connection, at once."""
        ours, theirs = socket.socketpair()
        self._pump.add(_Link(sock, theirs, self._certificate.context()))
        return ours, self.get_environ()

    def get_environ(self) -> dict[str, str]:
        return {"wsgi.url_scheme": "https", "HTTPS": "on"}

    def makefile(self, sock: Any, mode: str = "r", bufsize: int = -1) -> Any:
        return MakeFile(sock, mode, bufsize)

    @staticmethod
    def from_here(raw: socket.socket) -> ssl.SSLSocket:
        """The other side, for a question that this process asks itself. OSError."""
        return ssl._create_unverified_context().wrap_socket(raw)  # noqa: S323

    def stop(self) -> None:
        """Closes every connection."""
        self._pump.stop()


class _Link:
    """A browser's connection and its plain end."""

    def __init__(self, outside: socket.socket, inside: socket.socket, context: ssl.SSLContext) -> None:
        self.outside, self.inside, self._context = outside, inside, context
        self.until = time.monotonic() + HANDSHAKE_S
        self.secure = False
        self._to_browser, self._to_server = bytearray(), bytearray()
        self._browser_done = self._server_done = False
        for end in (outside, inside):
            end.setblocking(False)

    def turn(self) -> bool:
        """Does what can be done without waiting; False at the end of the connection. OSError when it broke."""
        if not self.secure and not self._shake_hands():
            return True
        while self._move():
            pass
        return not (self._server_done and not self._to_browser) and not (self._browser_done and not self._to_server)

    def _shake_hands(self) -> bool:
        try:
            if not isinstance(self.outside, ssl.SSLSocket):
                if self.outside.recv(1, socket.MSG_PEEK)[:1] != bytes([_HANDSHAKE]):
                    self._lead_to_https()
                self.outside = self._context.wrap_socket(self.outside, server_side=True, do_handshake_on_connect=False)
            self.outside.do_handshake()
        except _AGAIN:
            return False
        self.secure = True
        return True

    def _lead_to_https(self) -> None:
        """Somebody typed http://: the same page is by https. ConnectionError ends the link."""
        asked = self.outside.recv(_CHUNK)
        path, host = re.match(rb"[A-Z]+ (/[!-~]*) HTTP", asked), _HOST.search(asked)
        if path and host:
            self.outside.send(_ELSEWHERE % (host[1], path[1]))
        raise ConnectionError("plain HTTP")

    def _move(self) -> bool:
        """True when something moved."""
        before = (len(self._to_browser), len(self._to_server), self._browser_done, self._server_done)
        self._browser_done = self._read(self.outside, self._to_server) or self._browser_done
        sent = self._write(self.inside, self._to_server)
        self._server_done = self._read(self.inside, self._to_browser) or self._server_done
        sent += self._write(self.outside, self._to_browser)
        after = (len(self._to_browser), len(self._to_server), self._browser_done, self._server_done)
        return bool(sent) or before != after

    @staticmethod
    def _read(end: socket.socket, into: bytearray) -> bool:
        """True at the end of what comes."""
        try:
            if len(into) >= _HELD:
                return False
            got = end.recv(_CHUNK)
            into += got
            return not got
        except _AGAIN:
            return False

    @staticmethod
    def _write(end: socket.socket, waiting: bytearray) -> int:
        try:
            sent = end.send(waiting) if waiting else 0
        except _AGAIN:
            return 0
        del waiting[:sent]
        return sent

    def wants(self) -> tuple[int, int]:
        """Events to wait for, outside and inside."""
        outside = 0 if self._browser_done or len(self._to_server) >= _HELD else selectors.EVENT_READ
        inside = 0 if self._server_done or len(self._to_browser) >= _HELD else selectors.EVENT_READ
        if not self.secure:
            return selectors.EVENT_READ, 0
        outside |= selectors.EVENT_WRITE if self._to_browser else 0
        inside |= selectors.EVENT_WRITE if self._to_server else 0
        return outside, inside

    def close(self) -> None:
        if isinstance(self.outside, ssl.SSLSocket) and self.secure:
            with contextlib.suppress(OSError):
                self.outside.unwrap()  # says goodbye without waiting for an answer
        for end in (self.outside, self.inside):
            end.close()


class Pump(Loop):
    """The thread. `add` may be called from any other one."""

    def __init__(self) -> None:
        super().__init__("tls")
        self._arrived: queue.SimpleQueue[_Link] = queue.SimpleQueue()
        self._links: set[_Link] = set()

    def add(self, link: _Link) -> None:
        """Takes the connection over."""
        self._arrived.put(link)
        self.wake()

    def run(self) -> None:
        while self.running:
            touched = {link for link, _ in self.wait(1.0)}
            touched.update(self._welcome(link) for link in all_of(self._arrived))
            for link in touched:
                self._turn(link)
            self._lose_patience()
        for link in list(self._links):
            self._drop(link)
        self.close()

    def _welcome(self, link: _Link) -> _Link:
        self._links.add(link)
        if len(self._links) > AT_ONCE:
            link.until = 0.0
        return link

    def _turn(self, link: _Link) -> None:
        try:
            if link.turn():
                self._await(link)
            else:
                self._drop(link)
        except OSError as error:  # ssl.SSLError too: no TLS, or none that we speak
            log.debug("a connection ended: %s", error)
            self._drop(link)

    def _await(self, link: _Link) -> None:
        for end, events in zip((link.outside, link.inside), link.wants(), strict=True):
            known = end.fileno() in self.selector.get_map()
            if events and known:
                self.selector.modify(end, events, link)
            elif events:
                self.selector.register(end, events, link)
            elif known:
                self.selector.unregister(end)

    def _lose_patience(self) -> None:
        now = time.monotonic()
        for link in [link for link in self._links if not link.secure and link.until < now]:
            self._drop(link)

    def _drop(self, link: _Link) -> None:
        self._links.discard(link)
        for end in (link.outside, link.inside):
            if end.fileno() in self.selector.get_map():
                self.selector.unregister(end)
        link.close()
