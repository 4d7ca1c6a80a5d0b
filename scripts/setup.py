#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Installs and builds everything that `make run` and `make test` need; a second time it has nothing to do.

    python3 scripts/setup.py run | dev

Standard library only: it runs before anything is installed. Each step says what it does, and what to do when it
fails; what it prints otherwise goes to build/setup.log.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = BUILD / "setup.log"
CACHE = Path(
    os.environ.get("TIPRING_CACHE") or Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "tipring"
)

APT_RUN = """
    build-essential pkg-config python3-dev python3-venv swig libspandsp-dev libssl-dev libsrtp2-dev libopus-dev
    libogg0 libspeex-dev libspeexdsp-dev libasound2-dev libgsm1-dev uuid-dev npm curl espeak-ng
    asterisk-moh-opsound-wav dpkg-dev openssl kamailio kamailio-sqlite-modules kamailio-tls-modules
    kamailio-websocket-modules kamailio-presence-modules patchelf
"""
APT_DEV = (
    "sip-tester baresip linphone-cli sipvicious chromium fonts-noto-cjk pebble systemd nftables mmdebstrap e2fsprogs "
    "rauc squashfs-tools dbus-daemon age openssh-server gnupg fdisk dosfstools"
)
COMMANDS = {"npm": "npm", "pkg-config": "pkg-config"}  # packages whose command may come from elsewhere


class StepFailed(Exception):
    """What failed, and how to mend it."""


def say(text: str) -> None:
    """A line of progress."""
    print(f"setup: {text}", flush=True)


def run(command: Sequence[str | Path], *, on_line: Callable[[str], None] | None = None, **options: object) -> None:
    """Runs a command, its output into the log. StepFailed with the end of it."""
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(map(str, command))}\n")
        process = subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT,
            **options,  # type: ignore[call-overload]
        )  # fmt: skip
        last: list[str] = []
        for line in process.stdout or ():
            log.write(line)
            last = [*last[-14:], line.rstrip()]
            if on_line:
                on_line(line.rstrip())
    if process.wait():
        raise StepFailed("\n".join([*last, f"(`{' '.join(map(str, command))}` failed; all of it is in {LOG})"]))


def stamp(name: str, *inputs: Path | str) -> tuple[Path, str]:
    """The file that says a step is done, and what it must contain: a digest of what the step depends on."""
    digest = hashlib.sha256()
    for item in inputs:
        digest.update(item.read_bytes() if isinstance(item, Path) else item.encode())
        digest.update(b"\0")
    return BUILD / f".{name}.done", digest.hexdigest()


def once(
    name: str, inputs: Sequence[Path | str], what: str, how: Callable[[], None], products: Sequence[Path] = ()
) -> None:
    """Does a step unless it was done with the same inputs and its products are there."""
    file, digest = stamp(name, *inputs)
    if file.exists() and file.read_text() == digest and all(product.exists() for product in products):
        return
    say(f"{what} …")
    began = time.monotonic()
    how()
    file.write_text(digest)
    say(f"{what}: done in {time.monotonic() - began:.0f} s")


# ---- steps -----------------------------------------------------------------------------------------


def installed(package: str) -> bool:
    """True when the package, or the command that we want of it, is there."""
    if package in COMMANDS and shutil.which(COMMANDS[package]):
        return True
    done = subprocess.run(["dpkg-query", "-W", "-f=${Status}", package], capture_output=True, text=True)
    return done.stdout == "install ok installed"


def apt(kind: str) -> None:
    """Debian's packages: installed when we may, else named."""
    wanted = (APT_RUN + (APT_DEV if kind == "dev" else "")).split()
    missing = [package for package in wanted if not installed(package)]
    if not missing:
        return
    line = f"apt-get install --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0:
        raise StepFailed(f"These Debian packages are missing. Install them, then run make again:\n\n    sudo {line}\n")
    say(f"installing {len(missing)} Debian packages: {' '.join(missing)} …")
    keep_kamailio_from_starting(missing)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-q"], env=environment)
    run(["apt-get", "install", "-q", "-y", "--no-install-recommends", *missing], env=environment)


