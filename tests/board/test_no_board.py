# SPDX-License-Identifier: GPL-2.0-or-later
"""On a machine without a board the service is there, and is next to nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

from firmware import logs, service
from tests.web.web_service import wait_until


def test_without_a_board_the_service_waits_in_half_a_megabyte(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(30)
        environment = {**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "30000000"}
        words = [sys.executable, "-m", "firmware.board", "--state", str(tmp_path / "box"), "--board", "none"]
        with subprocess.Popen(words, env=environment) as process:
            try:
                assert systemd.recv(100).split() == [b"READY=1", b"WATCHDOG_USEC=0"]
                proc = Path(f"/proc/{process.pid}")
                wait_until(lambda: (proc / "comm").read_text() == "sleep\n", 30)
                assert service.is_up(tmp_path / "box", "board")
                assert "no board is known here" in logs.text_of(tmp_path / "box", "board")
            finally:
                process.terminate()
    assert process.returncode == -signal.SIGTERM  # which systemd takes for a good end
    assert not service.is_up(tmp_path / "box", "board")
