# SPDX-License-Identifier: GPL-2.0-or-later
"""What the guest starts from: a folder that becomes its root, and an initramfs that finds it."""

from __future__ import annotations

import shutil
from pathlib import Path

from hil.kernel.steps import run

INIT = Path(__file__).resolve().parent / "guest" / "init.sh"
# To reach the shares: virtio over PCI, the 9p file system, and a layer in memory above it.
TO_BOOT = ["virtio_pci", "9pnet_virtio", "9p", "overlay"]
MOUNT_POINTS = ("proc", "sys", "dev", "run", "tmp", "project", "venv", "pjproject", "results")


def finish(root: Path) -> None:
    """What the packages' scripts would have done, as far as the guest needs it."""
    for name in MOUNT_POINTS:
        (root / name).mkdir(exist_ok=True)
    for name in ("sh", "cat", "cut", "sync", "dmesg", "dirname", "mv", "true", "umount"):
        if not (tool := root / "usr/bin" / name).exists():
            tool.symlink_to("busybox")
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/nonexistent:/bin/false\n")
    (root / "etc/group").write_text("root:x:0:\n")
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n")
    run(["/sbin/ldconfig", "-r", root])
    run(["/usr/bin/python3", "-m", "compileall", "-q", "-s", root, "-p", "/", root / "usr/lib/python3.11"])


def make_initramfs(root: Path, modules: list[Path], work: Path, target: Path, init: Path = INIT) -> None:
    """Packs busybox, `modules` in the order in which they are loaded, and `init`."""
    shutil.rmtree(work, ignore_errors=True)
    for name in ("bin", "modules", "proc", "sys", "dev", "mnt"):
        (work / name).mkdir(parents=True)
    busybox = root / "bin/busybox"
    shutil.copy(busybox, work / "bin/busybox")
    for number, module in enumerate(modules):
        shutil.copy(module, work / "modules" / f"{number:02}-{module.name}")
    shutil.copy(init, work / "init")
    (work / "init").chmod(0o755)
    names = "\n".join(sorted(str(path.relative_to(work)) for path in work.rglob("*")))
    packed = work.with_suffix(".list")
    packed.write_text(names)
    run(["/bin/sh", "-c", f'cd "{work}" && "{busybox}" cpio -o -H newc < "{packed}" > "{target}"'])
