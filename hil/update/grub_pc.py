# SPDX-License-Identifier: GPL-2.0-or-later
"""A PC that starts by EFI and GRUB, with the image's disk and boot script. Its GRUB is Debian's 2.06."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from hil.kernel.steps import run
from hil.recipes import LAYER
from hil.update.boot_disk import Seen, make_boot, make_slot, need, partitions, watch_until_seen, write_disk

FIRMWARE = Path("/usr/share/OVMF")
GRUBENV = "EFI/BOOT/grubenv"
# grub-efi_2.12.bb of scarthgap: its GRUB_BUILDIN, and its file cfg.
MODULES = "boot linux ext2 fat serial part_msdos part_gpt normal efi_gop iso9660 configfile search loadenv test"
FIRST = "search.file ($cmdpath)/EFI/BOOT/grub.cfg root\nset prefix=($root)/EFI/BOOT\n"
TOOLS = {
    "qemu-system-x86_64": "qemu-system-x86", "grub-mkimage": "grub-common", "mkfs.vfat": "dosfstools",
    "mcopy": "mtools", "sfdisk": "fdisk", "mke2fs": "e2fsprogs", str(FIRMWARE / "OVMF_CODE.fd"): "ovmf",
    "/usr/lib/grub/x86_64-efi/linux.mod": "grub-efi-amd64-bin",
}  # fmt: skip


class GrubPc:
    """The machine. `kernel` is in both slots; `grubenv` is the environment that it begins with.

    Unavailable where a tool is missing.
    """

    def __init__(self, folder: Path, kernel: Path, grubenv: Path) -> None:
        need(TOOLS)
        self._folder, self._disk = folder, folder / "disk"
        shutil.copy(FIRMWARE / "OVMF_VARS.fd", folder / "vars")
        parts = partitions("tipring-efi.wks.in")
        script = LAYER / "wic" / "tipring-grub.cfg"
        files = {"EFI/BOOT/bootx64.efi": self._loader(), "EFI/BOOT/grub.cfg": script, GRUBENV: grubenv}
        boot = make_boot(folder / "efi", parts[0], files)
        write_disk(self._disk, parts, "gpt", [boot, *(make_slot(folder / name, kernel, "bzImage") for name in "ab")])

    def start(self) -> str:
        """Switches it on, and off when the kernel has begun: the kernel's command line, "" when it never came."""
        seen = ""

        def heard(line: str) -> None:
            nonlocal seen
            if found := re.search(r"Command line: (.*)", line):
                seen = found[1]
                raise Seen

        drives = [
            f"if=pflash,readonly=on,file={FIRMWARE / 'OVMF_CODE.fd'}",
            f"if=pflash,file={self._folder / 'vars'}",
            f"if=virtio,file={self._disk}",
        ]
        watch_until_seen(["qemu-system-x86_64", "-M", "q35", "-cpu", "max", "-m", "512"], drives, heard)
        return seen

    def environment(self) -> dict[str, str]:
        """What GRUB has saved."""
        self._mcopy(f"::{GRUBENV}", self._taken)
        return dict(line.split("=", 1) for line in run(["grub-editenv", self._taken, "list"]).splitlines())

    def set(self, **values: str) -> None:
        """As RAUC does it: by grub-editenv."""
        self._mcopy(f"::{GRUBENV}", self._taken)
        run(["grub-editenv", self._taken, "set", *(f"{name}={value}" for name, value in values.items())])
        self._mcopy(self._taken, f"::{GRUBENV}")

    @property
    def _taken(self) -> Path:
        return self._folder / "grubenv-taken"

    def _mcopy(self, source: str | Path, target: str | Path) -> None:
        run(["mcopy", "-n", "-o", "-i", f"{self._disk}@@1M", source, target])

    def _loader(self) -> Path:
        """As do_mkimage of grub-efi_2.12.bb, with what the layer's .bbappend adds."""
        appended = next(LAYER.rglob("grub-efi_%.bbappend")).read_text()
        added = re.findall(r'^GRUB_BUILDIN:append\S* = "(.*)"', appended, re.MULTILINE)
        loader, first = self._folder / "bootx64.efi", self._folder / "cfg"
        first.write_text(FIRST)
        modules = " ".join([MODULES, *added]).split()
        run(["grub-mkimage", "-c", first, "-p", "/EFI/BOOT", "-O", "x86_64-efi", "-o", loader, *modules])
        return loader
