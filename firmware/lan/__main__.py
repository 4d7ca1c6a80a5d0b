# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m firmware.lan`: puts in force what the core wants of the machine's network, and nothing else.

It has the rights that the core has not, so it takes a checked table, never files. `tipring-network.path` starts it at
each change, `tipring-network.service` before the network at each start, since its files are gone with the power.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
from pathlib import Path

from pydantic import ValidationError

from firmware import service
from firmware.config.lan import Network
from firmware.files import write_whole
from firmware.lan.files import PREFIX, files
from firmware.lan.wanted import file_of

INTO = Path("/run/systemd/network")
READABLE = 0o644  # networkd reads them as a user of its own
LIMIT_S = 60


def put(network: Network | None, folder: Path) -> bool:
    """Each file whole, the others of ours gone; whether anything is different. OSError."""
    wanted = files(network)
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    present = {file.name: file.read_text() for file in folder.glob(f"{PREFIX}*") if file.suffix != ".new"}
    for name, text in wanted.items():
        if present.get(name) != text:
            write_whole(folder / name, text.encode(), READABLE)
    for name in present.keys() - wanted.keys():
        (folder / name).unlink()
    return present != wanted


def main() -> int:
    parser = argparse.ArgumentParser(prog="tipring-network", description=__doc__)
    parser.add_argument("--state", metavar="DIR", help="where the box keeps what it remembers (TIPRING_STATE)")
    parser.add_argument("--into", type=Path, default=INTO, help="where systemd-networkd looks")
    parser.add_argument("--reload", default="networkctl reload", help="the command that makes it look; empty: none")
    parser.add_argument("--name", default="hostnamectl --transient hostname", help="the command that names the machine")
    arguments = parser.parse_args()
    try:
        file = file_of(service.state_dir(arguments.state))
        table = json.loads(file.read_text()) if file.exists() else None
        network = None if table is None else Network.model_validate(table)
        changed = put(network, arguments.into)
    except (OSError, ValueError, ValidationError) as error:
        print(f"tipring-network: the network stays as it is: {error}", file=sys.stderr)
        return 1
    if network and network.host_name and arguments.name:
        subprocess.run([*shlex.split(arguments.name), network.host_name], check=False, timeout=LIMIT_S)
    if changed and arguments.reload:
        return subprocess.run(shlex.split(arguments.reload), check=False, timeout=LIMIT_S).returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
