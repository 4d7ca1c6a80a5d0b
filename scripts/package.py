#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The Debian package: `.venv/bin/python scripts/package.py [FOLDER]` after `scripts/setup.py run`.

Everything that this checkout runs with, in /usr/lib/tipring, with byte code: pages, prompts, pjproject, the locked
Python packages. What systemd needs comes from firmware/system/, what dpkg runs from scripts/debian/.
"""

from __future__ import annotations

import compileall
import gzip
import hashlib
import os
import py_compile
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SYSTEM = ROOT / "firmware" / "system"
ROOMS = ("firmware", "drivers", "board", "webui")
NOT_SHIPPED = shutil.ignore_patterns(
    "__pycache__", "native", "build.py", "*.po", "*.pot", "*.c", "*.h", "*.o", "static", "lineaudio.so"
)
NOT_RUN = {"__pycache__", "test", "tests"}
BUILD_ONLY = ("pip", "setuptools")
LANGUAGES = re.compile(r"(root|en|zh).*\.dat")
UNUSED = ("babel/locale-data", "phonenumbers/geodata", "phonenumbers/carrierdata", "phonenumbers/tzdata")
COMPRESSION = os.environ.get("TIPRING_COMPRESSION", "-Zxz -z6").split()


def main(target: Path) -> Path:
    """Makes the package; its path. CalledProcessError, FileNotFoundError when the checkout was not set up."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target) as folder:
        tree = Path(folder)
        home = tree / "usr/lib/tipring"
        rooms(home)
        _packages(home / "packages")
        _native(home)
        system(tree)
        _documents(tree / "usr/share/doc/tipring")
        _compile(home)
        return _build(tree, target)


def version() -> str:
    """Of this checkout."""
    found = re.search(r'__version__ = "(.+)"', (ROOT / "firmware/__init__.py").read_text())
    assert found
    return found[1]


# ---- what is in it ------------------------------------------------------------------------------------


def rooms(home: Path) -> None:
    """Code, pages, prompts: what the services run, into /usr/lib/tipring."""
    for room in ROOMS:
        shutil.copytree(ROOT / room, home / room, ignore=NOT_SHIPPED)
    shutil.rmtree(home / SYSTEM.relative_to(ROOT))
    for built in ("sounds", "static"):
        shutil.copytree(ROOT / "build" / built, home / "build" / built)


def _packages(target: Path) -> None:
    """The locked ones, as they are in the virtual environment."""
    names = re.findall(r"^([\w.-]+)==", (ROOT / "requirements/run.txt").read_text(), re.MULTILINE)
    for name in names:
        if name not in BUILD_ONLY:
            _distribution(name, target)
    for folder in UNUSED:
        for path in sorted((target / folder).glob("*")):
            if path.is_file() and not LANGUAGES.fullmatch(path.name) and path.name != "__init__.py":
                path.unlink()


def _distribution(name: str, target: Path) -> None:
    found = distribution(name)
    for file in found.files or ():
        if ".." in file.parts or file.suffix in (".pyc", ".pyi", ".c", ".h") or NOT_RUN & set(file.parts):
            continue
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(str(found.locate_file(file)), target / file)


def _native(home: Path) -> None:
    """pjproject beside us: our module finds it by its own place, as pjsua2's does."""
    import pjsua2  # type: ignore[import-not-found,unused-ignore]

    prefix = Path(pjsua2.__file__).parent.parent
    (home / "lib").mkdir()
    for library in sorted((prefix / "lib").glob("*.so.2")):
        shutil.copy(library, home / "lib")
    for part in (prefix / "python").iterdir():
        if part.is_file():
            shutil.copy(part, home / "packages")
    module = next((home / "drivers/lineaudio").glob("_lineaudio.*.so"))
    _run("patchelf", "--force-rpath", "--set-rpath", "$ORIGIN/../../lib", module)
    for library in (module, *home.glob("lib/*.so.2"), *home.glob("packages/_pjsua2*.so")):
        _run("strip", "--strip-unneeded", library)


def system(tree: Path) -> None:
    """What systemd, udev and the shell find, into /."""
    places = {
        "environment": "usr/lib/tipring/environment",
        "nftables.conf": "usr/lib/tipring/nftables.conf",
        "default": "etc/default/tipring",
        "sysusers.conf": "usr/lib/sysusers.d/tipring.conf",
        "tmpfiles.conf": "usr/lib/tmpfiles.d/tipring.conf",
        "udev.rules": "lib/udev/rules.d/60-tipring.rules",
        "journald.conf": "usr/lib/systemd/journald.conf.d/tipring.conf",
    }
    for name, place in places.items():
        (tree / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SYSTEM / name, tree / place)
    shutil.copytree(SYSTEM / "units", tree / "lib/systemd/system")
    for name, place in (("tipring", "usr/bin/tipring"), ("10-ssh.nft", "etc/tipring/firewall.d/10-ssh.nft")):
        (tree / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "scripts/debian" / name, tree / place)
    units = sorted(path for path in (SYSTEM / "units").iterdir() if path.is_file())
    started = [path.name for path in units if "[Install]" in path.read_text()]
    (tree / "usr/lib/tipring/units").write_text("\n".join(started) + "\n")


def _documents(target: Path) -> None:
    shutil.copytree(ROOT / "docs", target, ignore=shutil.ignore_patterns("images"))
    shutil.copy(ROOT / "scripts/debian/copyright", target)
    entry = f"tipring ({version()}) stable; urgency=medium\n\n  * See the commits.\n"
    with gzip.GzipFile(target / "changelog.gz", "wb", mtime=0) as log:
        log.write(entry.encode())


def _compile(home: Path) -> None:
    """Byte code that Python takes without looking at the source: dpkg keeps both together."""
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    done = compileall.compile_dir(
        home, quiet=1, stripdir=str(home.parents[2]), prependdir="/", invalidation_mode=unchecked
    )
    assert done, "the byte code cannot be made"


# ---- the archive --------------------------------------------------------------------------------------


def _build(tree: Path, target: Path) -> Path:
    control = tree / "DEBIAN"
    shutil.copytree(ROOT / "scripts/debian", control, ignore=shutil.ignore_patterns("tipring", "*.nft", "copyright"))
    sums = "".join(f"{_md5(path)}  {path.relative_to(tree)}\n" for path in _files(tree))
    (control / "md5sums").write_text(sums)
    size = sum(path.lstat().st_size for path in _files(tree)) // 1024
    filled = (control / "control").read_text().replace("@VERSION@", version()).replace("@SIZE@", str(size))
    (control / "control").write_text(filled.replace("@ARCHITECTURE@", _run("dpkg", "--print-architecture").strip()))
    for path in (tree, *tree.rglob("*")):
        path.chmod(
            0o755 if path.is_dir() or path.name in ("preinst", "postinst", "prerm", "postrm", "tipring") else 0o644
        )
    _run("dpkg-deb", "--root-owner-group", *COMPRESSION, "--build", tree, target)
    return next(target.glob(f"tipring_{version()}_*.deb"))


def _files(tree: Path) -> Iterator[Path]:
    return (path for path in sorted(tree.rglob("*")) if path.is_file() and "DEBIAN" not in path.parts)


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def _run(*words: str | Path) -> str:
    return subprocess.run(list(map(str, words)), check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    os.umask(0o022)
    print(main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build")))
