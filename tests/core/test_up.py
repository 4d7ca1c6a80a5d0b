# SPDX-License-Identifier: GPL-2.0-or-later
"""`tipring up`: how it starts, what it refuses."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

LIMIT_S = 10.0  # a mistake is told at once, not after all the time that a slow start may take


def up(state: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "firmware.cli", "up", "--state", str(state), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def refused(state: Path, *arguments: str) -> str:
    """What it says when it ends by itself, with 1 or as wrong usage."""
    began = time.monotonic()
    process = up(state, *arguments)
    try:
        out, said = process.communicate(timeout=LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    assert time.monotonic() - began < LIMIT_S
    assert process.returncode in (1, 2)
    assert out == ""
    return said


def test_it_prints_one_line_and_ends_when_told(tmp_path: Path) -> None:
    process = up(tmp_path, "--card", "sim:fxo=1,fxs=1", "--web", "127.0.0.1:0", "--sip", "127.0.0.1:0")
    assert process.stdout
    ready = json.loads(process.stdout.readline())
    assert ready["event"] == "ready"
    assert ready["web"].startswith("http://127.0.0.1:")
    assert int(ready["sip"].rpartition(":")[2]) > 0
    assert Path(ready["control"]).exists()
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=6)
    assert time.monotonic() - began < 5
    assert (process.returncode, out) == (0, "")


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM], ids=["udp", "tcp"])
def test_an_occupied_sip_address_is_told(tmp_path: Path, kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            other.listen()
        address = f"127.0.0.1:{other.getsockname()[1]}"
        said = refused(tmp_path, "--web", "127.0.0.1:0", "--sip", address)
    assert address in said
    assert "--sip" in said


def test_an_occupied_web_address_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        said = refused(tmp_path, "--web", address, "--sip", "127.0.0.1:0")
    assert address in said
    assert "--web" in said


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--card", "sim:fxo=two"], "fxo"),
        (["--card", "tin"], "tin"),
        (["--sip", "nonsense"], "HOST:PORT"),
        (["--sip", "127.0.0.1:99999"], "HOST:PORT"),
        (["--web", "127.0.0.1:http"], "HOST:PORT"),
        (["--sip", "203.0.113.7:5060"], "203.0.113.7"),
        (["--config", "missing.toml"], "missing.toml"),
        (["--nonsense"], "--nonsense"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_arguments_are_told(tmp_path: Path, arguments: list[str], word: str) -> None:
    where = [] if "--web" in arguments else ["--web", "127.0.0.1:0"]
    where += [] if "--sip" in arguments else ["--sip", "127.0.0.1:0"]
    assert word in refused(tmp_path, *where, *arguments)
