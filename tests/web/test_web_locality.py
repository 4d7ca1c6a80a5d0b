# SPDX-License-Identifier: GPL-2.0-or-later
"""Owners and installers come in from the local network only, unless the configuration says more."""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import office
import pytest

from firmware.store.access import Access
from firmware.store.config_db import ConfigDb
from webui import locality
from webui.app import make_app
from webui.box import Box

Ask = Callable[..., tuple[int, str]]


@pytest.fixture
def ask(box: Box) -> Ask:
    """`ask(path, address, secret)`: status and text. Keywords become the environ's."""
    app = make_app(box)

    def ask(path: str, address: str, secret: str = "", token: str = "", **more: str) -> tuple[int, str]:
        said: list[str] = []
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "box", "SERVER_PORT": "80",
            "wsgi.input": BytesIO(), "wsgi.errors": sys.stderr, "wsgi.url_scheme": "http", "REMOTE_ADDR": address,
            "HTTP_COOKIE": f"tipring_session={secret}",
        }  # fmt: skip
        if token:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        body = b"".join(app(environ | more, lambda status, headers, exc_info=None: said.append(status)))
        return int(said[0][:3]), body.decode()

    return ask


@pytest.fixture
def session(state: Path) -> Callable[[str], str]:
    """The secret of a session of a role."""
    access = Access(state)

    def session(role: str) -> str:
        return access.open_session(access.create_user(f"{role}-here", "harbour lamp seagull", role))

    return session


@pytest.mark.parametrize(
    ("address", "is_local"),
    [
        ("127.0.0.1", True), ("::1", True), ("10.1.2.3", True), ("172.31.255.255", True), ("192.168.1.20", True),
        ("169.254.7.7", True), ("fe80::1%eth0", True), ("fd12:3456::1", True), ("::ffff:192.168.1.20", True),
        ("172.32.0.1", False), ("203.0.113.7", False), ("100.64.0.1", False), ("2001:db8::1", False),
        ("::ffff:203.0.113.7", False), ("", False), ("nonsense", False),
    ],
)  # fmt: skip
def test_which_addresses_are_local(address: str, is_local: bool) -> None:
    assert locality.is_within(address, locality.LOCAL) is is_local


@pytest.mark.parametrize("role", ["admin", "installer"])
def test_who_sets_the_box_up_is_kept_out_from_elsewhere_with_a_sentence(
    ask: Ask, session: Callable[[str], str], token: Callable[[str], str], role: str, box: Box
) -> None:
    secret = session(role)
    assert ask("/settings", "192.168.1.20", secret)[0] == 200
    for path in ("/settings", "/", "/calls", "/login"):
        status, text = ask(path, "203.0.113.7", secret)
        assert status == 403
        assert "from the local network only" in text
        assert "Log out" not in text  # nothing of the session's frame
    status, text = ask("/api/v1/calls", "203.0.113.7", token=token(role))
    assert status == 403
    assert '"not_local"' in text
    entry = box.access_log.entries(1)[0]
    assert (entry.what, entry.who, entry.address) == ("far_away", f"{role}-here", "203.0.113.7")


@pytest.mark.parametrize("role", ["supervisor", "agent", "readonly"])
def test_everybody_else_comes_from_everywhere(ask: Ask, session: Callable[[str], str], role: str) -> None:
    assert ask("/calls", "203.0.113.7", session(role))[0] == 200


def test_the_set_up_link_works_in_the_local_network_only(ask: Ask) -> None:
    assert ask("/setup", "203.0.113.7")[0] == 403
    assert ask("/setup", "192.168.1.20")[0] == 303


def test_a_network_can_be_allowed(ask: Ask, session: Callable[[str], str], state: Path) -> None:
    ConfigDb(state).apply(office.DOCUMENT | {"web": {"admin_networks": ["203.0.113.0/24"]}}, "test")
    secret = session("admin")
    assert ask("/settings", "203.0.113.7", secret)[0] == 200
    assert ask("/settings", "198.51.100.1", secret)[0] == 403


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA"])
def test_a_header_makes_nobody_local(ask: Ask, session: Callable[[str], str], header: str) -> None:
    secret = session("admin")
    assert ask("/settings", "203.0.113.7", secret, **{header: "192.168.1.20"})[0] == 403
    assert ask("/settings", "127.0.0.1", secret, **{header: "192.168.1.20"})[0] == 403


def test_behind_a_proxy_everywhere_must_be_allowed(ask: Ask, session: Callable[[str], str], state: Path) -> None:
    ConfigDb(state).apply(office.DOCUMENT | {"web": {"admin_networks": ["0.0.0.0/0"]}}, "test")
    assert ask("/settings", "127.0.0.1", session("admin"), HTTP_X_FORWARDED_FOR="203.0.113.7")[0] == 200
