# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring certificate"""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path

from firmware.cli.common import Subparsers, add_command, show_json, state_of


def register(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "certificate", "the certificate that SIP phones see (TLS, secure WebSocket)", run)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    install = add_command(actions, "install", "put your own in place, without an interruption", run_install)
    install.add_argument("certificate", metavar="CERTIFICATE", help="PEM, with the chain")
    install.add_argument("key", metavar="KEY", help="PEM, without a password")


def run(arguments: argparse.Namespace) -> int:
    """The one in place."""
    from firmware.edge.certificate import ensure
    from firmware.edge.files import EdgeFiles

    files = EdgeFiles(state_of(arguments))
    files.folder.mkdir(mode=0o750, exist_ok=True)
    ensure(files)
    return _show(files.certificate, arguments.json)


def run_install(arguments: argparse.Namespace) -> int:
    """Checked first; a running edge takes it over with all connections kept."""
    from firmware.edge.certificate import install
    from firmware.edge.files import EdgeFiles
    from firmware.edge.rpc import Rpc
    from firmware.errors import Unavailable

    files = EdgeFiles(state_of(arguments))
    install(files, Path(arguments.certificate), Path(arguments.key))
    with contextlib.suppress(Unavailable), Rpc(files.rpc) as rpc:  # one that does not run reads it at its start
        rpc.call("tls.reload")
    return _show(files.certificate, arguments.json)


def _show(certificate: Path, as_json: bool) -> int:
    from firmware.edge.certificate import read
    from firmware.times import iso

    found = read(certificate)
    facts = {
        "subject": found.subject,
        "issuer": found.issuer,
        "self_signed": found.self_signed,
        "expires": iso(found.expires),
        "sha256": found.fingerprint,
    }
    if as_json:
        show_json(facts)
    else:
        for name, value in facts.items():
            print(f"{name:<14}{value}")
    return 0
