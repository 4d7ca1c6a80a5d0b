# SPDX-License-Identifier: GPL-2.0-or-later
"""tipring-core in the guest, on the DAHDI card, and what is asked of it through its control socket."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from firmware.api import Control
from firmware.errors import Unavailable
from firmware.store.history import History

START_S, STOP_S = 1800.0, 10.0  # of the guest's time, which runs away while the host reads files
LOOK_S = 0.1


class GuestCore:
    """The service as a child process. `log` is the file with everything it said."""

    def __init__(self, state: Path, card: str = "dahdi") -> None:
        self.state, self.card = state, card
        self.log = state.parent / "core.log"
        self._control = Control(state / "control.sock", timeout_s=30)
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Returns when it takes calls. AssertionError, with its last words, when it does not come up."""
        command = [sys.executable, "-m", "firmware.core", "--state", str(self.state), "--card", self.card]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220 - it only forks
                [*command, "--sip", "127.0.0.1:5060"], stdout=log, stderr=log
            )
        await self.until(lambda: bool(self.ask("ports")), START_S, "ports")

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        assert self._process
        self.leave()
        self._process.terminate()
        try:
            return self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def leave(self) -> None:
        """Nothing is asked of it any more."""
        self._control.close()

    def lives(self) -> bool:
        """Whether its process does."""
        return self._process is not None and self._process.poll() is None

    def pause(self) -> None:
        """It hangs."""
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """And does not any more."""
        assert self._process
        self._process.send_signal(signal.SIGCONT)

    def ask(self, method: str, **params: Any) -> Any:
        """The result of a request."""
        return self._control.request(method, **params)

    def configure_queues(self, **settings: Any) -> None:
        """Other settings for every queue."""
        document = self.ask("config.show")["document"]
        for queue in document["queue"]:
            queue.update(settings)
        self._control.request("config.apply", document=document, author="hil")

    def configure_site(self, **settings: Any) -> None:
        """Another country, language, …"""
        document = self.ask("config.show")["document"]
        document["site"].update(settings)
        self._control.request("config.apply", document=document, author="hil")

    @property
    def card_alarm(self) -> str:
        """What the core says about its card; "" when all is well."""
        return next((alarm["text"] for alarm in self.ask("alarms") if alarm["kind"] == "card"), "")

    def port(self, id: str) -> dict[str, Any]:
        """A port as the core shows it."""
        return next(port for port in self.ask("ports") if port["id"] == id)

    async def until(self, condition: Callable[[], bool], seconds: float, awaited: str) -> None:
        """Asks until it holds. AssertionError with the core's last words."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not self._holds(condition):
            assert loop.time() < deadline, f"no {awaited} within {seconds:g} s\n{self.last_words()}"
            assert self.lives(), f"the core ended\n{self.last_words()}"
            await asyncio.sleep(LOOK_S)

    def _holds(self, condition: Callable[[], bool]) -> bool:
        try:
            return condition()
        except Unavailable:
            return False

    def history(self) -> History:
        """What it remembers."""
        return History(self.state / "history.db")

    def last_words(self, lines: int = 40) -> str:
        """The end of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