def keep_kamailio_from_starting(missing: Sequence[str]) -> None:
    """Debian starts it with an example configuration on the ports that ours needs; one that was here is left alone."""
    unit = Path("/etc/systemd/system/kamailio.service")
    if "kamailio" in missing and not unit.exists() and not unit.is_symlink():
        unit.parent.mkdir(parents=True, exist_ok=True)
        unit.symlink_to("/dev/null")  # what `systemctl mask` does


def venv(kind: str) -> None:
    """The virtual environment with locked packages, and this checkout in it."""
    lock = ROOT / "requirements" / f"{kind}.txt"

    def make() -> None:
        if not PYTHON.exists():
            run(["/usr/bin/python3", "-m", "venv", VENV])
        pip = [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        run([*pip, "--require-hashes", "-r", lock])
        run([*pip, "--no-deps", "--no-build-isolation", "-e", ROOT])

    once(f"venv-{kind}", [lock, ROOT / "pyproject.toml", str(ROOT)], "installing Python packages", make, [PYTHON])


def pjproject() -> Path:
    """pjproject, built once for all checkouts."""
    sys.path.insert(0, str(ROOT / "scripts"))
    from pjproject.cache import ensure

    try:
        prefix = ensure(CACHE, say, run)
    except OSError as error:
        raise StepFailed(f"{error}\nThe cache is {CACHE}; set TIPRING_CACHE to put it elsewhere.") from error
    site = subprocess.run(
        [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    pth = Path(site.stdout.strip()) / "pjsua2.pth"
    if not pth.exists() or pth.read_text() != f"{prefix / 'python'}\n":
        pth.write_text(f"{prefix / 'python'}\n")
    return prefix


def lineaudio(prefix: Path) -> None:
    """The native audio."""
    folder = ROOT / "drivers" / "lineaudio"
    sources = sorted((folder / "native").glob("*.[ch]"))
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    once(
        "lineaudio", [*sources, folder / "build.py", str(prefix)], "compiling the native audio",
        lambda: run([PYTHON, folder / "build.py", prefix]), [folder / f"_lineaudio{suffix}"],
    )  # fmt: skip


def pages() -> None:
    """What the pages need: npm packages and message catalogs."""
    once(
        "npm", [ROOT / "package.json", ROOT / "package-lock.json"], "installing npm packages for the pages",
        lambda: run(["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]), [ROOT / "node_modules"],
    )  # fmt: skip
    static = sorted((ROOT / "webui" / "static").iterdir())
    once(
        "assets", [*static, ROOT / "webui" / "assets.py", ROOT / "package-lock.json"], "copying files for the pages",
        lambda: run([PYTHON, "-m", "webui.assets"]), [BUILD / "static" / "manifest.json"],
    )  # fmt: skip
    written = sorted((ROOT / "webui" / "locale").rglob("*.po"))
    compiled = [
        ROOT / room / "locale" / path.parent.relative_to(ROOT / "webui" / "locale") / f"{domain}.mo"
        for path in written
        for room, domain in (("webui", "tipring"), ("firmware", "sentences"))
    ]
    once(
        "catalogs", [*written, ROOT / "firmware" / "sentences.py"], "compiling message catalogs",
        lambda: run([PYTHON, "-m", "webui.locale"]), compiled,
    )  # fmt: skip


def sounds() -> None:
    """Prompts and music."""
    script, target = ROOT / "scripts" / "sounds.py", BUILD / "sounds"
    prompts = ROOT / "firmware" / "prompts"
    once(
        "sounds",
        [script, *(prompts / name for name in ("wav.py", "speech.py", "system/en.toml", "system/zh.toml"))],
        "making prompts and music",
        lambda: run([sys.executable, script, target]),
        [target / "music.wav"],
    )


def main(kind: str) -> int:
    """0 when everything is there; else 1, with the step that failed and how to mend it."""
    BUILD.mkdir(exist_ok=True)
    step = ""
    try:
        for step, action in (
            ("Debian packages", lambda: apt(kind)),
            ("Python packages", lambda: venv(kind)),
            ("pjproject and the native audio", lambda: lineaudio(pjproject())),
            ("pages", pages),
            ("sounds", sounds),
        ):
            action()
    except StepFailed as failed:
        print(f"\nsetup: the step “{step}” failed.\n{failed}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
