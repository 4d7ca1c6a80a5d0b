# SPDX-License-Identifier: GPL-2.0-or-later
"""Disks as the layer's .wks files have them, for a machine that is started until it is clear which slot it takes."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hil.kernel.machine import watch
from hil.kernel.steps import Unavailable, run
from hil.recipes import LAYER

SLOT_MB = 32
MB = 1 << 20
FAT32 = "c"  # in a "dos" table


class Seen(Exception):
    """What the machine was started for has been printed."""


@dataclass(frozen=True, slots=True)
class Partition:
    """A line `part` of a .wks file; what it does not say is ""."""

    name: str
    megabytes: int
    fstype: str
    type: str


def need(tools: dict[str, str]) -> None:
    """Tools and files by the Debian package that has them. Unavailable where one is missing."""
    missing = sorted({package for tool, package in tools.items() if not (shutil.which(tool) or Path(tool).exists())})
    if missing:
        raise Unavailable(f"apt-get install --no-install-recommends {' '.join(missing)}")


def partitions(wks: str) -> list[Partition]:
    """Of a .wks.in of the layer, with small slots."""
    text = (LAYER / "wic" / wks).read_text().replace("${TIPRING_SLOT_MB}", str(SLOT_MB))
    lines = [line for line in text.splitlines() if line.startswith("part ")]
    return [
        Partition(
            _option(line, "part-name"),
            int(_option(line, "fixed-size")[:-1]),
            _option(line, "fstype"),
            _option(line, "part-type"),
        )
        for line in lines
    ]


def _option(line: str, name: str) -> str:
    found = re.search(rf"--{name}[ =](\S+)", line)
    return found[1] if found else ""


def write_disk(disk: Path, parts: Sequence[Partition], label: str, contents: Sequence[Path]) -> None:
    """A disk with this table ("gpt" or "dos"). `contents` are the file systems of the first partitions."""
    table, at = f"label: {label}\n", 1
    with disk.open("wb") as file:
        file.truncate((sum(part.megabytes for part in parts) + 2) * MB)
    for part in parts:
        kind = part.type or (FAT32 if part.fstype == "vfat" else "L")
        named = f", name={part.name}" if label == "gpt" else ""
        table += f"start={at}MiB, size={part.megabytes}MiB, type={kind}{named}\n"
        at += part.megabytes
    run(["sfdisk", "-q", disk], stdin=table)
    at = 1
    for part, content in zip(parts, contents, strict=False):
        run(["dd", f"if={content}", f"of={disk}", "bs=1M", f"seek={at}", "conv=notrunc,sparse"])
        at += part.megabytes


def make_boot(image: Path, part: Partition, files: dict[str, Path]) -> Path:
    """A FAT with files by their paths in it."""
    run(["mkfs.vfat", "-C", image, str(part.megabytes * 1024)])
    for folder in sorted({str(parent) for name in files for parent in Path(name).parents} - {"."}):
        run(["mmd", "-i", image, f"::{folder}"])
    for name, file in files.items():
        run(["mcopy", "-i", image, file, f"::{name}"])
    return image


def make_slot(folder: Path, kernel: Path, name: str) -> Path:
    """An ext4 with /boot/NAME alone."""
    (folder / "boot").mkdir(parents=True)
    shutil.copy(kernel, folder / "boot" / name)
    image = folder.with_suffix(".ext4")
    run(["mke2fs", "-q", "-t", "ext4", "-d", folder, image, f"{SLOT_MB}M"])
    return image


def watch_until_seen(words: Sequence[str], drives: Sequence[str], heard: Callable[[str], None]) -> None:
    """Runs QEMU, its serial line to `heard`, and takes its power away when that raises Seen."""
    quiet = ["-nodefaults", "-display", "none", "-serial", "stdio"]
    given = [word for drive in drives for word in ("-drive", f"format=raw,{drive}")]
    with contextlib.suppress(Seen):
        watch(["nice", "-n", "19", *words, *quiet, *given], heard)
