# SPDX-License-Identifier: GPL-2.0-or-later
"""An ARM machine that starts by U-Boot and the Raspberry Pi's boot script, its disk on virtio instead of a card.

Its U-Boot is Debian's 2023.01. That cannot write the flash of QEMU 7.2, so `saveenv` is played from outside: the script
prints what it would save, and the next start finds that in the flash.
"""

from __future__ import annotations

import re
from pathlib import Path

from hil.kernel.steps import run
from hil.recipes import LAYER
from hil.update.boot_disk import MB, Seen, make_boot, make_slot, need, partitions, watch_until_seen, write_disk

U_BOOT = Path("/usr/lib/u-boot/qemu_arm64/u-boot.bin")
ENVIRONMENT_SIZE = "0x40000"  # its CONFIG_ENV_SIZE
SHOW = "printenv BOOT_ORDER; printenv BOOT_A_LEFT; printenv BOOT_B_LEFT"
WORDS = {"@@BOOT_MEDIA@@": "virtio", "@@KERNEL_IMAGETYPE@@": "Image", "@@KERNEL_BOOTCMD@@": "booti"}
OWN = {
    "bootcmd": "virtio scan; load virtio 0:1 ${scriptaddr} boot.scr && source ${scriptaddr}",
    "bootdelay": "0", "scriptaddr": "0x40200000", "kernel_addr_r": "0x40400000", "fdt_addr": "0x40000000",
}  # fmt: skip
TOOLS = {
    "qemu-system-aarch64": "qemu-system-arm", "mkimage": "u-boot-tools", "mkfs.vfat": "dosfstools", "mcopy": "mtools",
    "sfdisk": "fdisk", "mke2fs": "e2fsprogs", str(U_BOOT): "u-boot-qemu",
}  # fmt: skip
SIZES = {"A": 1000, "B": 2000}  # of what stands for a kernel: U-Boot tells how much it has read


class UBootArm:
    """The machine. `saved` is its environment, as far as it differs from what U-Boot itself needs.

    Unavailable where a tool is missing.
    """

    def __init__(self, folder: Path) -> None:
        need(TOOLS)
        self._folder, self._disk = folder, folder / "disk"
        self.saved: dict[str, str] = {}
        parts = partitions("tipring-rpi.wks.in")
        boot = make_boot(folder / "boot", parts[0], {"boot.scr": self._script()})
        write_disk(self._disk, parts, "dos", [boot, *(self._slot(name) for name in SIZES)])

    def start(self) -> str:
        """Switches it on, and off when it has read a slot's kernel or begins anew: "A", "B", "" for neither."""
        chosen = ""

        def heard(line: str) -> None:
            nonlocal chosen
            if found := re.match(r"(BOOT_\w+)=(.*)", line):
                self.saved[found[1]] = found[2]
            chosen = next((name for name, size in SIZES.items() if line.startswith(f"{size} bytes read")), chosen)
            if chosen or line.startswith("resetting"):
                raise Seen

        machine = ["qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a57", "-m", "256", "-bios", str(U_BOOT)]
        watch_until_seen(machine, [f"if=pflash,index=1,file={self._flash()}", f"if=virtio,file={self._disk}"], heard)
        return chosen

    def _slot(self, name: str) -> Path:
        kernel = self._folder / f"kernel-{name}"
        kernel.write_bytes(bytes(SIZES[name]))
        return make_slot(self._folder / name, kernel, "Image")

    def _flash(self) -> Path:
        text, image, flash = (self._folder / name for name in ("environment", "image", "flash"))
        text.write_text("".join(f"{name}={value}\n" for name, value in {**OWN, **self.saved}.items()))
        run(["mkenvimage", "-s", ENVIRONMENT_SIZE, "-o", image, text])
        flash.write_bytes(image.read_bytes().ljust(64 * MB, b"\xff"))
        return flash

    def _script(self) -> Path:
        """As rpi-u-boot-scr.bb makes it."""
        filled = next(LAYER.rglob("boot.cmd.in")).read_text()
        for name, word in WORDS.items():
            filled = filled.replace(name, word)
        source, script = self._folder / "boot.cmd", self._folder / "boot.scr"
        source.write_text(re.sub(r"^(\s*)saveenv$", rf"\1{SHOW}", filled, flags=re.MULTILINE))
        run(["mkimage", "-A", "arm64", "-T", "script", "-C", "none", "-d", source, script])
        return script
