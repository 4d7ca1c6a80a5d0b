# SPDX-License-Identifier: GPL-2.0-or-later
"""USB sticks that the system has mounted (firmware/system/udev.rules): found in /proc and /sys, known by their labels.

Labels are of udev's database: a service with a /dev of its own does not see /dev/disk."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from firmware.errors import Unavailable

FOLDER = "tipring"  # on the stick
_LABEL = re.compile(r"^E:ID_FS_LABEL_ENC=(.+)$", re.MULTILINE)
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
        if not _on_usb(block):
            continue
        folder, label = mounted.get(block.name, ""), _label(root, block)
        if not ((block / "partition").exists() or folder or label):
            continue
        free = shutil.disk_usage(root / folder.lstrip("/")).free if folder else 0
        found.append(Stick(label or block.name, block.name, folder, free))
    return sorted(found, key=lambda stick: stick.name)


def folder_of(name: str, root: Path = Path("/")) -> Path:
    """Where backups lie on the stick of that name. Unavailable."""
    there = sticks(root)
    found = next((stick for stick in there if stick.name == name), None)
    if found is None:
        others = ", ".join(stick.name for stick in there) or "none"
        raise Unavailable(f"The USB stick {name} is not plugged in. Those that are: {others}.", code="no_stick")
    if not found.folder:
        message = f"The USB stick {name} is plugged in and not mounted. Take one with FAT or exFAT, or mount it."
        raise Unavailable(message, code="no_stick")
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


def _label(root: Path, block: Path) -> str:
    """Of its file system; "" without one."""
    try:
        known = (root / "run/udev/data" / f"b{(block / 'dev').read_text().strip()}").read_text()
    except OSError:
        return ""
    found = _LABEL.search(known)
    return _plain(found[1]) if found else ""
