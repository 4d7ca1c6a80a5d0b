# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring certificate"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from firmware import modes
from firmware.cli.common import Subparsers, add_command, show_json, state_of


def register(subparsers: Subparsers) -> None:
    text = "the certificate that browsers and SIP phones see (https, TLS, secure WebSocket)"
    parser = add_command(subparsers, "certificate", text, run)
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    install = add_command(actions, "install", "put your own in place, without an interruption", run_install)
    install.add_argument("certificate", metavar="CERTIFICATE", help="PEM, with the chain")
    install.add_argument("key", metavar="KEY", nargs="?", help="PEM, without a password; left out: the one in place")
    request = add_command(actions, "request", "a request for an authority, by the key in place, as PEM", run_request)
    request.add_argument("names", metavar="NAME", nargs="+", help="what the box is called: pbx.example.com")
    own = add_command(actions, "own", "a new key, and a certificate that the box signs itself", run_own)
    own.add_argument("names", metavar="NAME", nargs="*", help="what the box is called, beside its own names")
    add_command(actions, "acme", "order one from the authority of [acme] now", run_acme)
    verify = add_command(
        actions, "verify", "tell whether a certificate of an acceptance is as it was signed", run_verify
    )
    verify.add_argument("file", metavar="FILE", help="JSON; - is standard input")
    verify.add_argument("--key", metavar="FINGERPRINT", help="it must be signed by the box that shows this one")


def run(arguments: argparse.Namespace) -> int:
    """The one in place."""
    from firmware.edge.certificate import ensure, read
    from firmware.edge.files import EdgeFiles

    files = EdgeFiles(state_of(arguments))
    files.folder.mkdir(mode=modes.folder(), exist_ok=True)
    ensure(files)
    return _show(read(files.certificate).as_json(), arguments.json)


def run_install(arguments: argparse.Namespace) -> int:
    """Checked first; a running edge takes it over with all connections kept."""
    from firmware.edge.certificate import install, reload
    from firmware.edge.files import EdgeFiles

    files = EdgeFiles(state_of(arguments))
    found = install(files, Path(arguments.certificate), Path(arguments.key) if arguments.key else None)
    reload(files)
    return _show(found.as_json(), arguments.json)


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


def run_own(arguments: argparse.Namespace) -> int:
    """The same with one that the box makes."""
    from firmware.edge.certificate import make_own, reload
    from firmware.edge.files import EdgeFiles

    files = EdgeFiles(state_of(arguments))
    made = make_own(files, arguments.names)
    reload(files)
    return _show(made.as_json(), arguments.json)


def run_acme(arguments: argparse.Namespace) -> int:
    """What tipring-web does by itself when it is time."""
    from firmware.acme.order import order
    from firmware.acme.settings import settings

    state = state_of(arguments)
    return _show(order(state, settings(state)).as_json(), arguments.json)


def run_request(arguments: argparse.Namespace) -> int:
    """To standard output."""
    from firmware.edge.certificate import ensure, request
    from firmware.edge.files import EdgeFiles

    files = EdgeFiles(state_of(arguments))
    ensure(files)
    print(request(files, arguments.names), end="")
    return 0


def _show(facts: dict[str, object], as_json: bool) -> int:
    if as_json:
        show_json(facts)
    else:
        for name, value in facts.items():
            print(f"{name:<14}{', '.join(value) if isinstance(value, list) else value}")
    return 0
