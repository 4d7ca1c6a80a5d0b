# SPDX-License-Identifier: GPL-2.0-or-later
"""What is kept of ACME under STATE/acme: the account's key, how the last order went, and the order that is open."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from firmware import modes
from firmware.files import write_whole
from firmware.times import iso

PLACE = "/.well-known/acme-challenge/"  # RFC 8555, section 8.3
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,200}")  # RFC 8555, section 8.1: at least 128 bits, base64url


@dataclass(frozen=True, slots=True)
class Status:
    """Of the last order. `error` "": it succeeded, or there was none; none is tried again before `next` (ISO 8601)."""

    at: str = ""
    failures: int = 0
    error: str = ""
    next: str = ""

    def may_try(self, now: datetime) -> bool:
        return not self.next or datetime.fromisoformat(self.next) <= now


@dataclass(frozen=True, slots=True)
class AcmeFiles:
    """All of them are for the box alone."""

    state: Path

    @property
    def folder(self) -> Path:
        return self.state / "acme"

    @property
    def account(self) -> Path:
        """The key that the authority knows the box by (PEM)."""
        return self.folder / "account.pem"

    @property
    def order(self) -> Path:
        """New key and certificate, until both are complete, and proofs by their tokens."""
        return self.folder / "order"

    def status(self) -> Status:
        """That of a box that has ordered nothing when there is none."""
        try:
            return Status(**json.loads((self.folder / "status.json").read_text()))
        except (OSError, ValueError, TypeError):
            return Status()

    def keep(self, at: datetime, failures: int = 0, error: str = "", next: datetime | None = None) -> None:
        """How an order went."""
        status = Status(iso(at), failures, error, iso(next) if next else "")
        self.write(self.folder / "status.json", json.dumps(asdict(status)).encode(), modes.file())

    def forget(self) -> None:
        """How the last order went does not matter any more."""
        (self.folder / "status.json").unlink(missing_ok=True)

    def begin(self) -> None:
        """An empty place for an order; what a killed one left is gone."""
        self.folder.mkdir(mode=modes.folder(), exist_ok=True)
        self.end()
        self.order.mkdir(mode=0o700)

    def end(self) -> None:
        shutil.rmtree(self.order, ignore_errors=True)

    def proof(self, token: str) -> Path | None:
        """Where the answer to an authority's question stands while an order is open. None for what is no token."""
        return self.order / token if _TOKEN.fullmatch(token) else None

    def answer(self, token: str) -> bytes | None:
        """What stands there. None: no open order has it."""
        file = self.proof(token)
        try:
            return file.read_bytes() if file else None
        except OSError:
            return None

    @staticmethod
    def write(file: Path, content: bytes, mode: int = 0o600) -> None:
        """Whole or not at all."""
        write_whole(file, content, mode)
