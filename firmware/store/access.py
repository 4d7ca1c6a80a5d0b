# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may do what: API tokens, users, sessions, and the one-time set-up link; all in config.db.

Of secrets only hashes are kept: SHA-256 for tokens of 256 random bits, argon2id for passwords.
"""

from __future__ import annotations

import enum
import hashlib
import json
import re
import secrets
import sqlite3
from collections.abc import Iterable
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


LIMITED = (Role.SUPERVISOR, Role.READONLY)
"""Roles that may be limited to some queues."""
USER_COLUMNS = "name, role, queues, extension"
TOKEN_COLUMNS = "id, role, name, created_at, queues"  # noqa: S105  (names)


@dataclass(frozen=True, slots=True)
class Token:
    """An API token without its secret."""

    id: str
    role: Role
    name: str
    created_at: datetime
    queues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class User:
    """`queues`: sees these only, all when empty. `extension`: the user's own phone, "" when not known."""

    name: str
    role: Role
    queues: tuple[str, ...] = ()
    extension: str = ""


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
    return Token(row["id"], Role(row["role"]), row["name"], times.parse(row["created_at"]), _queues(row))


def _queues(row: sqlite3.Row) -> tuple[str, ...]:
    return tuple(json.loads(row["queues"]))


def _user(row: sqlite3.Row) -> User:
    return User(row["name"], Role(row["role"]), _queues(row), row["extension"])


def limits(role: Role, queues: Iterable[str]) -> str:
    """As it is kept. Invalid for a role that always sees everything."""
    chosen = sorted(set(queues))
    if chosen and role not in LIMITED:
        raise Invalid(f"Only the roles {', '.join(LIMITED)} can be limited to queues.", field="queues")
    return json.dumps(chosen, ensure_ascii=False)


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

    def create_token(self, role: str, name: str = "", queues: Iterable[str] = ()) -> str:
        """A new bearer token; it is shown this once. Invalid for an unknown role, and queues that do not go with it."""
        secret, known = f"tipring_{secrets.token_urlsafe(32)}", _role(role)
        values = (uuid7(), hash_of(secret), known, name, times.iso(times.now()), limits(known, queues))
        sql = "INSERT INTO tokens (id, hash, role, name, created_at, queues) VALUES (?, ?, ?, ?, ?, ?)"
        with self._open() as db:
            db.execute(sql, values)
        return secret

    def check_token(self, secret: str) -> Token | None:
        """Whose token it is; None when there is no such token."""
        sql = f"SELECT {TOKEN_COLUMNS} FROM tokens WHERE hash = ?"  # noqa: S608
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
            found = db.execute(f"SELECT {TOKEN_COLUMNS} FROM tokens ORDER BY id").fetchall()  # noqa: S608
        return [_token(row) for row in found]

    def revoke_token(self, id: str) -> None:
        """The token is void from now on. NotFound."""
        with self._open() as db:
            if not db.execute("DELETE FROM tokens WHERE id = ?", (id,)).rowcount:
                raise NotFound(f"There is no token {id}.")

    # Users

    def create_user(self, name: str, password: str, role: str, queues: Iterable[str] = ()) -> User:
        """Invalid for a bad name, password or role, and queues that do not go with it; Conflict: the name is taken."""
        user, hashed = self._new_user(name, password, role, queues)
        with self._open() as db, transaction(db, self.path):
            self._insert_user(db, user, hashed)
        return user

    def _new_user(self, name: str, password: str, role: str, queues: Iterable[str] = ()) -> tuple[User, str]:
        if not _USER_NAME.fullmatch(name):
            raise Invalid("A user name has letters, digits, - _ . @ (at most 64).", field="name")
        _check_password(password)
        known, mine = _role(role), tuple(sorted(set(queues)))
        limits(known, mine)
        return User(name, known, mine), _hasher().hash(password)

    def _insert_user(self, db: sqlite3.Connection, user: User, hashed: str) -> None:
        try:
            db.execute(
                "INSERT INTO users (name, password, role, created_at, queues) VALUES (?, ?, ?, ?, ?)",
                (user.name, hashed, user.role, times.iso(times.now()), limits(user.role, user.queues)),
            )
        except sqlite3.IntegrityError:
            raise Conflict(f'There is a user "{user.name}" already.', field="name") from None
        db.execute("DELETE FROM setup_links")

    def users(self) -> list[User]:
        """All users by name."""
        with self._open() as db:
            found = db.execute(f"SELECT {USER_COLUMNS} FROM users ORDER BY name").fetchall()  # noqa: S608
        return [_user(row) for row in found]

    def user(self, name: str) -> User:
        """NotFound."""
        with self._open() as db:
            row = db.execute(f"SELECT {USER_COLUMNS} FROM users WHERE name = ?", (name,)).fetchone()  # noqa: S608
        if row is None:
            raise NotFound(f'There is no user "{name}".', field="name")
        return _user(row)

    def verify(self, name: str, password: str) -> User | None:
        """The user, when the password is right. Takes as long when there is no such user."""
        from argon2.exceptions import VerifyMismatchError

        hasher = _hasher()
        with self._open() as db:
            row = db.execute(f"SELECT password, {USER_COLUMNS} FROM users WHERE name = ?", (name,)).fetchone()  # noqa: S608
        if row is None:
            hasher.hash(password)
            return None
        try:
            hasher.verify(row["password"], password)
        except VerifyMismatchError:
            return None
        return _user(row)

    def set_role(self, name: str, role: str, queues: Iterable[str] = ()) -> None:
        """What the user may do and sees from now on. Invalid; NotFound; Conflict for the last admin."""
        known = _role(role)
        values = (known, limits(known, queues), name)
        with self._open() as db, transaction(db, self.path):
            if not db.execute("UPDATE users SET role = ?, queues = ? WHERE name = ?", values).rowcount:
                raise NotFound(f'There is no user "{name}".', field="name")
            _keep_an_admin(db, name)

    def set_extension(self, name: str, extension: str) -> None:
        """Where the user's own phone is, "" for none. NotFound."""
        with self._open() as db:
            if not db.execute("UPDATE users SET extension = ? WHERE name = ?", (extension, name)).rowcount:
                raise NotFound(f'There is no user "{name}".', field="name")

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
                f"SELECT {USER_COLUMNS}, seen_at FROM sessions JOIN users ON users.name = sessions.user WHERE hash = ?",  # noqa: S608
                (hashed,),
            ).fetchone()
            idle = now - times.parse(row["seen_at"]) if row else SESSION_IDLE
            if idle >= SESSION_IDLE:
                return None
            if idle >= _TOUCH_AFTER:
                db.execute("UPDATE sessions SET seen_at = ? WHERE hash = ?", (times.iso(now), hashed))
        return _user(row)

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
