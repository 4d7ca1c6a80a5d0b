# SPDX-License-Identifier: GPL-2.0-or-later
"""The box's services, as systemd and its control socket show them."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from firmware.api import Control
from firmware.errors import Unavailable

STATE = Path("/var/lib/tipring")
SERVICES = ("core", "edge", "web", "uplink", "archive", "board")
LOOK_S = 0.5  # each look is a process or two; time in which nothing runs costs the host nothing


def shell(*words: str | Path, check: bool = True) -> str:
    """What a command prints. AssertionError with all of it when it fails."""
    done = subprocess.run(list(map(str, words)), capture_output=True, text=True, check=False, cwd="/")
    assert not check or not done.returncode, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


def shown(service: str, what: str) -> str:
    """A property of a service's unit."""
    return shell("systemctl", "show", "-P", what, f"tipring-{service}").strip()


def shown_of_all(what: str) -> dict[str, str]:
    """A property of each service's unit."""
    units = [f"tipring-{service}" for service in SERVICES]
    return dict(zip(SERVICES, shell("systemctl", "show", "-P", what, *units).split(), strict=True))


def restarted(before: dict[str, str]) -> bool:
    """Whether each service has another process than `before`, its MainPID."""
    return all(pid not in ("0", before[service]) for service, pid in shown_of_all("MainPID").items())


def all_up() -> bool:
    """Whether every service is, and the core answers."""
    return set(shown_of_all("ActiveState").values()) == {"active"} and answers()


def ask(method: str, **params: Any) -> Any:
    """The core's answer."""
    with Control(STATE / "control.sock", timeout_s=60) as control:
        return control.request(method, **params)


def configure(**tables: Any) -> None:
    """Other tables of the configuration in force; None takes one away."""
    document = ask("config.show")["document"] | tables
    ask("config.apply", document={name: table for name, table in document.items() if table is not None}, author="hil")


def answers() -> bool:
    """Whether the core does."""
    try:
        return bool(ask("ports"))
    except Unavailable:
        return False


def until(condition: Callable[[], bool], seconds: float, awaited: str, look_s: float = LOOK_S) -> float:
    """How long it took, in seconds of the guest. AssertionError after `seconds`."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"no {awaited} within {seconds:g} s"
        time.sleep(look_s)
    return time.monotonic() - began


def figure(name: str, value: float) -> None:
    """For docs/benchmarks.md: the host collects them."""
    with Path("/results/figures.txt").open("a") as file:
        file.write(f"{name} {value:g}\n")
