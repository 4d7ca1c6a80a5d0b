# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m firmware.edge`: writes Kamailio's files and becomes Kamailio, until SIGTERM."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import logging
import os
import sys
import time
from pathlib import Path
from typing import NoReturn

from firmware import modes, service
from firmware.config import Config, check
from firmware.edge import ports as edge_ports
from firmware.edge.accounts import passwords
from firmware.edge.certificate import ensure
from firmware.edge.configuration import listening, render, render_addresses, render_tls
from firmware.edge.files import EdgeFiles, write_phones
from firmware.edge.ports import Ports
from firmware.edge.rpc import Rpc
from firmware.edge.text import write
from firmware.errors import NotFound, TipringError, Unavailable
from firmware.store.config_db import ConfigDb

log = logging.getLogger(__name__)

SHARED_MB, PRIVATE_MB = 128, 4  # Kamailio's pools: of all its processes, and of each
FIRST_KEPT = 64  # Kamailio closes what it inherits below 32
ANSWERS_S = 20.0  # from the start until RPC answers


def _options() -> tuple[Path, Ports]:
    parser = argparse.ArgumentParser(prog="tipring-edge", description=__doc__)
    parser.add_argument("--state", help="where the box remembers things (or TIPRING_STATE)")
    parser.add_argument("--sip", default="127.0.0.1:5060", metavar="HOST:PORT", help="where phones reach the box")
    options = parser.parse_args()
    return service.state_dir(options.state), edge_ports.parse(options.sip)


def prepare(state: Path, ports: Ports) -> EdgeFiles:
    """Everything that Kamailio reads, from the configuration in force. TipringError."""
    files, configs = EdgeFiles(state), ConfigDb(state)
    files.folder.mkdir(mode=modes.folder(), exist_ok=True)
    files.prepare()
    ensure(files)
    config = _config(configs)
    gone = write_phones(files.phones, passwords(configs, config))
    files.forget_devices(gone)
    write(files.config, render(config, ports, files))
    write(files.tls, render_tls(files))
    if not files.addresses.exists():
        write(files.addresses, render_addresses(config, ()))
    edge_ports.check_free(ports, *(port for _, port in listening(config, ports)))
    return files


def _config(configs: ConfigDb) -> Config:
    """An empty one when there is none yet: the core makes it, and tells the edge then."""
    try:
        return check(configs.current().document)
    except NotFound:
        return Config()


def _become_kamailio(program: str, files: EdgeFiles) -> NoReturn:
    command = [program, "-DD", "-E", "-f", str(files.config), "-Y", str(files.folder), "-w", str(files.folder)]
    command += ["-m", str(SHARED_MB), "-M", str(PRIVATE_MB), "-n", "1"]
    os.execv(program, command)  # noqa: S606


def _tell_when_it_answers(files: EdgeFiles) -> None:
    """In a grandchild, so that it is no child of Kamailio's, which ends when one of its children does."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    if os.fork() == 0:
        deadline = time.monotonic() + ANSWERS_S
        while time.monotonic() < deadline:
            with contextlib.suppress(Unavailable), Rpc(files.rpc, 0.5) as rpc:
                rpc.call("core.version")
                service.notify("READY=1")
                break
            time.sleep(0.05)
    os._exit(0)


def main() -> NoReturn:
    """Exit status 1 when something is wrong that a person has to mend; else it is Kamailio that ends."""
    service.log_to_stderr("tipring-edge")
    state, ports = _options()
    try:
        program = edge_ports.program()
        if not program:
            raise TipringError("Kamailio is not installed; SIP phones cannot register.", code="no_kamailio")
        lock = service.hold_lock(state, "edge")
        fcntl.fcntl(lock, fcntl.F_DUPFD, FIRST_KEPT)  # Kamailio's processes hold it from now on
        files = prepare(state, ports)
    except TipringError as error:
        log.error("%s", error)
        sys.exit(1)
    files.rpc.unlink(missing_ok=True)
    logging.shutdown()
    _tell_when_it_answers(files)
    _become_kamailio(program, files)


if __name__ == "__main__":
    main()
