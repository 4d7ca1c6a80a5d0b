# SPDX-License-Identifier: GPL-2.0-or-later
"""Changes of who may come in, each kept in the log of accesses: for the pages and for the API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from firmware.errors import Invalid
from firmware.store.access import LIMITED, User
from webui import passwords
from webui.auth import API
from webui.box import Box
from webui.streams import ACCESS, News

NAME_LENGTH = 64  # of what a token is for


@dataclass(frozen=True, slots=True)
class Accounts:
    """`who` makes the changes, from `address`."""

    box: Box
    who: str
    address: str

    def note(self, what: str, detail: str = "") -> None:
        """Keeps it in the log."""
        self.box.access_log.write(self.who, what, detail, self.address)

    def add_user(self, name: str, password: str, role: str, queues: Sequence[str] = ()) -> User:
        """Invalid for a bad name, password, role or queue; Conflict when the name is taken."""
        _check_password(password, name)
        self._check_queues(queues)
        user = self.box.access.create_user(name, password, role, queues)
        self.note("user", f"+ {name} ({_rights(role, queues)})")
        return user

    def change(
        self, name: str, role: str | None, password: str | None, queues: Sequence[str] | None = None
    ) -> None:  # fmt: skip
        """What is not None; nothing of it when one cannot be. Invalid; NotFound; Conflict for the last admin.

        Another role keeps the queues where it can be limited to any.
        """
        now = self.box.access.user(name)
        if password is not None:
            _check_password(password, name)
        if role is not None or queues is not None:
            wanted = role or now.role
            kept = now.queues if wanted in LIMITED else ()
            self.set_role(name, wanted, kept if queues is None else queues)
        if password is not None:
            self.set_password(name, password)

    def set_role(self, name: str, role: str, queues: Sequence[str] = ()) -> None:
        """And which queues the user sees, none: all. Invalid; NotFound; Conflict for the last admin."""
        self._check_queues(set(queues) - set(self.box.access.user(name).queues))
        self.box.access.set_role(name, role, queues)
        self._see_anew(name)
        self.note("role", f"{name}: {_rights(role, queues)}")

    def set_phone(self, name: str, extension: str) -> None:
        """Where the user's own phone is, "" for none. Invalid; NotFound."""
        known = [item["number"] for item in self.box.fresh_document().get("extension", [])]
        if extension and extension not in known:
            raise Invalid(f"There is no extension {extension}.", field="extension")
        self.box.access.set_extension(name, extension)

    def _see_anew(self, name: str) -> None:
        """What somebody watches now ends, and begins again with what they may see now."""
        self.box.streams.publish(News(self.box.live.number, ACCESS, {"who": name}))

    def _check_queues(self, queues: Iterable[str]) -> None:
        known = {queue["name"] for queue in self.box.fresh_document().get("queue", [])}
        if missing := sorted(set(queues) - known):
            raise Invalid(f"There is no queue {missing[0]}.", field="queues")

    def set_password(self, name: str, password: str) -> None:
        """For somebody who forgot it; the code of a lost phone is not asked for any more. Invalid; NotFound."""
        _check_password(password, name)
        self.box.access.set_password(name, password)
        self.box.factors.drop_totp(name)
        self.note("password", name)

    def delete_user(self, name: str) -> None:
        """NotFound; Conflict for the last admin."""
        self.box.access.delete_user(name)
        self._see_anew(name)
        self.note("user", f"- {name}")

    def add_token(self, name: str, role: str, queues: Sequence[str] = ()) -> str:
        """Its secret, shown this once. Invalid."""
        self._check_queues(queues)
        secret = self.box.access.create_token(role, name[:NAME_LENGTH], queues)
        self.note("token", f"+ {name} ({_rights(role, queues)})")
        return secret

    def revoke_token(self, id: str) -> None:
        """NotFound."""
        name = next((API + (token.name or token.id) for token in self.box.access.tokens() if token.id == id), "")
        self.box.access.revoke_token(id)
        self._see_anew(name)
        self.note("token", f"- {id}")


def _rights(role: str, queues: Sequence[str]) -> str:
    return f"{role}: {', '.join(sorted(queues))}" if queues else role


def _check_password(password: str, name: str) -> None:
    if weakness := passwords.weakness(password, password, name):
        raise Invalid(weakness, field="password")
