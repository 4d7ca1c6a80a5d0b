# SPDX-License-Identifier: GPL-2.0-or-later
"""Which ports the SIP side of the box uses: a block of eight from the port of `--sip` on."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import socket
from dataclasses import dataclass

from firmware.errors import Invalid, TipringError

BLOCK = 8
FREE = range(20000, 32760, BLOCK)  # below the kernel's own range, so that no outgoing socket comes in between
ANY = ("", "0.0.0.0", "::")  # noqa: S104
PROGRAM = "kamailio"


@dataclass(frozen=True, slots=True)
class Ports:
    """UDP and TCP on `sip`, TLS and WSS for phones; `outside` is the core's socket towards providers.

    Only on 127.0.0.1: `inside` is the edge's towards the core, `core` the core's towards the edge, `news` the core's
    for datagrams about registrations.
    """

    host: str
    sip: int

    @property
    def tls(self) -> int:
        """SIP over TLS, unless `[edge]` says another one."""
        return self.sip + 1

    @property
    def wss(self) -> int:
        """SIP over secure WebSocket, unless `[edge]` says another one."""
        return self.sip + 3

    @property
    def outside(self) -> int:
        """The core's own socket, for providers."""
        return self.sip + 4

    @property
    def inside(self) -> int:
        """Where the edge hears the core."""
        return self.sip + 5

    @property
    def core(self) -> int:
        """Where the core hears the edge."""
        return self.sip + 6

    @property
    def news(self) -> int:
        """Where the core hears whose registrations changed."""
        return self.sip + 7

    @property
    def everywhere(self) -> bool:
        """True when every address of the machine is meant."""
        return self.host in ANY

    def __str__(self) -> str:
        return f"{self.host}:{self.sip}"


def program() -> str | None:
    """Kamailio, None where it is not installed. TIPRING_KAMAILIO names another one; "" is none."""
    wanted = os.environ.get("TIPRING_KAMAILIO", PROGRAM)
    return shutil.which(wanted) or shutil.which(wanted, path="/usr/sbin:/usr/local/sbin")


def parse(text: str) -> Ports:
    """Of `--sip HOST:PORT`; for port 0 a free block. Invalid names the option, TipringError an unusable host."""
    host, _, port = text.rpartition(":")
    if not port.isdigit() or int(port) > 65535:
        raise Invalid(f"--sip {text}: use HOST:PORT, e.g. 0.0.0.0:5060.", field="--sip")
    if int(port) > 65536 - BLOCK:
        raise Invalid(f"--sip {text}: the box uses {BLOCK} ports from there on; use one up to {65536 - BLOCK}.")
    return Ports(host, int(port) or _free(host))


def _free(host: str) -> int:
    for first in random.sample(FREE, len(FREE)):
        with contextlib.suppress(OSError):
            for port in range(first, first + BLOCK):
                _try(host, port)
            return first
        _check_host(host)
    raise TipringError("There are no eight free ports in a row for SIP.", code="sip_address")


def _check_host(host: str) -> None:
    try:
        _try(host, 0)
    except OSError as error:
        raise TipringError(f"SIP cannot listen on {host} ({error.strerror}).", code="sip_address") from error


def _try(host: str, port: int) -> None:
    """OSError when the port cannot be had for UDP and TCP."""
    bind = "" if host in ANY else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
        udp.bind((bind, port))
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tcp.bind((bind, port))
        tcp.listen()


def check_free(ports: Ports, *more: int) -> None:
    """TipringError when the edge could not listen on one of its ports."""
    for host, port in (*((ports.host, port) for port in (ports.sip, *more)), ("127.0.0.1", ports.inside)):
        try:
            _try(host, port)
        except OSError as error:
            raise TipringError(
                f"SIP cannot listen on {host}:{port} ({error.strerror}). "
                "Another program may use it; choose another one with --sip HOST:PORT.",
                code="sip_address",
            ) from error
