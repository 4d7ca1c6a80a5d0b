# SPDX-License-Identifier: GPL-2.0-or-later
"""Codes of an app and of paper, passkeys, and the log of accesses."""

import pyotp
import pytest

from firmware.errors import Invalid, NotFound
from firmware.store.access import Access
from firmware.store.access_log import AccessLog
from firmware.store.second_factors import RECOVERY_CODES, SecondFactors, matching_step

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # RFC 6238, appendix B: "12345678901234567890"
NOW = 1_800_000_000


@pytest.fixture
def factors(state):
    Access(state).create_user("anna", "harbour lamp seagull", "admin")
    return SecondFactors(state)


def code_at(secret, at):
    return pyotp.TOTP(secret).at(at)


@pytest.mark.parametrize(("at", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_are_those_of_rfc_6238(at, code):
    assert matching_step(RFC_SECRET, code, at) == at // 30


@pytest.mark.parametrize(("off", "known"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_half_a_minute_off(off, known):
    assert (matching_step(RFC_SECRET, code_at(RFC_SECRET, NOW + off), NOW) is not None) is known


def test_a_wrong_first_code_turns_nothing_on(factors):
    with pytest.raises(Invalid, match="clock"):
        factors.set_totp("anna", RFC_SECRET, "000000", NOW)
    assert not factors.has_totp("anna")


def test_each_code_opens_once(factors):
    paper = factors.set_totp("anna", RFC_SECRET, code_at(RFC_SECRET, NOW), NOW)
    assert len(set(paper)) == RECOVERY_CODES
    assert not factors.check("anna", code_at(RFC_SECRET, NOW), NOW)  # it was the first one
    later = code_at(RFC_SECRET, NOW + 30)
    assert factors.check("anna", f"{later[:3]} {later[3:]}", NOW + 30)
    assert not factors.check("anna", later, NOW + 31)
    assert factors.check("anna", paper[0].upper(), NOW)
    assert not factors.check("anna", paper[0], NOW)
    assert not factors.check("bob", paper[1], NOW)


def test_without_codes_none_is_right(factors):
    factors.set_totp("anna", RFC_SECRET, code_at(RFC_SECRET, NOW), NOW)
    factors.drop_totp("anna")
    assert not factors.has_totp("anna")
    assert not factors.check("anna", code_at(RFC_SECRET, NOW + 60), NOW + 60)


def test_passkeys_belong_to_one_user(factors):
    factors.add_passkey("anna", "key", "Laptop", b"public", 0)
    with pytest.raises(Invalid, match="known already"):
        factors.add_passkey("bob", "key", "Laptop", b"public", 0)
    factors.used_passkey("key", 7)
    (key,) = factors.passkeys("anna")
    assert (key, key.sign_count, key.used_at is not None) == (factors.passkey("key"), 7, True)
    with pytest.raises(NotFound):
        factors.drop_passkey("bob", "key")
    factors.drop_passkey("anna", "key")
    assert factors.passkey("key") is None


def test_a_user_who_goes_leaves_nothing_behind(state, factors):
    access = Access(state)
    access.create_user("owner", "harbour lamp seagull", "admin")
    paper = factors.set_totp("anna", RFC_SECRET, code_at(RFC_SECRET, NOW), NOW)
    factors.add_passkey("anna", "key", "Laptop", b"public", 0)
    access.delete_user("anna")
    access.create_user("anna", "harbour lamp seagull", "agent")
    assert not factors.has_totp("anna")
    assert not factors.check("anna", paper[0], NOW)
    assert factors.passkey("key") is None


def test_sessions_are_listed_and_ended_one_by_one(state, factors):
    access = Access(state)
    anna = access.user("anna")
    first, second = access.open_session(anna, "192.0.2.1", "Firefox"), access.open_session(anna)
    listed = access.sessions("anna")
    assert {(session.address, session.browser) for session in listed} == {("192.0.2.1", "Firefox"), ("", "")}
    access.end_session("anna", next(session.id for session in listed if session.address))
    assert access.session(first) is None
    assert access.session(second) == anna
    with pytest.raises(NotFound):
        access.end_session("anna", "nothing")
    third = access.open_session(anna)
    access.end_sessions("anna", but=third)
    assert [access.session(secret) for secret in (second, third)] == [None, anna]


def test_the_log_is_read_backwards(state):
    log = AccessLog(state)
    for number in range(5):
        log.write("anna", "login", str(number), "192.0.2.1")
    newest = log.entries(2)
    assert [entry.detail for entry in newest] == ["4", "3"]
    assert [entry.detail for entry in log.entries(9, before=newest[-1].id)] == ["2", "1", "0"]
