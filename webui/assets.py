# SPDX-License-Identifier: GPL-2.0-or-later
"""Static files: our own and those of the npm packages, copied to `build/static` under names with a hash.

`python -m webui.assets` builds them, after `npm ci`. A name with a hash never changes its content, so
browsers keep it for ever; a compressed copy lies beside each file.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sys
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OWN = Path(__file__).parent / "static"
BUILT = ROOT / "build" / "static"
MANIFEST = "manifest.json"
FROM_NPM = {
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "sse.js": "htmx-ext-sse/dist/sse.min.js",
    "morph.js": "idiomorph/dist/idiomorph-ext.min.js",
}
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}


class AssetsMissing(Exception):
    """A file that the pages need is not there; the message says which command makes it."""


def _sources(root: Path) -> dict[str, Path]:
    own = {path.name: path for path in sorted(OWN.iterdir()) if path.suffix in TYPES}
    npm = {name: root / "node_modules" / source for name, source in FROM_NPM.items()}
    missing = [str(path) for path in npm.values() if not path.is_file()]
    if missing:
        raise AssetsMissing(f"{missing[0]} is not there. Run `npm ci` in {root} first.")
    return own | npm


def _write(path: Path, content: bytes) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    part.replace(path)


def build(root: Path = ROOT, target: Path = BUILT) -> dict[str, str]:
    """Copies every static file and writes the manifest (name to name with hash). AssetsMissing before `npm ci`."""
    target.mkdir(parents=True, exist_ok=True)
    manifest = {}
    for name, source in _sources(root).items():
        content = source.read_bytes()
        stem, _, suffix = name.rpartition(".")
        built = f"{stem}.{hashlib.sha256(content).hexdigest()[:10]}.{suffix}"
        manifest[name] = built
        if not (target / built).exists():
            _write(target / built, content)
            _write(target / f"{built}.gz", gzip.compress(content, 9, mtime=0))
    _write(target / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode())
    return manifest


class Assets:
    """The built files, as pages name them and as browsers ask for them."""

    def __init__(self, folder: Path = BUILT) -> None:
        self.folder = folder

    @cached_property
    def manifest(self) -> dict[str, str]:
        """Name to built name. AssetsMissing when nothing was built."""
        try:
            names: dict[str, str] = json.loads((self.folder / MANIFEST).read_text())
        except FileNotFoundError:
            raise AssetsMissing(
                f"{self.folder} is not built. Run `npm ci` and `python -m webui.assets` (make run does)."
            ) from None
        return names

    def url(self, name: str) -> str:
        """The address of a static file. KeyError for a name that was not built."""
        return f"/static/{self.manifest[name]}"

    def find(self, built_name: str) -> Path | None:
        """The file behind an address; None for anything that is not in the manifest."""
        return self.folder / built_name if built_name in self.manifest.values() else None


def main() -> int:
    try:
        manifest = build()
    except AssetsMissing as error:
        print(f"webui.assets: {error}", file=sys.stderr)
        return 1
    print(f"{len(manifest)} static files in {BUILT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
