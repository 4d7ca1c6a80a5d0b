# SPDX-License-Identifier: GPL-2.0-or-later
"""The phone book names callers however their number comes, and refuses what cannot be dialled."""

from __future__ import annotations

import pytest

from firmware.calls.leg import Caller
from firmware.calls.phone_book import PhoneBook
from firmware.errors import Invalid, NotFound
from firmware.records import Contact

ANNA, BEN = Contact("030 1234567".replace(" ", ""), "Anna Smith"), Contact("5551234", "Ben Li")


@pytest.fixture
def book() -> PhoneBook:
    book = PhoneBook(lambda: "de")
    book.take_over([ANNA, BEN])
    return book


@pytest.mark.parametrize("number", ["0301234567", "+49301234567", "0049301234567"])
def test_a_caller_is_known_however_the_number_came(book: PhoneBook, number: str) -> None:
    assert book.named(Caller(number, "DEU")).name == "Anna Smith"


def test_others_keep_the_name_that_came_with_the_call(book: PhoneBook) -> None:
    assert book.named(Caller("0309999999", "CARL")).name == "CARL"
    assert book.named(Caller("0301234567", private=True)).name == ""


def test_names_are_found_by_words_and_numbers_by_digits(book: PhoneBook) -> None:
    assert book.find("smi ann", 10) == [ANNA]
    assert book.find("030 123", 10) == [ANNA]
    assert book.find("", 10) == [ANNA, BEN]
    assert book.find("nobody", 10) == []


def test_the_same_number_written_otherwise_is_the_same_entry(book: PhoneBook) -> None:
    moved = book.checked("+49 (0)30 123-4567", " Anna   Jones ")
    assert moved == Contact("+49301234567", "Anna Jones")
    gone = book.replaced_by([moved])
    assert gone == ["0301234567"]
    book.changed(gone, [moved])
    assert (book.count, book.named(Caller("0301234567")).name) == (2, "Anna Jones")
    assert book.kept("030/1234567") == "+49301234567"


def test_another_country_reads_the_same_book_by_its_own_rules() -> None:
    country = ["de"]
    book = PhoneBook(lambda: country[0])
    book.take_over([ANNA])
    country[0] = "us"
    assert book.named(Caller("+49301234567")).name == ""
    assert book.named(Caller("0301234567")).name == "Anna Smith"


@pytest.mark.parametrize(("number", "name", "field"), [("12a", "Anna", "number"), ("", "Anna", "number"),
                                                       ("123", " ", "name"), ("123", "x" * 81, "name"),
                                                       ("123", "a\x00b", "name")])  # fmt: skip
def test_what_cannot_be_kept_is_named(book: PhoneBook, number: str, name: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        book.checked(number, name)
    assert caught.value.field == field


def test_who_is_not_in_it_cannot_be_deleted(book: PhoneBook) -> None:
    with pytest.raises(NotFound):
        book.kept("999")
