# SPDX-License-Identifier: GPL-2.0-or-later
"""The web service in this process, on loopback, with a core that speaks the real control protocol."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import office
import pytest
from fake_bench import FakeBench
from fake_core import FakeCore
from web_client import Browser
from web_service import PASSWORD, serve, wait_until

from firmware.store.access import Access
from firmware.store.config_db import ConfigDb
from firmware.store.history import History
from webui.box import Box
from webui.server import Server


@pytest.fixture(scope="session")
def blank_state() -> Iterator[Path]:
    """A state directory as it is after migrations and the first configuration; copied for each test."""
    with tempfile.TemporaryDirectory(prefix="tip") as folder:  # short: a Unix socket's path has at most 107 bytes
        state = Path(folder)
        ConfigDb(state).apply(office.DOCUMENT, "test")
        History(state / "history.db").close()
        yield state


@pytest.fixture
def new_state(blank_state: Path) -> Iterator[Path]:
    """A box without an owner."""
    with tempfile.TemporaryDirectory(prefix="tip") as folder:
        shutil.copytree(blank_state, folder, dirs_exist_ok=True)
        yield Path(folder)


@pytest.fixture
def state(new_state: Path) -> Path:
    """A box with its owner."""
    access = Access(new_state)
    access.set_up(access.create_setup_link(), "owner", PASSWORD)
    return new_state


@pytest.fixture
def core(state: Path) -> Iterator[FakeCore]:
    with FakeCore(state, office.status()) as core:
        yield core


@pytest.fixture
def bench(state: Path) -> Iterator[FakeBench]:
    with FakeBench(state) as bench:
        yield bench


@pytest.fixture
def served(state: Path) -> Iterator[tuple[Box, Server]]:
    """The web service without a core."""
    yield from serve(state)


@pytest.fixture
def box(served: tuple[Box, Server]) -> Box:
    return served[0]


@pytest.fixture
def url(served: tuple[Box, Server]) -> str:
    return served[1].url


@pytest.fixture
def live_url(core: FakeCore, url: str, box: Box) -> str:
    """The address of a web service that has heard the core."""
    core.await_subscriber()
    wait_until(lambda: box.live.up)
    return url


@pytest.fixture
def token(state: Path) -> Callable[[str], str]:
    """A bearer token of a role."""
    access = Access(state)
    return lambda role: access.create_token(role, role)


@pytest.fixture
def visitor(url: str) -> Browser:
    """A browser that is not logged in."""
    return Browser(url)


@pytest.fixture
def owner(visitor: Browser) -> Browser:
    """The owner's browser, logged in through the form."""
    answer = visitor.submit("/login", name="owner", password=PASSWORD)
    assert answer.status == 303, answer.text
    return visitor


@pytest.fixture
def chromium() -> Iterator[Any]:
    """Debian's, for what only a browser can tell."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def alice(live_url: str, state: Path, visitor: Browser) -> Browser:
    """Alice, who is an agent, has logged in to the web."""
    Access(state).create_user("alice", PASSWORD, "agent")
    assert visitor.submit("/login", name="alice", password=PASSWORD).status == 303
    return visitor
