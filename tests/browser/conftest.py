# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole box with a simulated card and its bench, and Debian's Chromium in front of it."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
PASSWORD = "harbour lamp seagull"
START_S = 60
STOP_S = 8
FLAGS = [
    "--no-sandbox",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--no-pings",
]


@dataclass(frozen=True)
class RunningBox:
    """`tipring up`, and what it said when it was ready."""

    state: Path
    ready: dict[str, str]
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return self.ready["web"]


@pytest.fixture
def box() -> Iterator[RunningBox]:
    """A fresh box of two lines and four phones, with the bench that plays their far ends."""
    yield from _running("--bench")


@pytest.fixture
def bare_box() -> Iterator[RunningBox]:
    """The same with nothing plugged in."""
    yield from _running()


def _running(*arguments: str) -> Iterator[RunningBox]:
    with tempfile.TemporaryDirectory(prefix="tip") as folder:  # short: a Unix socket's path has at most 107 bytes
        state = Path(folder)
        with (state / "log").open("wb") as log:
            process = _start(state, log, *arguments)
            try:
                yield RunningBox(state, _ready(process, state / "log"), process)
            finally:
                _stop(process)
                print((state / "log").read_text(errors="replace")[-6000:])  # seen when the test fails


def _start(state: Path, log: Any, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "firmware.cli", "up", "--state", str(state), "--card", "sim:fxo=2,fxs=4"]
    command += ["--web", "127.0.0.1:0", "--sip", "127.0.0.1:0", *arguments]
    environment = os.environ | {"TIPRING_LOG": "INFO"}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log)


def _ready(process: subprocess.Popen[bytes], log: Path) -> dict[str, str]:
    """The ready line, within `START_S`."""
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    assert process.stdout is not None
    threading.Thread(target=lambda out: lines.put(out.readline()), args=(process.stdout,), daemon=True).start()
    try:
        line = lines.get(timeout=START_S)
    except queue.Empty:
        line = b""
    assert line, f"the box did not come up:\n{log.read_text()[-4000:]}"
    ready: dict[str, str] = json.loads(line)
    return ready


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=STOP_S)
    if process.stdout is not None:
        process.stdout.close()


@pytest.fixture(scope="module")  # ends before the next module: playwright runs a loop of its own in this thread
def chromium() -> Iterator[Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_context(chromium: Any) -> Iterator[Callable[..., BrowserContext]]:
    """Browser profiles; every error on a page's console fails the test that caused it."""
    opened: list[BrowserContext] = []
    errors: list[str] = []

    def new_context(**options: Any) -> BrowserContext:
        context: BrowserContext = chromium.new_context(
            locale="en-US", viewport={"width": 1280, "height": 900}, **options
        )
        context.set_default_timeout(20_000)
        context.on("weberror", lambda error: errors.append(str(error.error)))
        context.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        opened.append(context)
        return context

    yield new_context
    for context in opened:
        context.close()
    assert errors == []


@pytest.fixture
def owner(box: RunningBox, new_context: Callable[..., BrowserContext]) -> Page:
    """The owner's browser: the set-up link opened, the password set."""
    page = new_context().new_page()
    page.goto(box.ready["setup"])
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("The same again").fill(PASSWORD)
    page.get_by_role("button", name="Set password and begin").click()
    page.wait_for_url(f"{box.url}/wizard")
    page.goto(box.url)
    return page
