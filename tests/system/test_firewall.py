# SPDX-License-Identifier: GPL-2.0-or-later
"""The firewall's rules in a network name space, and a port scan of it from another one at the end of a cable.

hil/appliance does the same to the whole box; here every port has somebody who would answer.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

RULES = Path(__file__).parents[2] / "firmware/system/nftables.conf"
NEEDED = {443, 5060, 5061, 5063, 5064}  # pages; SIP of phones, over TLS, over WebSocket, of providers
UNWANTED = {22, 23, 80, 111, 5059, 5062, 5065, 5066, 5067, 8000, 8080, 9090}
ALONE = ["unshare", "--user", "--map-root-user", "--net"]
# Both ends of the cable answer within connect(2): a wait of 50 ms is for nobody but the dropped.
# The box's side: cable and listeners, then the scan from the other name space, without rules and with them.
SCENE = """
import json, os, socket, subprocess, sys, time
run = lambda *words: subprocess.run(words, check=True, capture_output=True, text=True).stdout
stranger = subprocess.Popen(["unshare", "--net", "cat"], stdin=subprocess.PIPE)
while os.readlink(f"/proc/{stranger.pid}/ns/net") == os.readlink("/proc/self/ns/net"): time.sleep(0.01)
there = ["nsenter", "--net", "--target", str(stranger.pid)]
run("ip", "link", "set", "lo", "up")
run("ip", "link", "add", "box0", "type", "veth", "peer", "name", "far0", "netns", str(stranger.pid))
run("ip", "addr", "add", "192.0.2.1/24", "dev", "box0")
run("ip", "link", "set", "box0", "up")
run(*there, "ip", "addr", "add", "192.0.2.2/24", "dev", "far0")
run(*there, "ip", "link", "set", "far0", "up")
open_ports = [socket.create_server(("192.0.2.1", port)) for port in json.loads(sys.argv[2])]
found = [json.loads(run(*there, sys.executable, "-c", sys.argv[3], sys.argv[2]))]
run("nft", "-f", sys.argv[1])
found.append(json.loads(run(*there, sys.executable, "-c", sys.argv[3], "[]")))
print(json.dumps(found))
stranger.kill()
"""
SCAN = """
import json, select, socket, sys
found, ports = [], json.loads(sys.argv[1]) or list(range(1, 65536))
for first in range(0, len(ports), 900):
    waiting, poll = {}, select.poll()
    for port in ports[first : first + 900]:
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex(("192.0.2.1", port))
        waiting[one.fileno()] = one, port
        poll.register(one, select.POLLOUT)
    while waiting and (ready := poll.poll(50)):
        for number, _ in ready:
            one, port = waiting.pop(number)
            poll.unregister(number)
            if not one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                found.append(port)
            one.close()
    for one, _ in waiting.values():
        one.close()
print(json.dumps(found))
"""


@pytest.mark.timeout(200)
def test_a_port_scan_finds_only_what_telephony_needs() -> None:
    if subprocess.run([*ALONE, "ip", "link"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody make a network name space")
    words = [*ALONE, sys.executable, "-c", SCENE, str(RULES), json.dumps(sorted(NEEDED | UNWANTED)), SCAN]
    done = subprocess.run(words, capture_output=True, text=True, timeout=180, check=False)
    assert not done.returncode, done.stderr
    without, with_rules = map(set, json.loads(done.stdout))
    assert without == NEEDED | UNWANTED, "the scan would not have found what is open"
    assert with_rules == NEEDED
