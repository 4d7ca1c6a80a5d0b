# SPDX-License-Identifier: GPL-2.0-or-later
"""The office's phone book: whose number it is. Kept in the history, looked up in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from firmware.calls.leg import Caller
from firmware.errors import Conflict, Invalid, NotFound
from firmware.records import Contact
from firmware.telephone_numbers import dialled, key

MOST = 20_000
LONGEST_NAME = 80
_NUMBER = re.compile(r"\+?[0-9*#]{2,32}")


class PhoneBook:
    """`country` is that of the site."""

    def __init__(self, country: Callable[[], str]) -> None:
        self._country = country
        self._keyed_for = country()
        self._by_key: dict[str, Contact] = {}

    def take_over(self, kept: Iterable[Contact]) -> None:
        """What the history knows."""
        self._by_key = {self._key(contact.number): contact for contact in kept}

    @property
    def _contacts(self) -> dict[str, Contact]:
        """By the one name of each number, which depends on the country."""
        if self._keyed_for != self._country():
            self._keyed_for = self._country()
            self.take_over(self._by_key.values())
        return self._by_key

    def _key(self, number: str) -> str:
        return key(number, self._country())

    def named(self, caller: Caller) -> Caller:
        """The caller with the name that the office has for the number, if it has one."""
        known = self._contacts.get(self._key(caller.number)) if caller.number and not caller.private else None
        return replace(caller, name=known.name) if known else caller

    def find(self, text: str, most: int) -> list[Contact]:
        """Those whose name has every word of the text, or whose number has its digits; by name."""
        words, digits = text.casefold().split(), dialled(text).removeprefix("+")
        found = [
            contact
            for contact in self._contacts.values()
            if all(word in contact.name.casefold() for word in words)
            or (digits.isdigit() and digits.lstrip("0") in contact.number)
        ]
        return sorted(found, key=lambda contact: (contact.name.casefold(), contact.number))[:most]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._contacts)

    def checked(self, number: str, name: str) -> Contact:
        """A contact as it may be kept. Invalid."""
        written, name = dialled(number), " ".join(name.split())
        if not _NUMBER.fullmatch(written):
            raise Invalid(f'"{number}" is no telephone number; use digits, with + in front or not.', field="number")
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise Invalid(f"A name has 1 to {LONGEST_NAME} characters.", field="name")
        return Contact(written, name)

    def replaced_by(self, contacts: Iterable[Contact]) -> list[str]:
        """Numbers, as they are kept, in whose place these contacts come. Conflict when it would be too many."""
        fresh = {self._key(contact.number) for contact in contacts}
        if len(fresh - self._contacts.keys()) + self.count > MOST:
            raise Conflict(f"A phone book has at most {MOST} entries.", code="too_many_contacts")
        return [self._contacts[name].number for name in fresh & self._contacts.keys()]

    def kept(self, number: str) -> str:
        """The number as it is kept. NotFound."""
        if not (known := self.with_number(number)):
            raise NotFound(f"{number} is not in the phone book.", code="no_such_contact", field="number")
        return known[0]

    def changed(self, gone: Iterable[str], saved: Iterable[Contact]) -> None:
        """It is in the history; from now on it is looked up."""
        for number in gone:
            self._contacts.pop(self._key(number), None)
        self._contacts.update((self._key(contact.number), contact) for contact in saved)

    def with_number(self, number: str) -> list[str]:
        """The number as it is kept, if it is."""
        known = self._contacts.get(self._key(dialled(number)))
        return [known.number] if known else []
