# SPDX-License-Identifier: GPL-2.0-or-later
"""Changes of who may come in, each kept in the log of accesses: for the pages and for the API."""

from __future__ import annotations

from dataclasses import dataclass

from firmware.errors import Invalid
from firmware.store.access import User
from webui import passwords
from webui.box import Box

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

    def add_user(self, name: str, password: str, role: str) -> User:
        """Invalid for a bad name, password or role; Conflict when the name is taken."""
        _check_password(password, name)
        user = self.box.access.create_user(name, password, role)
        self.note("user", f"+ {name} ({role})")
        return user

    def change(self, name: str, role: str | None, password: str | None) -> None:
        """What is not None; nothing of it when one cannot be. Invalid; NotFound; Conflict for the last admin."""
        self.box.access.user(name)
        if password is not None:
            _check_password(password, name)
        if role is not None:
            self.set_role(name, role)
        if password is not None:
            self.set_password(name, password)

    def set_role(self, name: str, role: str) -> None:
        """Invalid; NotFound; Conflict for the last admin."""
        self.box.access.set_role(name, role)
        self.note("role", f"{name}: {role}")

    def set_password(self, name: str, password: str) -> None:
        """For somebody who forgot it; the code of a lost phone is not asked for any more. Invalid; NotFound."""
        _check_password(password, name)
        self.box.access.set_password(name, password)
        self.box.factors.drop_totp(name)
        self.note("password", name)

    def delete_user(self, name: str) -> None:
        """NotFound; Conflict for the last admin."""
        self.box.access.delete_user(name)
        self.note("user", f"- {name}")

    def add_token(self, name: str, role: str) -> str:
        """Its secret, shown this once. Invalid."""
        secret = self.box.access.create_token(role, name[:NAME_LENGTH])
        self.note("token", f"+ {name} ({role})")
        return secret

    def revoke_token(self, id: str) -> None:
        """NotFound."""
        self.box.access.revoke_token(id)
        self.note("token", f"- {id}")


def _check_password(password: str, name: str) -> None:
    if weakness := passwords.weakness(password, password, name):
        raise Invalid(weakness, field="password")
