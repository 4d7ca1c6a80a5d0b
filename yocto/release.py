#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Packs the product for the image: `python3 yocto/release.py [FOLDER]`, FOLDER/tipring.tar.gz, after `make setup`.

Rooms as they are in git, with what the setup made of them: static files of the pages, message catalogs, prompts and
music. The same checkout gives the same bytes.
"""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("firmware", "drivers", "board", "webui", "scripts/debian")
MADE = ("build/static", "build/sounds")
SUFFIXES_LEFT_OUT = {".po", ".pot", ".pyc"}


class NotMade(Exception):
    """Something that the setup makes is not there."""


def files(root: Path) -> Iterator[Path]:
    """What the archive holds, relative to the checkout. NotMade before the setup."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *ROOMS],
        cwd=root, check=True, capture_output=True, text=True,
    ).stdout.split("\n")  # fmt: skip
    yield from (path for path in map(Path, filter(None, listed)) if (root / path).is_file())
    catalogs = sorted(path for room in ("webui", "firmware") for path in (root / room / "locale").rglob("*.mo"))
    for folder in MADE:
        made = sorted(path for path in (root / folder).rglob("*") if path.is_file())
        if not made or not catalogs:
            raise NotMade(f"{root / folder} or the message catalogs are not made. Run `make setup` first.")
        yield from (path.relative_to(root) for path in made)
    yield from (path.relative_to(root) for path in catalogs)


def pack(root: Path, folder: Path) -> Path:
    """Writes the archive; its path. NotMade before the setup."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path in sorted(set(files(root))):
            if path.suffix in SUFFIXES_LEFT_OUT:
                continue
            info = tarfile.TarInfo(f"tipring/{path}")
            info.size = (root / path).stat().st_size
            info.mode = 0o755 if (root / path).stat().st_mode & 0o100 else 0o644
            with (root / path).open("rb") as file:
                archive.addfile(info, file)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "tipring.tar.gz"
    target.write_bytes(gzip.compress(content.getvalue(), 6, mtime=0))
    return target


if __name__ == "__main__":
    try:
        print(pack(ROOT, Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "release"))
    except NotMade as error:
        sys.exit(str(error))
