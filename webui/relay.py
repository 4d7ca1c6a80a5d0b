# SPDX-License-Identifier: GPL-2.0-or-later
"""The bench in the browser: a WebSocket on one side, the bench process's SOCK_SEQPACKET on the other.

Text messages are JSON packets, binary messages are blocks of 20 ms: 160 bytes of G.711 µ-law at 8 kHz.
"""

from __future__ import annotations

import json
import logging
import socket
import struct
import threading
from pathlib import Path
from typing import Any

from simple_websocket import ConnectionClosed, Server

from firmware.errors import Unavailable
from webui.server import TAKE_SOCKET

log = logging.getLogger(__name__)

BLOCK = 160
BRACE_NEIGHBOUR = b"|"
COMMANDS = frozenset(
    ("pick_up", "hang_up", "digits", "pulse", "flash", "call", "give_up", "answer", "tone")
)  # of hil.bench
PARAMETERS = frozenset(("do", "digits", "number", "name", "by", "tone"))
LONGEST_TEXT = 2048
LARGEST_PACKET = 65536
MAX_RELAYS = 16
PATIENCE_S = 2
PING_S = 20

_slots = threading.BoundedSemaphore(MAX_RELAYS)


def connect(path: Path, port: str) -> socket.socket:
    """The bench's end of one port. Unavailable (`bench_unavailable`) when the bench does not answer."""
    bench = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    bench.settimeout(PATIENCE_S)
    try:
        bench.connect(str(path))
        bench.send(json.dumps({"open": port}).encode())
    except OSError as error:
        bench.close()
        raise Unavailable("The bench is not running.", code="bench_unavailable") from error
    return bench


def start(environ: dict[str, Any], bench: socket.socket, port: str) -> None:
    """Takes the connection over and relays in threads of its own until either end closes.

    Unavailable (`too_many_streams`) when `MAX_RELAYS` are open.
    """
    if not _slots.acquire(blocking=False):
        bench.close()
        raise Unavailable(f"{MAX_RELAYS} bench connections are open, and that is the limit.", code="too_many_streams")
    browser: socket.socket = environ[TAKE_SOCKET]()
    browser.settimeout(None)
    browser.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", PATIENCE_S, 0))
    environ = environ | {"werkzeug.socket": browser}
    environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)  # sound does not compress
    threading.Thread(target=_relay, args=(environ, browser, bench), name=f"bench-{port}", daemon=True).start()


def _relay(environ: dict[str, Any], browser: socket.socket, bench: socket.socket) -> None:
    try:
        with bench:
            web = Server.accept(environ, ping_interval=PING_S, max_message_size=LONGEST_TEXT)
            down = threading.Thread(target=_to_browser, args=(bench, web), daemon=True)
            down.start()
            _to_bench(web, bench)
            down.join(timeout=PATIENCE_S)
    except (OSError, ConnectionClosed) as error:
        log.debug("bench: %s", error)
    finally:
        browser.close()
        _slots.release()


def _to_bench(web: Server, bench: socket.socket) -> None:
    try:
        while True:
            message = web.receive()
            packet = _packet(message)
            if packet:
                bench.send(packet)
    except (OSError, ConnectionClosed) as error:
        log.debug("bench: %s", error)
    finally:
        _shut(bench)


def _packet(message: str | bytes | None) -> bytes:
    """What the bench gets; b"" for what is neither a command of the page nor a block of sound."""
    if isinstance(message, str):
        return _command(message)
    return _unbraced(message) if message is not None and len(message) == BLOCK else b""


def _command(text: str) -> bytes:
    """A command as the page sends it. The bench knows more, among it reading and writing files: not for browsers."""
    try:
        command = json.loads(text)
    except (ValueError, RecursionError):
        return b""
    if not isinstance(command, dict) or command.get("do") not in COMMANDS or not set(command) <= PARAMETERS:
        return b""
    return json.dumps(command).encode()


def _unbraced(block: bytes) -> bytes:
    """A block that cannot be taken for JSON: a first sample equal to `{` becomes its neighbour, one step quieter."""
    return BRACE_NEIGHBOUR + block[1:] if block[:1] == b"{" else block


def _for_browser(packet: bytes) -> str | bytes:
    """JSON as text, sound as it is. Sound may begin with the byte of `{` too, but then it does not end as JSON does."""
    if packet[:1] != b"{" or packet.rstrip()[-1:] != b"}":
        return packet
    try:
        return packet.decode()
    except UnicodeDecodeError:
        return packet


def _to_browser(bench: socket.socket, web: Server) -> None:
    bench.settimeout(None)
    try:
        while packet := bench.recv(LARGEST_PACKET):
            web.send(_for_browser(packet))
    except (OSError, ConnectionClosed) as error:
        log.debug("bench: %s", error)
    finally:
        _shut(bench)
        _say_goodbye(web)


def _say_goodbye(web: Server) -> None:
    try:
        web.close()
        web.sock.shutdown(socket.SHUT_RDWR)
    except (OSError, ConnectionClosed):
        return  # the browser was faster


def _shut(end: socket.socket) -> None:
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other thread was faster
