# SPDX-License-Identifier: GPL-2.0-or-later
"""What a user shows besides the password, or instead of it: codes of an app (TOTP), recovery codes, passkeys."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import secrets
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from firmware import times
from firmware.errors import Invalid, NotFound
from firmware.store import migrations
from firmware.store.connect import open_for_writing, transaction, unavailable

STEP_S = 30  # RFC 6238, section 4.1
SKEW = 1  # steps that a clock may be off, each way (section 5.2)
RECOVERY_CODES = 10


@dataclass(frozen=True, slots=True)
class Passkey:
    """A WebAuthn credential: `id` is base64url, `public_key` COSE."""

    id: str
    user: str
    name: str
    public_key: bytes
    sign_count: int
    created_at: datetime
    used_at: datetime | None


class SecondFactors:
    """In config.db. Every method can raise Unavailable."""

    def __init__(self, state: Path) -> None:
        self.path = state / "config.db"
        migrations.ensure(self.path)

    @contextlib.contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(open_for_writing(self.path)) as db, unavailable(self.path), transaction(db, self.path):
            yield db

    # Codes of an app

    def has_totp(self, user: str) -> bool:
        """Whether the user's password alone is not enough."""
        with self._changing() as db:
            return self._secret(db, user)[0] is not None

    def set_totp(self, user: str, secret: str, code: str, now: float | None = None) -> list[str]:
        """Asks for codes from now on, when this one is right; the recovery codes, shown this once. Invalid."""
        step = matching_step(secret, code, time.time() if now is None else now)
        if step is None:
            raise Invalid("The code is not right. Is the clock of the phone right?", field="code")
        codes = [f"{secrets.token_hex(3)}-{secrets.token_hex(3)}" for _ in range(RECOVERY_CODES)]
        with self._changing() as db:
            self._forget(db, user)
            db.execute("UPDATE users SET totp = ?, totp_step = ? WHERE name = ?", (secret, step, user))
            rows = [(_hash(user, one), user) for one in codes]
            db.executemany("INSERT INTO recovery_codes (hash, user) VALUES (?, ?)", rows)
        return codes

    def drop_totp(self, user: str) -> None:
        """The password alone is enough again."""
        with self._changing() as db:
            self._forget(db, user)

    def check(self, user: str, code: str, now: float | None = None) -> bool:
        """Whether the code is right. Each code is good once, a recovery code too."""
        code = code.replace(" ", "").lower()
        with self._changing() as db:
            secret, last = self._secret(db, user)
            if secret is None:
                return False
            step = matching_step(secret, code, time.time() if now is None else now, last)
            if step is not None:
                db.execute("UPDATE users SET totp_step = ? WHERE name = ?", (step, user))
                return True
            return bool(db.execute("DELETE FROM recovery_codes WHERE hash = ?", (_hash(user, code),)).rowcount)

    def _secret(self, db: sqlite3.Connection, user: str) -> tuple[str | None, int]:
        row = db.execute("SELECT totp, totp_step FROM users WHERE name = ?", (user,)).fetchone()
        return (row["totp"], row["totp_step"] or 0) if row else (None, 0)

    def _forget(self, db: sqlite3.Connection, user: str) -> None:
        db.execute("UPDATE users SET totp = NULL, totp_step = NULL WHERE name = ?", (user,))
        db.execute("DELETE FROM recovery_codes WHERE user = ?", (user,))

    # Passkeys

    def add_passkey(self, user: str, id: str, name: str, public_key: bytes, sign_count: int) -> None:
        """Invalid when another user has it."""
        values = (id, user, name, public_key, sign_count, times.iso(times.now()))
        sql = "INSERT INTO passkeys (id, user, name, public_key, sign_count, created_at) VALUES (?, ?, ?, ?, ?, ?)"
        with self._changing() as db:
            try:
                db.execute(sql, values)
            except sqlite3.IntegrityError:
                raise Invalid("This passkey is known already.", field="passkey") from None

    def passkeys(self, user: str) -> list[Passkey]:
        """Of one user, oldest first."""
        with self._changing() as db:
            found = db.execute("SELECT * FROM passkeys WHERE user = ? ORDER BY created_at", (user,)).fetchall()
        return [_passkey(row) for row in found]

    def passkey(self, id: str) -> Passkey | None:
        """None when it is not known here."""
        with self._changing() as db:
            row = db.execute("SELECT * FROM passkeys WHERE id = ?", (id,)).fetchone()
        return _passkey(row) if row else None

    def used_passkey(self, id: str, sign_count: int) -> None:
        with self._changing() as db:
            values = (sign_count, times.iso(times.now()), id)
            db.execute("UPDATE passkeys SET sign_count = ?, used_at = ? WHERE id = ?", values)

    def drop_passkey(self, user: str, id: str) -> None:
        """NotFound."""
        with self._changing() as db:
            if not db.execute("DELETE FROM passkeys WHERE user = ? AND id = ?", (user, id)).rowcount:
                raise NotFound("There is no such passkey.")


def matching_step(secret: str, code: str, now: float, after: int = 0) -> int | None:
    """The time step that the code is of, newer than step `after` (RFC 6238, section 5.2); None: the code is wrong."""
    import pyotp

    present = int(now) // STEP_S
    for step in range(present - SKEW, present + SKEW + 1):
        right = hmac.compare_digest(pyotp.TOTP(secret).at(step * STEP_S).encode(), code.strip().encode())
        if right and step > after:
            return step
    return None


def _hash(user: str, code: str) -> str:
    return hashlib.sha256(f"{user}:{code}".encode()).hexdigest()


def _passkey(row: sqlite3.Row) -> Passkey:
    used = times.parse(row["used_at"]) if row["used_at"] else None
    created = times.parse(row["created_at"])
    return Passkey(row["id"], row["user"], row["name"], row["public_key"], row["sign_count"], created, used)
