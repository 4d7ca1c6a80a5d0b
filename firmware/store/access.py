# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may do what: API tokens, users, sessions, and the one-time set-up link; all in config.db.

Of secrets only hashes are kept: SHA-256 for tokens of 256 random bits, argon2id for passwords.
"""

from __future__ import annotations

import enum
import hashlib
import re
import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from firmware import times
from firmware.errors import Conflict, Denied, Invalid, NotFound
from firmware.ids import uuid7
from firmware.store.config_file import ConfigFile
from firmware.store.connect import transaction

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SESSION_IDLE = timedelta(hours=12)
SETUP_LIFE = timedelta(hours=24)
MIN_PASSWORD = 8
_ID = 16  # characters of a session's hash
_TOUCH_AFTER = timedelta(minutes=1)
_USER_NAME = re.compile(r"[^\W_][\w.@-]{0,63}")


class Role(enum.StrEnum):
    """ADMIN is the owner; an installer configures the box and hears nobody."""

    ADMIN = "admin"
    SUPERVISOR = "supervisor"
    AGENT = "agent"
    READONLY = "readonly"
    INSTALLER = "installer"


@dataclass(frozen=True, slots=True)
class Token:
    """An API token without its secret."""

    id: str
    role: Role
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class User:
    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that is logged in; `id` is no secret."""

    id: str
    user: str
    address: str
    browser: str
    created_at: datetime
    seen_at: datetime


def hash_of(secret: str) -> str:
    """What is kept of a secret of random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _hasher() -> PasswordHasher:
    """argon2id with 19 MiB, 2 passes, 1 lane: OWASP's figures for small machines."""
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def _token(row: sqlite3.Row) -> Token:
    return Token(row["id"], Role(row["role"]), row["name"], times.parse(row["created_at"]))


def session_id(secret: str) -> str:
    """The id by which a session is listed and ended."""
    return hash_of(secret)[:_ID]


def _session(row: sqlite3.Row) -> Session:
    created, seen = times.parse(row["created_at"]), times.parse(row["seen_at"])
    return Session(row["hash"][:_ID], row["user"], row["address"], row["browser"], created, seen)


def _role(role: str) -> Role:
    try:
        return Role(role)
    except ValueError:
        raise Invalid(f'"{role}" is not a role; use one of {", ".join(Role)}.', field="role") from None


