# SPDX-License-Identifier: GPL-2.0-or-later
"""USB sticks that the system has mounted: found in /proc and /sys, known by their names (labels)."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from firmware.errors import Unavailable

FOLDER = "tipring"  # on the stick
_ESCAPED = re.compile(r"\\x([0-9a-f]{2})|\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Stick:
    """`folder` is where it is mounted, "" when it is not; `free` in octets."""

    name: str
    device: str
    folder: str
    free: int


def sticks(root: Path = Path("/")) -> list[Stick]:
    """Partitions on USB devices, by name."""
    mounted = _mounted(root)
    found = []
    for block in sorted((root / "sys/class/block").glob("*")):
        if not _on_usb(block) or not _has_files(root, block, mounted):
            continue
        folder = mounted.get(block.name, "")
        free = shutil.disk_usage(root / folder.lstrip("/")).free if folder else 0
        found.append(Stick(_labels(root).get(block.name, block.name), block.name, folder, free))
    return sorted(found, key=lambda stick: stick.name)


def folder_of(name: str, root: Path = Path("/")) -> Path:
    """Where backups lie on the stick of that name. Unavailable."""
    there = sticks(root)
    found = next((stick for stick in there if stick.name == name), None)
    if found is None:
        others = ", ".join(stick.name for stick in there) or "none"
        raise Unavailable(f"The USB stick {name} is not plugged in. Those that are: {others}.", code="no_stick")
    if not found.folder:
        raise Unavailable(f"The USB stick {name} is plugged in and not mounted by the system.", code="no_stick")
    folder = root / found.folder.lstrip("/") / FOLDER
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise Unavailable(f"The USB stick {name} cannot be written: {error.strerror}.", code="no_stick") from error
    return folder


def _mounted(root: Path) -> dict[str, str]:
    """Folders by device (`sda1`): proc(5), mountinfo."""
    found: dict[str, str] = {}
    for line in (root / "proc/self/mountinfo").read_text().splitlines():
        before, _, after = line.partition(" - ")
        device = after.split()[1]
        if device.startswith("/dev/"):
            found.setdefault(device.removeprefix("/dev/"), _plain(before.split()[4]))
    return found


def _plain(text: str) -> str:
    """The kernel writes a blank as \\040, udev as \\x20."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16) if found[1] else int(found[2], 8)), text)


def _on_usb(block: Path) -> bool:
    return "/usb" in os.path.realpath(block)


def _has_files(root: Path, block: Path, mounted: dict[str, str]) -> bool:
    """A partition, or a device without any that is mounted whole or has a label."""
    return (block / "partition").exists() or block.name in mounted or block.name in _labels(root)


def _labels(root: Path) -> dict[str, str]:
    """By device."""
    folder = root / "dev/disk/by-label"
    links = sorted(folder.iterdir()) if folder.is_dir() else []
    return {link.readlink().name: _plain(link.name) for link in links}
