# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m webui --state DIR --web HOST:PORT`: the tipring-web service."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from types import FrameType

from firmware import service
from firmware.errors import Conflict, TipringError
from webui import i18n
from webui.app import make_app
from webui.assets import AssetsMissing
from webui.box import Box
from webui.server import Server

log = logging.getLogger("webui")

CORE_S = 10.0  # readiness waits so long for call control, so that the first page shows it; pages are served meanwhile


def address(text: str) -> tuple[str, int]:
    """`HOST:PORT` or `[IPv6]:PORT`; port 0 picks a free one."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is not HOST:PORT, for example 127.0.0.1:8080")
    return host.strip("[]") or "127.0.0.1", int(port)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tipring-web", description=__doc__)
    parser.add_argument("--state", help="what the box remembers (TIPRING_STATE)")
    parser.add_argument("--web", type=address, default=("127.0.0.1", 8080), metavar="HOST:PORT")
    return parser.parse_args()


def announce(box: Box, url: str) -> None:
    """Tells the supervisor where the pages are, and a new owner where to begin."""
    lines = [f"X_TIPRING_WEB={url}"]
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
    ended = threading.Event()

    def end(number: int, at: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    worker = threading.Thread(target=server.serve, name="server", daemon=True)
    worker.start()
    box.live.seen.wait(CORE_S)
    announce(box, server.url)
    log.info("pages at %s", server.url)
    ended.wait()
    service.notify("STOPPING=1")
    box.stop()
    server.stop()
    worker.join(timeout=1)


def main() -> int:
    arguments = _arguments()
    service.log_to_stderr("web")
    state = service.state_dir(arguments.state)
    try:
        with service.hold_lock(state, "web"):
            box = Box.open(state)
            _ = box.assets.manifest, [i18n.catalog(language) for language in i18n.NAMES]
            server = Server(arguments.web, make_app(box))
            server.prepare()
            box.start()
            serve(box, server)
    except (TipringError, AssetsMissing, OSError) as error:
        log.error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
