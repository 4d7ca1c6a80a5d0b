# SPDX-License-Identifier: GPL-2.0-or-later
"""linphone, a real SIP phone, as a child process: its console, with a WAV file as its microphone."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
from pathlib import Path
from typing import Self

from hil.processes import killed
from hil.rtp import CUSHION_S
from hil.waiting import Watch

SETTINGS = "[sip]\nsip_port={port}\nsip_tcp_port=0\nsip_tls_port=0\nuse_ipv6=0\n"
PROMPT = "linphonec>"


class Linphone:
    """`async with` starts it, with an account of the box; it registers by itself. `said` is its console."""

    def __init__(self, folder: Path, user: str, password: str, server: str) -> None:
        self._folder, self._user, self._password, self._server = folder, user, password, server
        self.said = ""
        self.watch = Watch()
        self._process: asyncio.subprocess.Process | None = None
        self.cushion_s = CUSHION_S  # how late it was is not known, but it shares its machine with this process

    async def __aenter__(self) -> Self:
        (self._folder / ".local/share/linphone").mkdir(parents=True)
        settings = self._folder / "linphonerc"
        settings.write_text(SETTINGS.format(port=_free_port()))
        self._process = await asyncio.create_subprocess_exec(
            "linphonec", "-c", str(settings), cwd=self._folder, env={**os.environ, "HOME": str(self._folder)},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._listener = asyncio.create_task(self._listen())
        await self.says(PROMPT)
        await self.command("soundcard use files")
        await self.command(f"register sip:{self._user}@{self._server} sip:{self._server} {self._password}")
        return self

    async def __aexit__(self, *exception: object) -> None:
        assert self._process
        await killed(self._process)
        await asyncio.gather(self._listener, return_exceptions=True)

    async def command(self, line: str) -> None:
        """Types a line; what it says until then is forgotten."""
        assert self._process
        assert self._process.stdin
        self.said = ""
        self._process.stdin.write(line.encode() + b"\n")
        await self._process.stdin.drain()
        await asyncio.sleep(0.2)  # its console loses lines that come in one piece

    async def says(self, words: str, timeout: float = 10) -> None:
        """NotSeen, with what it said instead."""
        await self.watch.until(lambda: words in self.said, timeout, words, lambda: self.said)

    async def _listen(self) -> None:
        assert self._process
        assert self._process.stdout
        while data := await self._process.stdout.read(4096):
            self.said += data.decode(errors="replace")
            self.watch.changed()


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