class Access(ConfigFile):
    """Tokens, users, sessions and the set-up link of a state directory."""

    # API tokens

    def create_token(self, role: str, name: str = "") -> str:
        """A new bearer token; it is shown this once. Invalid for an unknown role."""
        secret = f"tipring_{secrets.token_urlsafe(32)}"
        values = (uuid7(), hash_of(secret), _role(role), name, times.iso(times.now()))
        with self._open() as db:
            db.execute("INSERT INTO tokens (id, hash, role, name, created_at) VALUES (?, ?, ?, ?, ?)", values)
        return secret

    def check_token(self, secret: str) -> Token | None:
        """Whose token it is; None when there is no such token."""
        sql = "SELECT id, role, name, created_at FROM tokens WHERE hash = ?"
        with self._open() as db:
            row = db.execute(sql, (hash_of(secret),)).fetchone()
        return _token(row) if row else None

    def role_of(self, secret: str) -> Role | None:
        """What the bearer of the token may do; None when there is no such token."""
        token = self.check_token(secret)
        return token.role if token else None

    def tokens(self) -> list[Token]:
        """All tokens, oldest first."""
        with self._open() as db:
            found = db.execute("SELECT id, role, name, created_at FROM tokens ORDER BY id").fetchall()
        return [_token(row) for row in found]

    def revoke_token(self, id: str) -> None:
        """The token is void from now on. NotFound."""
        with self._open() as db:
            if not db.execute("DELETE FROM tokens WHERE id = ?", (id,)).rowcount:
                raise NotFound(f"There is no token {id}.")

    # Users

    def create_user(self, name: str, password: str, role: str) -> User:
        """Invalid for a bad name, password or role; Conflict when the name is taken."""
        user, hashed = self._new_user(name, password, role)
        with self._open() as db, transaction(db, self.path):
            self._insert_user(db, user, hashed)
        return user

    def _new_user(self, name: str, password: str, role: str) -> tuple[User, str]:
        if not _USER_NAME.fullmatch(name):
            raise Invalid("A user name has letters, digits, - _ . @ (at most 64).", field="name")
        _check_password(password)
        return User(name, _role(role)), _hasher().hash(password)

    def _insert_user(self, db: sqlite3.Connection, user: User, hashed: str) -> None:
        try:
            db.execute(
                "INSERT INTO users (name, password, role, created_at) VALUES (?, ?, ?, ?)",
                (user.name, hashed, user.role, times.iso(times.now())),
            )
        except sqlite3.IntegrityError:
            raise Conflict(f'There is a user "{user.name}" already.', field="name") from None
        db.execute("DELETE FROM setup_links")

    def users(self) -> list[User]:
        """All users by name."""
        with self._open() as db:
            found = db.execute("SELECT name, role FROM users ORDER BY name").fetchall()
        return [User(row["name"], Role(row["role"])) for row in found]

    def user(self, name: str) -> User:
        """NotFound."""
        with self._open() as db:
            row = db.execute("SELECT name, role FROM users WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise NotFound(f'There is no user "{name}".', field="name")
        return User(row["name"], Role(row["role"]))

    def verify(self, name: str, password: str) -> User | None:
        """The user, when the password is right. Takes as long when there is no such user."""
        from argon2.exceptions import VerifyMismatchError

        hasher = _hasher()
        with self._open() as db:
            row = db.execute("SELECT name, password, role FROM users WHERE name = ?", (name,)).fetchone()
        if row is None:
            hasher.hash(password)
            return None
        try:
            hasher.verify(row["password"], password)
        except VerifyMismatchError:
            return None
        return User(row["name"], Role(row["role"]))

    def set_role(self, name: str, role: str) -> None:
        """What the user may do from now on. Invalid; NotFound; Conflict for the last admin."""
        with self._open() as db, transaction(db, self.path):
            if not db.execute("UPDATE users SET role = ? WHERE name = ?", (_role(role), name)).rowcount:
                raise NotFound(f'There is no user "{name}".', field="name")
            _keep_an_admin(db, name)

    def set_password(self, name: str, password: str, keep: str = "") -> None:
        """Changes a password and ends the user's sessions, but for that of the secret `keep`. Invalid; NotFound."""
        _check_password(password)
        hashed = _hasher().hash(password)
        with self._open() as db, transaction(db, self.path):
            if not db.execute("UPDATE users SET password = ? WHERE name = ?", (hashed, name)).rowcount:
                raise NotFound(f'There is no user "{name}".', field="name")
            db.execute("DELETE FROM sessions WHERE user = ? AND hash != ?", (name, hash_of(keep)))

    def delete_user(self, name: str) -> None:
        """Removes a user with all sessions. NotFound; Conflict for the last admin."""
        with self._open() as db, transaction(db, self.path):
            row = db.execute("DELETE FROM users WHERE name = ? RETURNING role", (name,)).fetchone()
            if row is None:
                raise NotFound(f'There is no user "{name}".', field="name")
            _keep_an_admin(db, name)
            for table in ("sessions", "passkeys", "recovery_codes"):
                db.execute(f"DELETE FROM {table} WHERE user = ?", (name,))  # noqa: S608

    # Sessions

    def open_session(self, user: User, address: str = "", browser: str = "") -> str:
        """A new session's secret, for a cookie. `address` and `browser` are shown to the user."""
        secret, now = secrets.token_urlsafe(32), times.now()
        values = (hash_of(secret), user.name, times.iso(now), times.iso(now), address, browser[:200])
        sql = "INSERT INTO sessions (hash, user, created_at, seen_at, address, browser) VALUES (?, ?, ?, ?, ?, ?)"
        with self._open() as db, transaction(db, self.path):
            db.execute("DELETE FROM sessions WHERE seen_at < ?", (times.iso(now - SESSION_IDLE),))
            db.execute(sql, values)
        return secret

    def sessions(self, user: str) -> list[Session]:
        """Where a user is logged in, the last seen first."""
        since = times.iso(times.now() - SESSION_IDLE)
        sql = "SELECT * FROM sessions WHERE user = ? AND seen_at > ? ORDER BY seen_at DESC"
        with self._open() as db:
            return [_session(row) for row in db.execute(sql, (user, since))]

    def end_session(self, user: str, id: str) -> None:
        """Logs one browser of the user out. NotFound."""
        sql = f"DELETE FROM sessions WHERE user = ? AND substr(hash, 1, {_ID}) = ?"  # noqa: S608
        with self._open() as db:
            if not db.execute(sql, (user, id)).rowcount:
                raise NotFound(f'"{user}" has no session {id}.')

    def end_sessions(self, user: str, but: str = "") -> None:
        """Logs a user out everywhere, but for the session of the secret `but`."""
        with self._open() as db:
            db.execute("DELETE FROM sessions WHERE user = ? AND hash != ?", (user, hash_of(but)))

    def session(self, secret: str, now: datetime | None = None) -> User | None:
        """Whose session it is; None when it is unknown or was idle for 12 hours. Being asked keeps it alive."""
        now, hashed = now or times.now(), hash_of(secret)
        with self._open() as db:
            row = db.execute(
                "SELECT name, role, seen_at FROM sessions JOIN users ON users.name = sessions.user WHERE hash = ?",
                (hashed,),
            ).fetchone()
            idle = now - times.parse(row["seen_at"]) if row else SESSION_IDLE
            if idle >= SESSION_IDLE:
                return None
            if idle >= _TOUCH_AFTER:
                db.execute("UPDATE sessions SET seen_at = ? WHERE hash = ?", (times.iso(now), hashed))
        return User(row["name"], Role(row["role"]))

    def close_session(self, secret: str) -> None:
        """Logs out. Harmless when there is no such session."""
        with self._open() as db:
            db.execute("DELETE FROM sessions WHERE hash = ?", (hash_of(secret),))

    # The first start

    def needs_setup(self) -> bool:
        """True until the first user is made."""
        with self._open() as db:
            return db.execute("SELECT 1 FROM users LIMIT 1").fetchone() is None

    def create_setup_link(self) -> str:
        """The secret of a new set-up link, good for 24 h; those before it are void. Conflict when there is a user."""
        secret, until = secrets.token_urlsafe(24), times.iso(times.now() + SETUP_LIFE)
        with self._open() as db, transaction(db, self.path):
            if db.execute("SELECT 1 FROM users LIMIT 1").fetchone():
                raise Conflict("This box is set up already; log in.", code="already_set_up")
            db.execute("DELETE FROM setup_links")
            db.execute("INSERT INTO setup_links VALUES (?, ?)", (hash_of(secret), until))
        return secret

    def setup_link_works(self, secret: str, now: datetime | None = None) -> bool:
        """True while the link can make the first user."""
        with self._open() as db:
            return self._is_good(db, secret, now or times.now())

    def _is_good(self, db: sqlite3.Connection, secret: str, now: datetime) -> bool:
        sql = "SELECT 1 FROM setup_links WHERE hash = ? AND expires_at > ?"
        return db.execute(sql, (hash_of(secret), times.iso(now))).fetchone() is not None

    def set_up(self, secret: str, name: str, password: str, now: datetime | None = None) -> User:
        """Makes the first admin, and the link void. Denied (`setup_link_void`) when the link is not good any more."""
        user, hashed = self._new_user(name, password, Role.ADMIN)
        with self._open() as db, transaction(db, self.path):
            if not self._is_good(db, secret, now or times.now()):
                message = "This set-up link was used or is older than a day. Restart the box's web for a new one."
                raise Denied(message, code="setup_link_void")
            self._insert_user(db, user, hashed)
        return user


def _keep_an_admin(db: sqlite3.Connection, name: str) -> None:
    if not db.execute("SELECT 1 FROM users WHERE role = 'admin'").fetchone():
        raise Conflict(f'"{name}" is the last admin; make another one first.', field="name")


def _check_password(password: str) -> None:
    if not MIN_PASSWORD <= len(password) <= 256:
        raise Invalid(f"A password has {MIN_PASSWORD} to 256 characters.", field="password")
