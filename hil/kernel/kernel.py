# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's kernel as QEMU starts it fastest, and which modules need which.

The uncompressed kernel enters by PVH and saves QEMU's emulation the decompression: half of the time to init.
"""

from __future__ import annotations

import gzip
import lzma
import struct
import subprocess
from pathlib import Path

from hil.kernel.steps import StepFailed, run

# Linux Documentation/x86/boot.rst, "The Real-Mode Kernel Header"
SETUP_SECTORS, PAYLOAD = 0x1F1, 0x248  # offsets of a byte, and of two 32-bit words: offset and length
SECTOR = 512


def extract(image: Path, target: Path) -> None:
    """Writes the ELF kernel inside the bzImage `image` to `target`. StepFailed at an unknown compression."""
    data = image.read_bytes()
    begin, length = struct.unpack_from("<II", data, PAYLOAD)
    begin += ((data[SETUP_SECTORS] or 4) + 1) * SECTOR
    # The last 4 bytes are the uncompressed size; gzip has it as its own trailer.
    payload = data[begin : begin + length]
    target.write_bytes(_uncompressed(payload))


def _uncompressed(payload: bytes) -> bytes:
    if payload.startswith(b"\xfd7zXZ"):
        return lzma.LZMADecompressor(lzma.FORMAT_XZ).decompress(payload)
    if payload.startswith(b"\x1f\x8b"):
        return gzip.decompress(payload)
    for magic, tool in ((b"\x28\xb5\x2f\xfd", "zstd"), (b"\x02\x21\x4c\x18", "lz4")):
        if payload.startswith(magic):
            done = subprocess.run([tool, "-dc"], input=payload[:-4], capture_output=True, check=False)
            if not done.returncode:
                return done.stdout
    raise StepFailed(f"the kernel is compressed in a way that this machine cannot undo ({payload[:4].hex()})")


def depmod(root: Path, tree: Path, release: str) -> None:
    """Writes modules.dep of the kernel in `tree`, with the depmod that is in `root`."""
    libraries = root / "usr/lib/x86_64-linux-gnu"
    loader: list[str | Path] = [root / "lib64/ld-linux-x86-64.so.2", "--argv0", "depmod", "--library-path", libraries]
    run([*loader, root / "usr/bin/kmod", "-b", tree, release])


def closure(tree: Path, release: str, names: list[str]) -> list[Path]:
    """The modules `names` with all they need, each after what it needs. Names built into the kernel are left out."""
    base = tree / "lib/modules" / release
    needs: dict[str, list[str]] = {}
    for line in (base / "modules.dep").read_text().splitlines():
        module, _, others = line.partition(":")
        needs[module] = others.split()
    by_name = {Path(module).name.split(".")[0].replace("-", "_"): module for module in needs}
    ordered: dict[str, None] = {}
    for name in names:
        module = by_name.get(name.replace("-", "_"), "")
        for one in [*reversed(needs[module]), module] if module else []:
            ordered.setdefault(one)
    return [base / module for module in ordered]
