# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m firmware.core`: runs tipring-core until SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

from firmware import logs, service
from firmware.core.service import Core, Options
from firmware.edge import ports
from firmware.errors import TipringError
from firmware.prompts.builtin import SOUNDS

log = logging.getLogger(__name__)


def _options() -> Options:
    parser = argparse.ArgumentParser(prog="tipring-core", description=__doc__)
    parser.add_argument("--state", help="where the box remembers things (or TIPRING_STATE)")
    parser.add_argument("--card", default="none", help="sim:fxo=2,fxs=4, dahdi, slic:BOARD or none")
    parser.add_argument("--sip", default="127.0.0.1:5060", metavar="HOST:PORT", help="where SIP listens")
    parser.add_argument("--sounds", default=str(SOUNDS), help="prompts and music")
    parser.add_argument("--behind-edge", action="store_true", help="Kamailio listens there, and we behind it")
    options = parser.parse_args()
    host, _, port = options.sip.rpartition(":")
    if not port.isdigit() or int(port) > 65535:
        parser.error(f"--sip {options.sip}: use HOST:PORT, e.g. 0.0.0.0:5060")
    edge = ports.parse(options.sip) if options.behind_edge else None
    return Options(service.state_dir(options.state), options.card, host, int(port), Path(options.sounds), edge)


async def _run(options: Options) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    core = Core(options)
    await core.start()
    service.notify("READY=1", f"X_TIPRING_SIP={core.sip}")
    log.info("taking calls; SIP on %s", core.sip)
    alive = asyncio.create_task(service.Heartbeat().keep())
    await stop.wait()
    alive.cancel()
    service.notify("STOPPING=1")
    await core.stop()


def main() -> NoReturn:
    """Exit status 0 after a clean end, 1 when something is wrong that a person has to mend."""
    service.log_to_stderr("tipring-core")
    options = _options()
    try:
        with service.hold_lock(options.state, "core"):
            logs.keep(options.state, "core")
            asyncio.run(_run(options))
    except TipringError as error:
        log.error("%s", error)
        _leave(1)
    _leave(0)


def _leave(status: int) -> NoReturn:
    """At once: native threads (the disk writer) have nothing left to do, and pjsip's atexit is not wanted."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
