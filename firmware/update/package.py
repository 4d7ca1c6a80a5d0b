# SPDX-License-Identifier: GPL-2.0-or-later
"""The way of a Debian machine: apt. Its archives are signed, it compares versions, and it takes one back when told."""

from __future__ import annotations

import logging
import os
import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from firmware.update.errors import UpdateFailed
from firmware.update.methods import PACKAGE_NAME

log = logging.getLogger("updater")

_VERSIONS = re.compile(r"^\s+(Installed|Candidate): (.+)$", re.MULTILINE)
_STATUS = re.compile(r"^(?:dl|pm)status:[^:]*:([\d.]+):")  # apt's README.progress-reporting
LIMIT_S = 1800.0


@dataclass(frozen=True, slots=True)
class Package:
    """`name` is the package."""

    name: str = PACKAGE_NAME

    def look(self) -> tuple[str, str]:
        """The version that is installed, and the one that the archives have. UpdateFailed."""
        self._run("apt-get", "update", "-q", "--error-on=any")
        found = self._versions()
        if "(none)" in (found.get("Installed", "(none)"), found.get("Candidate", "(none)")):
            raise UpdateFailed(f"No archive has the package {self.name}. See /etc/apt.", code="no_updates")
        return found["Installed"], found["Candidate"]

    def installed(self) -> str:
        """The version that is installed, be it in part. UpdateFailed."""
        return self._versions().get("Installed", "")

    def _versions(self) -> dict[str, str]:
        return dict(_VERSIONS.findall(self._run("apt-cache", "policy", self.name)))

    def keep(self, version: str, folder: Path) -> None:
        """A copy of that version, with which `install` needs no archive. UpdateFailed when no archive has it."""
        folder.mkdir(parents=True, exist_ok=True)
        if not self._copy(version, folder):
            self._run("apt-get", "download", "-q", f"{self.name}={version}", folder=folder)

    def forget_others(self, version: str, folder: Path) -> None:
        """Copies of other versions are deleted."""
        kept = self._copy(version, folder)
        for copy in folder.glob("*.deb"):
            if copy != kept:
                copy.unlink()

    def _copy(self, version: str, folder: Path) -> Path | None:
        """apt writes the colon of an epoch as %3a."""
        return next(folder.glob(f"{self.name}_{version.replace(':', '%3a')}_*.deb"), None)

    def install(self, version: str, told: Callable[[int], None], copies: Path | None = None) -> None:
        """That version, older or newer, from `copies` if it is there; `told` is called with percent. UpdateFailed."""
        copy = self._copy(version, copies) if copies else None
        command = ["apt-get", "install", "-q", "-y", "--allow-downgrades", "-o", "APT::Status-Fd=1",
                   "-o", "Dpkg::Options::=--force-confold", str(copy or f"{self.name}={version}")]  # fmt: skip
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
        """What dpkg was in the middle of. What cannot be finished is for `installed` to tell."""
        for command in (("dpkg", "--configure", "-a"), ("apt-get", "install", "-q", "-y", "-f")):
            try:
                self._run(*command)
            except UpdateFailed as error:
                log.warning("%s", error)

    def _run(self, *command: str, folder: Path | None = None) -> str:
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=LIMIT_S, check=False, env=_environment(), cwd=folder
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UpdateFailed(f"{command[0]} does not answer: {error}.", code="no_updates") from error
        if done.returncode:
            reason = _reason(done.stderr.splitlines())
            raise UpdateFailed(f"apt refuses it: {reason}. Nothing was changed.", code="not_downloaded")
        return done.stdout


def _environment() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}


def _reason(lines: Sequence[str]) -> str:
    """What dpkg says, which takes two lines, else what apt says first."""
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("dpkg: error"):
            return f"{line.strip()} {after.strip()}".strip().rstrip(".")
    wrong = [line.strip() for line in lines if line.startswith("E:")]
    said = wrong[:1] or [line.strip() for line in lines if line.strip()] or ["it says nothing"]
    return said[-1].rstrip(".")
