# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m webui` as systemd or `tipring up` runs it."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import office
from fake_core import FakeCore
from web_client import Browser

from webui.assets import ROOT


@contextmanager
def running(state: Path, web: str = "127.0.0.1:0") -> Iterator[tuple[subprocess.Popen[bytes], dict[str, str]]]:
    """The service, and what it told by notify when it was ready."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(state / "notify.sock"))
        told.settimeout(20)
        environment = os.environ | {"NOTIFY_SOCKET": str(state / "notify.sock")}
        command = [sys.executable, "-m", "webui", "--state", str(state), "--web", web]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE)
        try:
            lines = told.recv(4096).decode().splitlines()
            yield process, dict(line.partition("=")[::2] for line in lines)
        finally:
            process.kill()
            process.communicate(timeout=10)
            (state / "notify.sock").unlink()


def test_a_new_box_tells_its_set_up_link_and_ends_cleanly(new_state: Path) -> None:
    with FakeCore(new_state, office.status()), running(new_state) as (process, told):
        assert told["READY"] == "1"
        link = told["X_TIPRING_SETUP"]
        assert link.startswith(f"{told['X_TIPRING_WEB']}/setup?code=")
        page = Browser(told["X_TIPRING_WEB"]).get(link.removeprefix(told["X_TIPRING_WEB"]))
        assert 'name="password"' in page.text
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=4)
        assert process.returncode == 0
        assert link.encode() in log


def test_a_box_with_an_owner_prints_no_link(core: FakeCore, state: Path) -> None:
    with running(state) as (process, told):
        assert "X_TIPRING_SETUP" not in told
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=4) == 0


def test_all_addresses_have_https_and_stay_all_after_a_restart(core: FakeCore, state: Path) -> None:
    with running(state, "0.0.0.0:0") as (_, told):
        port = told["X_TIPRING_WEB"].rpartition(":")[2]
        assert told["X_TIPRING_WEB"] == f"https://127.0.0.1:{port}"
        assert told["X_TIPRING_BOUND"] == f"https://0.0.0.0:{port}"
        trusting = ssl.create_default_context(cafile=str(state / "edge" / "certificate.pem"))
        with urllib.request.urlopen(f"{told['X_TIPRING_WEB']}/login", timeout=10, context=trusting) as page:  # noqa: S310
            assert b'name="password"' in page.read()


def test_two_web_services_on_one_state_are_told_apart(core: FakeCore, state: Path) -> None:
    with running(state):
        command = [sys.executable, "-m", "webui", "--state", str(state), "--web", "127.0.0.1:0"]
        second = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=20, check=False)
        assert second.returncode == 1
        assert b"already runs" in second.stderr


def test_it_stays_small(core: FakeCore, state: Path) -> None:
    with running(state) as (process, told):
        for path in ("/login", "/api/v1/health", "/metrics"):
            Browser(told["X_TIPRING_WEB"]).get(path)
        status = Path(f"/proc/{process.pid}/status").read_text()
        resident_kb = int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
        assert resident_kb < 45_000  # after every page it is 53 MB (docs/benchmarks.md)
