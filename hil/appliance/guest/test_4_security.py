# SPDX-License-Identifier: GPL-2.0-or-later
"""What a stranger finds at the box, and what the services may do in it (ETSI EN 303 645, 5.4 and 5.6)."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hil.appliance.guest.box import SERVICES, STATE, shell, shown, until

NEEDED_TCP = {443, 5060, 5061, 5063, 5064}  # pages; SIP of phones, over TLS, over WebSocket, of providers
FOLLOWS_S = 240.0  # the core looks each half minute, and the edge starts anew
BOX, STRANGER = "192.0.2.1", "192.0.2.2"
SCAN = """
import errno, json, select, socket, sys, time
found, first, end = [], 1, int(sys.argv[2])
while first < end:
    waiting, poll = {}, select.poll()
    for port in range(first, min(first + 800, end)):
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex((sys.argv[1], port))
        waiting[one.fileno()] = one, port
        poll.register(one, select.POLLOUT)
    deadline = time.monotonic() + 1
    while waiting and (left := deadline - time.monotonic()) > 0:
        for number, _ in poll.poll(left * 1000):
            one, port = waiting.pop(number)
            poll.unregister(number)
            if not one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                found.append(port)
            one.close()
    for one, _ in waiting.values():
        one.close()
    first += 800
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def stranger() -> Iterator[None]:
    """Another machine on the box's network: a name space at the other end of a cable."""
    shell("modprobe", "veth")
    shell("ip", "netns", "add", "stranger")
    shell("ip", "link", "add", "box0", "type", "veth", "peer", "name", "eth0", "netns", "stranger")
    shell("ip", "addr", "add", f"{BOX}/24", "dev", "box0")
    shell("ip", "link", "set", "box0", "up")
    shell("ip", "-n", "stranger", "addr", "add", f"{STRANGER}/24", "dev", "eth0")
    shell("ip", "-n", "stranger", "link", "set", "eth0", "up")
    until(lambda: listens(5060), FOLLOWS_S, "SIP at the new address")
    yield
    shell("ip", "netns", "del", "stranger")


def listens(port: int) -> bool:
    """Whether the box does, at that address."""
    with socket.socket() as probe:
        return not probe.connect_ex((BOX, port))


def scan(end: int = 65536) -> set[int]:
    """Open ports below `end`."""
    return set(json.loads(shell("ip", "netns", "exec", "stranger", sys.executable, "-c", SCAN, BOX, str(end))))


def test_a_port_scan_finds_only_what_telephony_needs(stranger: None) -> None:
    with socket.create_server(("0.0.0.0", 8000)) as unwanted:  # noqa: S104 - that is what must not be found
        threading.Thread(target=lambda: unwanted.listen(), daemon=True).start()
        found = scan()
        assert found == NEEDED_TCP
        shell("systemctl", "stop", "tipring-firewall")
        try:
            assert scan(8192) >= found | {8000}, "the scan would not have found it"
        finally:
            shell("systemctl", "start", "tipring-firewall")


def test_no_service_runs_as_root() -> None:
    users = {service: shown(service, "User") for service in SERVICES}
    assert users == {service: f"tipring-{service}" for service in SERVICES}
    for service in SERVICES:
        status = Path("/proc", shown(service, "MainPID"), "status").read_text()
        uid = next(line for line in status.splitlines() if line.startswith("Uid:")).split()[1]
        assert uid != "0"


def test_what_the_box_remembers_is_for_its_services_alone() -> None:
    others = [path for path in STATE.rglob("*") if path.lstat().st_mode & 0o007 and not path.is_symlink()]
    assert [path for path in others if not path.is_socket()] == []
    assert STATE.stat().st_mode & 0o007 == 0


def test_no_secret_came_with_the_image() -> None:
    shipped = shell("dpkg", "-L", "tipring").split()
    files = [Path(name) for name in shipped if Path(name).is_file() and Path(name).stat().st_size < 100_000]
    private = [file for file in files if b"PRIVATE KEY-----\n" in file.read_bytes() and file.suffix in (".pem", ".key")]
    assert private == []
    shadow = Path("/etc/shadow").read_text().splitlines()
    assert [line for line in shadow if line.split(":")[1] not in ("*", "!", "!*")] == []
