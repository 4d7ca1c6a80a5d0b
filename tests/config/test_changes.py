# SPDX-License-Identifier: GPL-2.0-or-later
"""What the installer is told that a change does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.config import changes, default_document
from firmware.secrecy import masked

BEFORE = {
    "site": {"name": "Office", "country": "us"},
    "extension": [
        {"number": "201", "name": "Alice", "port": "fxs1"},
        {"number": "203", "name": "Carol", "sip": {"password": "kUbNaqs9mVh4"}},
    ],
    "route": [{"line": "fxo1", "to": "queue:sales"}, {"did": "5551000", "to": "ext:201"}],
}


def told(**tables):
    return [str(change) for change in changes(BEFORE, BEFORE | tables)]


def test_nothing_is_told_of_what_stays():
    assert told() == []


def test_a_setting_is_told_with_the_number_of_its_extension_wherever_that_stands():
    alice, carol = BEFORE["extension"]
    assert told(extension=[{"number": "200"}, alice, carol | {"name": "Caroline"}]) == [
        '~ extension[203].name: "Carol" -> "Caroline"',
        '+ extension[200]: {"number": "200"}',
    ]


def test_a_table_that_goes_is_told_whole_and_without_its_password():
    assert told(extension=BEFORE["extension"][:1]) == [
        '- extension[203]: {"number": "203", "name": "Carol", "sip": {"password": "********"}}'
    ]


def test_a_password_is_told_to_change_and_not_told():
    carol = BEFORE["extension"][1] | {"sip": {"password": "other"}}
    assert told(extension=[BEFORE["extension"][0], carol]) == [
        '~ extension[203].sip.password: "********" -> "********"'
    ]


def test_routes_have_no_names_and_are_told_by_their_place():
    first, second = BEFORE["route"]
    assert told(route=[{"line": "fxo2", "to": "ext:203"}, first, second]) == [
        '+ route[0]: {"line": "fxo2", "to": "ext:203"}'
    ]
    assert told(route=[first | {"to": "ext:203"}, second]) == ['~ route[0].to: "queue:sales" -> "ext:203"']
    assert told(route=[second]) == ['- route[0]: {"line": "fxo1", "to": "queue:sales"}']


def test_another_order_is_a_change():
    assert told(extension=BEFORE["extension"][::-1]) == ['~ extension: order: ["201", "203"] -> ["203", "201"]']


def test_a_first_configuration_is_new_in_all_its_tables():
    paths = [change.path for change in changes({}, default_document(["fxo1", "fxs1"]))]
    assert {"site", "line[fxo1]", "extension[201]", "queue[support]"} <= set(paths)


def test_secrets_are_covered_wherever_they_stand():
    assert masked({"cloud": {"token": "t", "url": "u"}, "disa": [{"pin": "1"}], "mail": {"password": ""}}) == {
        "cloud": {"token": "********", "url": "u"}, "disa": [{"pin": "********"}], "mail": {"password": ""},
    }  # fmt: skip


TABLES = st.lists(
    st.dictionaries(st.sampled_from(["number", "name", "sip", "to"]), st.integers() | st.text()), max_size=4
)
DOCUMENTS = st.dictionaries(st.sampled_from(["extension", "route", "site"]), TABLES | st.integers() | st.text())


@pytest.mark.parametrize("turned", [False, True])
@given(before=DOCUMENTS, after=DOCUMENTS)
def test_any_two_documents_differ_or_are_the_same(turned, before, after):
    if turned:
        before, after = after, before
    assert (changes(before, after) == []) == (before == after)
