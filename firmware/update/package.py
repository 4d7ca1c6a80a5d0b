# SPDX-License-Identifier: GPL-2.0-or-later
"""The way of a Debian machine: apt. Its archives are signed, it compares versions, and it takes one back when told."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from firmware.update.errors import UpdateFailed
from firmware.update.methods import PACKAGE_NAME

_VERSIONS = re.compile(r"^\s+(Installed|Candidate): (.+)$", re.MULTILINE)
_STATUS = re.compile(r"^(?:dl|pm)status:[^:]*:([\d.]+):")  # apt's README.progress-reporting
LIMIT_S = 1800.0


@dataclass(frozen=True, slots=True)
class Package:
    """`options` come first in each call of apt; `name` is the package."""

    options: Sequence[str] = ()
    name: str = PACKAGE_NAME

    def look(self) -> tuple[str, str]:
        """The version that is installed, and the one that the archives have. UpdateFailed."""
        self._run("apt-get", "update", "-q")
        found = dict(_VERSIONS.findall(self._run("apt-cache", "policy", self.name)))
        if "(none)" in (found.get("Installed", "(none)"), found.get("Candidate", "(none)")):
            raise UpdateFailed(f"No archive has the package {self.name}. See /etc/apt.", code="no_updates")
        return found["Installed"], found["Candidate"]

    def install(self, version: str, told: Callable[[int], None]) -> None:
        """That version, older or newer; `told` is called with percent. UpdateFailed."""
        command = ["apt-get", *self.options, "install", "-q", "-y", "--allow-downgrades", "-o", "APT::Status-Fd=1",
                   "-o", "Dpkg::Options::=--force-confold", f"{self.name}={version}"]  # fmt: skip
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=_environment()
        ) as process:  # fmt: skip
            assert process.stdout
            lines = []
            for line in process.stdout:
                lines.append(line)
                if percent := _STATUS.match(line):
                    told(round(float(percent[1])))
        if process.returncode:
            raise UpdateFailed(f"It could not be installed: {_reason(lines)}. Try again.", code="not_installed")

    def finish(self) -> None:
        """What dpkg was in the middle of. UpdateFailed."""
        self._run("apt-get", "install", "-q", "-y", "-f")

    def _run(self, command: str, *arguments: str) -> str:
        try:
            done = subprocess.run(
                [command, *self.options, *arguments], capture_output=True, text=True, timeout=LIMIT_S, check=False,
                env=_environment(),
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UpdateFailed(f"{command} does not answer: {error}.", code="no_updates") from error
        if done.returncode:
            raise UpdateFailed(f"{command}: {_reason(done.stderr.splitlines())}.", code="not_downloaded")
        return done.stdout


def _environment() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}


def _reason(lines: Sequence[str]) -> str:
    wrong = [line.strip() for line in lines if line.startswith(("E:", "dpkg: error"))]
    return (wrong or [line.strip() for line in lines if line.strip()] or ["it says nothing"])[-1].rstrip(".")
