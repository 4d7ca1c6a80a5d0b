# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m webui --state DIR --web HOST:PORT`: the tipring-web service."""

from __future__ import annotations

import argparse
import contextlib
import gc
import ipaddress
import logging
import signal
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from firmware import logs, modes, service
from firmware.errors import Conflict, TipringError
from firmware.service import ANEW
from firmware.store import damage
from webui import i18n
from webui.app import make_app
from webui.assets import AssetsMissing
from webui.box import Box
from webui.server import Server

if TYPE_CHECKING:
    from webui.tls import Certificate

log = logging.getLogger("webui")

CORE_S = 10.0  # readiness waits so long for call control, so that the first page shows it; pages are served meanwhile


@dataclass(frozen=True, slots=True)
class Address:
    """Where pages are served, and whether by https."""

    host: str
    port: int
    secure: bool


def address(text: str) -> Address:
    """`[http://|https://]HOST:PORT` or `…[IPv6]:PORT`; port 0 picks a free one. Https unless on this machine."""
    scheme, _, rest = text.rpartition("://")
    host, colon, port = rest.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535 or scheme not in ("", "http", "https"):
        raise argparse.ArgumentTypeError(f"'{text}' is not HOST:PORT, for example 127.0.0.1:8080")
    host = host.strip("[]") or "127.0.0.1"
    return Address(host, int(port), scheme == "https" if scheme else not _is_here(host))


def _is_here(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def certificate_of(state: Path) -> Certificate:
    """That of the box, the one its SIP edge has too; made when there is none. TipringError."""
    from firmware.edge.certificate import ensure  # plain http needs nothing of it
    from firmware.edge.files import EdgeFiles
    from webui.tls import Certificate

    files = EdgeFiles(state)
    files.folder.mkdir(mode=modes.folder(), exist_ok=True)
    ensure(files)
    return Certificate(files.certificate, files.key)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tipring-web", description=__doc__)
    parser.add_argument("--state", help="what the box remembers (TIPRING_STATE)")
    parser.add_argument("--web", type=address, default=Address("127.0.0.1", 8080, False), metavar="HOST:PORT")
    return parser.parse_args()


def announce(box: Box, url: str, bound: str) -> None:
    """Tells the supervisor where the pages are, and a new owner where to begin."""
    lines = [f"X_TIPRING_WEB={url}", f"X_TIPRING_BOUND={bound}"]
    if box.is_new():
        try:
            link = f"{url}/setup?code={box.access.create_setup_link()}"
        except Conflict:
            link = ""
        if link:
            log.warning("this box has no owner yet; set the password at %s", link)
            lines.append(f"X_TIPRING_SETUP={link}")
    service.notify("READY=1", *lines)


def serve(box: Box, server: Server) -> None:
    """Until SIGTERM or SIGINT."""
    ended = box.ended

    def end(number: int, at: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    worker = threading.Thread(target=server.serve, name="server", daemon=True)
    worker.start()
    box.live.seen.wait(CORE_S)
    announce(box, server.url, server.bound)
    log.info("pages at %s", server.url)
    heart = service.Heartbeat()
    while not ended.wait(heart.every_s or None):
        if server.answers():
            heart.beat()
    service.notify("STOPPING=1")
    box.stop()
    server.stop()
    worker.join(timeout=1)


def main() -> int:
    arguments = _arguments()
    service.log_to_stderr("web")
    state = service.state_dir(arguments.state)
    try:
        with service.hold_lock(state, "web") as lock:
            logs.keep(state, "web")
            box = Box.open(state)
            _ = box.assets.manifest
            for language in i18n.NAMES:
                i18n.need_compiled(language)
            web: Address = arguments.web
            server = Server((web.host, web.port), make_app(box), certificate_of(state) if web.secure else None)
            server.prepare()
            service.publish_address(lock, server.url)
            damage.end_when_replaced(state / "history.db")
            gc.collect()  # what imports and templates left behind is room for pages
            gc.freeze()  # what is left stays, and need not be looked at within some later request
            box.start()
            serve(box, server)
            if box.begins_anew:
                return ANEW
    except (TipringError, AssetsMissing, OSError) as error:
        log.error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
