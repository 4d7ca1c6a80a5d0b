# SPDX-License-Identifier: GPL-2.0-or-later
"""Let's Encrypt's own test authority on loopback (Debian's pebble), with its name server."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hil.certificates import Authority


@dataclass(frozen=True, slots=True)
class Pebble:
    """Any name leads to 127.0.0.1, whose `proofs` is what port 80 is elsewhere; `vouches` signed its https."""

    directory: str
    vouches: Path
    proofs: int


def free_ports(count: int) -> list[int]:
    """Of TCP, on loopback."""
    with contextlib.ExitStack() as stack:
        found = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in found:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in found]


@contextlib.contextmanager
def pebble(folder: Path, **environment: str) -> Iterator[Pebble]:
    """Two processes, until the block ends."""
    listens, management, names, names_management, proofs = free_ports(5)
    authority = Authority(folder / "https")
    own = authority.server("pebble", "IP:127.0.0.1")
    config = {
        "listenAddress": f"127.0.0.1:{listens}", "managementListenAddress": f"127.0.0.1:{management}",
        "certificate": str(own.certificate), "privateKey": str(own.key), "httpPort": proofs, "tlsPort": 1,
        "ocspResponderURL": "", "externalAccountBindingRequired": False,
    }  # fmt: skip
    (folder / "pebble.json").write_text(json.dumps({"pebble": config}))
    name_server = [
        "pebble-challtestsrv", "-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", "",
        "-dns01", f"127.0.0.1:{names}", "-management", f"127.0.0.1:{names_management}",
    ]  # fmt: skip
    server = ["pebble", "-config", str(folder / "pebble.json"), "-dnsserver", f"127.0.0.1:{names}"]
    there = Pebble(f"https://127.0.0.1:{listens}/dir", authority.certificate, proofs)
    settled = {"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0", "PEBBLE_AUTHZREUSE": "0"}
    with (
        (folder / "pebble.log").open("w") as log,
        _running(name_server, log),
        _running(server, log, os.environ | settled | environment),
    ):
        _wait_for(there)
        yield there


@contextlib.contextmanager
def _running(command: list[str], log: object, environment: dict[str, str] | None = None) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=log, stderr=log, env=environment)  # type: ignore[call-overload]
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(there: Pebble) -> None:
    context = ssl.create_default_context(cafile=str(there.vouches))
    for _ in range(300):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(there.directory, context=context, timeout=10).close()  # noqa: S310
            return
        time.sleep(0.1)
    raise AssertionError("pebble did not start")
