# SPDX-License-Identifier: GPL-2.0-or-later
"""The certificate by ACME is ordered when it is due, or at once on request: each time by a process of its own."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from firmware import service, times
from firmware.acme.due import is_wanted
from firmware.acme.files import AcmeFiles
from firmware.edge.certificate import read
from firmware.edge.files import EdgeFiles
from firmware.errors import TipringError

log = logging.getLogger(__name__)

FIRST_S, EVERY_S = 30.0, 3600.0  # after the start; then
LIMIT_S = 660.0  # it ends itself before
_ROOT = Path(__file__).parents[1]


class Renewal:
    """`start` begins to look, `look` and `order` do not wait for the next time, `under_way` tells of any order."""

    def __init__(self, state: Path, document: Callable[[], dict[str, Any]]) -> None:
        self._state, self._document = state, document
        self._wake, self._asked, self._ended = threading.Event(), threading.Event(), False
        self._thread = threading.Thread(target=self._run, name="renewal", daemon=True)

    @property
    def under_way(self) -> bool:
        return self._asked.is_set() or service.is_up(self._state, "acme")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """An order that is open goes on by itself."""
        self._ended = True
        self._wake.set()

    def look(self) -> None:
        """The settings are others now."""
        self._wake.set()

    def order(self) -> None:
        """At once, whenever the last one was."""
        self._asked.set()
        self._wake.set()

    def _run(self) -> None:
        self._wake.wait(FIRST_S)
        while not self._ended:
            self._wake.clear()
            try:
                if self._asked.is_set() or self._is_due():
                    self._order()
            except (TipringError, OSError) as error:
                log.warning("the certificate cannot be ordered: %s", error)
            finally:
                self._asked.clear()
            self._wake.wait(EVERY_S)

    def _is_due(self) -> bool:
        table = self._document().get("acme", {})
        files, now = AcmeFiles(self._state), times.now()
        if not table.get("enabled"):
            files.forget()
            return False
        if not files.status().may_try(now):
            return False
        file = EdgeFiles(self._state).certificate
        return is_wanted(read(file) if file.exists() else None, table["names"], now)

    def _order(self) -> None:
        import subprocess  # not kept in the memory of a service that seldom needs it

        command = [sys.executable, "-m", "firmware.acme", "--state", str(self._state)]
        try:
            subprocess.run(command, cwd=_ROOT, timeout=LIMIT_S, check=False)
        except subprocess.TimeoutExpired:
            log.warning("the order of a certificate did not end in time")
