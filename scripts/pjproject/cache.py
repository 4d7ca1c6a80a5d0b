# SPDX-License-Identifier: GPL-2.0-or-later
"""pjproject in a cache outside the checkout, one for each version and set of settings.

The source comes from, in this order: the file PJPROJECT_TARBALL, Debian's source package of asterisk (which
carries pjproject as a component), the upstream release.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Callable
from pathlib import Path

VERSION = "2.17"
UPSTREAM = f"https://github.com/pjsip/pjproject/archive/refs/tags/{VERSION}.tar.gz"
SUITES = ("sid", "forky")
HERE = Path(__file__).resolve().parent
PYTHON = "/usr/bin/python3"

Say = Callable[[str], None]
Run = Callable[..., None]


def ensure(cache: Path, say: Say, run: Run) -> Path:
    """The prefix of a built pjproject. What fails is raised by `run`, or as an OSError."""
    prefix = cache / f"pjproject-{VERSION}-{_key()}"
    if (prefix / "complete").exists():
        return prefix
    cache.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(prefix, ignore_errors=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        source = _source(Path(folder), say, run)
        say(f"building pjproject {VERSION} (once, two to eight minutes) …")

        def progress(line: str) -> None:
            if line.startswith("@ "):
                say(f"  pjproject {line[2:]}")

        run([HERE / "build.sh", source, prefix, PYTHON], on_line=progress)
    (prefix / "complete").touch()
    return prefix


def _key() -> str:
    digest = hashlib.sha256()
    for name in ("config_site.h", "edits.sh", "build.sh"):
        digest.update((HERE / name).read_bytes())
    digest.update(f"{sysconfig.get_platform()} {sysconfig.get_python_version()}".encode())
    return digest.hexdigest()[:12]


def _source(folder: Path, say: Say, run: Run) -> Path:
    given = os.environ.get("PJPROJECT_TARBALL")
    if given:
        return Path(given).resolve(strict=True)
    say(f"fetching the source of pjproject {VERSION} …")
    for suite in SUITES:
        found = _from_debian(folder, suite)
        if found:
            return found
    target = folder / "pjproject.tar.gz"
    run(["curl", "-fsSL", "-o", target, UPSTREAM])
    return target


def _from_debian(folder: Path, suite: str) -> Path | None:
    """The component of Debian's source package, checked by apt against the archive's signature."""
    archive = _archive()
    if not archive:
        return None
    sources = folder / f"{suite}.sources"
    sources.write_text(
        f"Types: deb-src\nURIs: {archive}\nSuites: {suite}\n"
        "Components: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    )
    (folder / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    options = [
        "-q", "-o", f"Dir::Etc::sourcelist={sources}", "-o", "Dir::Etc::sourceparts=/dev/null",
        "-o", f"Dir::State::lists={folder / 'lists'}", "-o", "Acquire::Check-Valid-Until=false",
        "-o", "APT::Sandbox::User=root",
    ]  # fmt: skip
    for command in (["update"], ["source", "--download-only", "asterisk"]):
        done = subprocess.run(["apt-get", *options, *command], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            return None
    return next(folder.glob("asterisk_*.orig-Xpjproject.tar.xz"), None)


def _archive() -> str | None:
    """Where this machine gets Debian from, by its own list of sources."""
    for name, pattern in (
        ("sources.list.d/debian.sources", r"^URIs:\s*(\S+)"),
        ("sources.list", r"^deb\s+(?:\[.*\]\s+)?(\S+)"),
    ):
        file = Path("/etc/apt") / name
        found = re.search(pattern, file.read_text(), re.MULTILINE) if file.exists() else None
        if found:
            return found[1]
    return None
