# SPDX-License-Identifier: GPL-2.0-or-later
"""A maker of updates: images that tell whether they are whole, and bundles that are signed."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

from hil.certificates import Authority, Server

IMAGE_BYTES = 4 << 20


def image(version: str, size: int = IMAGE_BYTES) -> bytes:
    """A root file system of this version: noise that follows from its name."""
    head = f"tipring {version}\n".encode()
    return head + random.Random(version).randbytes(size - len(head))


def version_of(slot: bytes) -> str:
    """The version whose image this is, whole. ValueError."""
    version = slot.partition(b"\n")[0].decode(errors="replace").removeprefix("tipring ")
    if slot != image(version, len(slot)):
        raise ValueError(f"the slot of version {version!r} is not whole")
    return version


class Maker:
    """Signs with a certificate of its authority, which boxes trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)
        self.authority = Authority(folder / "authority")
        self._signer = self.authority.server("maker", "DNS:maker")

    @property
    def expired(self) -> Server:
        """A signer whose time is over."""
        return self.authority.server("former", "DNS:former", expired=True)

    def bundle(
        self,
        version: str,
        compatible: str = "tipring-bench",
        signer: Server | None = None,
        size: int = IMAGE_BYTES,
        form: str = "plain",
    ) -> Path:
        """VERSION-COMPATIBLE.raucb; plain, since to install `verity` takes a kernel with dm-verity (hil/kernel)."""
        content = self._folder / f"content-{version}-{compatible}"
        content.mkdir(exist_ok=True)
        (content / "rootfs.img").write_bytes(image(version, size))
        (content / "manifest.raucm").write_text(
            f"[update]\ncompatible={compatible}\nversion={version}\n\n[bundle]\nformat={form}\n\n"
            "[image.rootfs]\nfilename=rootfs.img\n"
        )
        signer, made = signer or self._signer, self._folder / f"{version}-{compatible}.raucb"
        made.unlink(missing_ok=True)
        command = ["rauc", f"--cert={signer.certificate}", f"--key={signer.key}", "bundle", content, made]
        subprocess.run([str(part) for part in command], check=True, capture_output=True)
        return made
