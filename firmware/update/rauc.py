# SPDX-License-Identifier: GPL-2.0-or-later
"""The way of an image box: RAUC writes the slot that does not run (docs/update.md). By its command line, whose service
does the work as root."""

from __future__ import annotations

import configparser
import json
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from firmware.update.errors import UpdateFailed

SYSTEM_CONF = Path("/etc/rauc/system.conf")
ASK_S = 60.0  # a check reads the whole bundle
_PERCENT = re.compile(r"\s*(\d{1,3})% ")
_REASON = re.compile(r"(?:LastError: |error: |Error: )(.+)")


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a bundle says of itself, its signature checked."""

    compatible: str
    version: str


@dataclass(frozen=True, slots=True)
class Slots:
    """By bootname: which one runs, which one the next start takes, and which ones are good."""

    booted: str
    next: str
    good: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rauc:
    """`environment` is added to that of its processes."""

    conf: Path = SYSTEM_CONF
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def compatible(self) -> str:
        """For which bundles this box is. UpdateFailed."""
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        try:
            parser.read_string(self.conf.read_text())
            return parser["system"]["compatible"]
        except (OSError, configparser.Error, KeyError) as error:
            raise UpdateFailed(f"{self.conf} cannot be used: {error}.", code="no_updates") from error

    def bundle(self, file: Path) -> Bundle:
        """UpdateFailed: `bad_signature` when no trusted maker signed it, `bad_bundle` when it is damaged."""
        done = self._run("info", "--output-format=json", str(file))
        if done.returncode:
            raise _refused(file, _reason(done.stderr))
        said = json.loads(done.stdout[done.stdout.index("{") :])
        return Bundle(said["compatible"], said["version"] or "")

    def install(self, file: Path, told: Callable[[int], None]) -> None:
        """Into the slot that does not run; the next start takes it. `told` is called with percent. UpdateFailed."""
        command = ["rauc", f"--conf={self.conf}", "install", "--progress", str(file)]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=self._environment()
        ) as process:  # fmt: skip
            assert process.stdout
            lines = []
            for line in process.stdout:
                lines.append(line)
                if percent := _PERCENT.match(line):
                    told(int(percent[1]))
        if process.returncode:
            reason = _reason("".join(lines))
            raise UpdateFailed(f"It could not be installed: {reason}. Try again.", code="not_installed")

    def slots(self) -> Slots:
        """UpdateFailed when RAUC does not answer."""
        said: dict[str, Any] = json.loads(self._asked("status", "--output-format=json"))
        slots = {name: slot for item in said["slots"] for name, slot in item.items() if slot["bootname"]}
        good = frozenset(slot["bootname"] for slot in slots.values() if slot["boot_status"] == "good")
        return Slots(said["booted"], slots[said["boot_primary"]]["bootname"] if said["boot_primary"] else "", good)

    def mark(self, state: str) -> None:
        """The slot that runs is `good`, or `bad`: then the next start takes the other one. UpdateFailed."""
        self._asked("status", f"mark-{state}")

    def _asked(self, *arguments: str) -> str:
        done = self._run(*arguments)
        if done.returncode:
            raise UpdateFailed(f"RAUC does not answer: {_reason(done.stderr)}.", code="no_updates")
        return done.stdout

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["rauc", f"--conf={self.conf}", *arguments]
        try:
            return subprocess.run(
                command, capture_output=True, text=True, timeout=ASK_S, check=False, env=self._environment()
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UpdateFailed(f"RAUC does not answer: {error}.", code="no_updates") from error

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "LC_ALL": "C", **self.environment}


def _reason(said: str) -> str:
    """The last thing that it said of an error."""
    found = _REASON.findall(said)
    return str(found[-1] if found else (said.strip().splitlines() or ["it says nothing"])[-1]).strip().rstrip(".")


def _refused(file: Path, reason: str) -> UpdateFailed:
    if re.search("signature verification|certificate|signer|Verify", reason, re.IGNORECASE):
        message = f"{file.name} is not signed by a maker that this box trusts: {reason}. Nothing was changed."
        return UpdateFailed(message, code="bad_signature")
    message = f"{file.name} is damaged, or no update: {reason}. Download it again."
    return UpdateFailed(message, code="bad_bundle")
