# SPDX-License-Identifier: GPL-2.0-or-later
"""Tokens, users, sessions, the set-up link: secrets are shown once and never kept."""

from datetime import timedelta

import pytest

from firmware import times
from firmware.errors import Conflict, Denied, Invalid, NotFound
from firmware.store.access import SESSION_IDLE, SETUP_LIFE, Access, Role


@pytest.fixture
def access(state):
    return Access(state)


def test_a_token_opens_what_its_role_may(access):
    token = access.create_token("supervisor", "wallboard")
    assert access.role_of(token) is Role.SUPERVISOR
    assert access.role_of(token + "x") is None
    assert access.role_of("") is None
    (kept,) = access.tokens()
    assert (kept.role, kept.name) == (Role.SUPERVISOR, "wallboard")
    assert access.check_token(token) == kept


def test_a_revoked_token_is_void(access):
    token = access.create_token("admin")
    access.revoke_token(access.tokens()[0].id)
    assert access.role_of(token) is None
    with pytest.raises(NotFound):
        access.revoke_token("nothing")


def test_an_unknown_role_is_refused_with_the_known_ones(access):
    with pytest.raises(Invalid, match="use one of admin, supervisor, agent, readonly"):
        access.create_token("root")


def test_no_secret_is_in_the_file(access, state):
    token = access.create_token("admin")
    link = access.create_setup_link()
    user = access.set_up(link, "ann", "correct horse battery")
    session = access.open_session(user)
    kept = b"".join(path.read_bytes() for path in state.glob("config.db*"))
    for secret in (token, link, "correct horse battery", session):
        assert secret.encode() not in kept


def test_the_set_up_link_makes_the_first_admin_and_nobody_else(access):
    assert access.needs_setup()
    old = access.create_setup_link()
    link = access.create_setup_link()
    assert access.setup_link_works(link)
    assert not access.setup_link_works(old)
    user = access.set_up(link, "ann", "correct horse battery")
    assert user.role is Role.ADMIN
    assert not access.needs_setup()
    assert not access.setup_link_works(link)
    with pytest.raises(Denied, match="used or is older than a day"):
        access.set_up(link, "eve", "correct horse battery")
    with pytest.raises(Conflict):
        access.create_setup_link()


def test_the_set_up_link_ends_after_a_day(access):
    link = access.create_setup_link()
    late = times.now() + SETUP_LIFE + timedelta(seconds=1)
    assert not access.setup_link_works(link, now=late)
    with pytest.raises(Denied):
        access.set_up(link, "ann", "correct horse battery", now=late)
    assert access.needs_setup()


def test_a_password_opens_and_a_wrong_one_does_not(access):
    user = access.create_user("ann", "correct horse battery", "admin")
    assert access.verify("ann", "correct horse battery") == user
    assert access.verify("ann", "wrong horse battery") is None
    assert access.verify("bob", "correct horse battery") is None


@pytest.mark.parametrize(
    ("name", "password", "field"),
    [("", "12345678", "name"), ("a b", "12345678", "name"), ("ann", "1234567", "password")],
)
def test_a_bad_user_is_refused_by_field(access, name, password, field):
    with pytest.raises(Invalid) as caught:
        access.create_user(name, password, "admin")
    assert caught.value.field == field


def test_a_session_lives_while_it_is_used_and_ends_when_idle(access):
    user = access.create_user("ann", "correct horse battery", "agent")
    secret, now = access.open_session(user), times.now()
    almost = SESSION_IDLE - timedelta(minutes=5)
    for _ in range(3):
        now += almost
        assert access.session(secret, now) == user
    assert access.session(secret, now + SESSION_IDLE + timedelta(seconds=1)) is None
    access.close_session(secret)
    assert access.session(secret, now) is None


def test_a_new_password_ends_all_sessions(access):
    user = access.create_user("ann", "correct horse battery", "agent")
    secret = access.open_session(user)
    access.set_password("ann", "another horse battery")
    assert access.session(secret) is None
    assert access.verify("ann", "another horse battery") == user


def test_the_last_admin_stays(access):
    access.create_user("ann", "correct horse battery", "admin")
    access.create_user("bob", "correct horse battery", "agent")
    with pytest.raises(Conflict, match="last admin"):
        access.delete_user("ann")
    access.delete_user("bob")
    assert [user.name for user in access.users()] == ["ann"]
