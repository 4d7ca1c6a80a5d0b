# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring certificate"""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

from firmware.cli.common import Subparsers, add_command, show_json, state_of


def register(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "certificate", "the certificate that SIP phones see (TLS, secure WebSocket)", run)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    install = add_command(actions, "install", "put your own in place, without an interruption", run_install)
    install.add_argument("certificate", metavar="CERTIFICATE", help="PEM, with the chain")
    install.add_argument("key", metavar="KEY", help="PEM, without a password")
    verify = add_command(
        actions, "verify", "tell whether a certificate of an acceptance is as it was signed", run_verify
    )
    verify.add_argument("file", metavar="FILE", help="JSON; - is standard input")
    verify.add_argument("--key", metavar="FINGERPRINT", help="it must be signed by the box that shows this one")


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


def run_verify(arguments: argparse.Namespace) -> int:
    """Needs no box. Exit status 1 when it is not."""
    import json

    from firmware.acceptance.certificate import fingerprint, verify
    from firmware.errors import Invalid

    try:
        text = sys.stdin.read() if arguments.file == "-" else Path(arguments.file).read_text()
        certificate = verify(json.loads(text))
    except (OSError, ValueError) as error:
        raise Invalid(f"{arguments.file} cannot be read as JSON: {error}", field="file") from error
    key = fingerprint(certificate["public_key"])
    if arguments.key and "".join(arguments.key.split()).lower() != key.replace(" ", ""):
        raise Invalid(f"It was signed by another box, whose fingerprint is {key}.", code="other_key", field="key")
    facts = {name: certificate[name] for name in ("verdict", "issued_at", "issued_by")}
    facts |= {"box": certificate["box"]["name"], "fingerprint": key}
    if arguments.json:
        show_json(facts | {"signature": "good"})
    else:
        print("The signature is good: nothing was changed.")
        for name, value in facts.items():
            print(f"{name:<14}{value}")
    return 0


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
