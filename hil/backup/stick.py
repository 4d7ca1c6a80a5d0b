# SPDX-License-Identifier: GPL-2.0-or-later
"""A stick: a file system on a loop device, whose blocks lie in a RAM disk that may be too small for them."""

from __future__ import annotations

import subprocess
from pathlib import Path

STICK_MB = 128


class Stick:
    """`good_mb`: as many of its blocks can be written; what goes beyond fails as a broken stick does."""

    def __init__(self, folder: Path, good_mb: int = 2 * STICK_MB) -> None:
        self._blocks, self.mounted = folder / "blocks", folder / "stick"
        self._blocks.mkdir()
        self.mounted.mkdir()
        _run("mount", "-t", "tmpfs", "-o", f"size={good_mb}m", "none", self._blocks)
        image = self._blocks / "image"
        image.touch()
        _run("truncate", f"--size={STICK_MB}M", image)
        _run("mkfs.ext4", "-q", "-O", "^has_journal", image)
        self.device = Path(_run("losetup", "--find", "--show", image).strip())

    @property
    def name(self) -> str:
        """By which the box knows a stick without a label."""
        return self.device.name

    def plug_in(self) -> None:
        """The system mounts it."""
        _run("mount", self.device, self.mounted)

    def pull_out(self) -> None:
        """Nothing finds it any more where it was, also who is writing to it."""
        _run("umount", "--lazy", self.mounted)

    def throw_away(self) -> None:
        """For good; whatever of it is there."""
        for command in (("umount", "--lazy", self.mounted), ("losetup", "--detach", self.device),
                        ("umount", "--lazy", self._blocks)):  # fmt: skip
            subprocess.run([str(part) for part in command], capture_output=True, check=False)


def _run(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout
