# SPDX-License-Identifier: GPL-2.0-or-later
"""What takes long is made once, outside the checkout: keyed by kernel, DAHDI version, and the recipe itself."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from hil.kernel import kernel, modules, packages, root
from hil.kernel.steps import step

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
BUILD = PROJECT / "build" / "hil"
RECIPE = ("packages.py", "modules.py", "kernel.py", "root.py", "cache.py", "guest/init.sh")


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that a machine is started from."""

    kernel: Path
    initramfs: Path
    root: Path
    modules: list[Path]  # to be loaded by the tests, in this order


def ensure() -> Parts:
    """Makes what is missing. Unavailable where that is not possible, with the reason."""
    versions = packages.find_versions()
    kit = _folder(versions)
    if not (kit / "complete").exists():
        _make(kit, versions)
    return Parts(kit / "vmlinux", kit / "initramfs.cpio", kit / "root", [*_dahdi(kit), _linepair(kit, versions)])


def _folder(versions: packages.Versions) -> Path:
    base = os.environ.get("TIPRING_CACHE") or Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "tipring"
    dahdi = versions.dahdi.partition(":")[2].replace("~", "-")
    return Path(base) / f"hil-{versions.kernel}-{dahdi}-{_digest([HERE / name for name in RECIPE])}"


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _make(kit: Path, versions: packages.Versions) -> None:
    shutil.rmtree(kit, ignore_errors=True)
    with step(f"fetching Debian's kernel {versions.kernel}, DAHDI {versions.dahdi} and the guest's packages"):
        alone = [*packages.TOOLS, *versions.kernel_packages]
        archives = packages.fetch(kit / "archives", packages.GUEST, alone)
    with step("making the guest's root"):
        for_kernel = packages.named(archives, versions.kernel_packages)
        packages.unpack(for_kernel, kit / "kit")
        packages.unpack([archive for archive in archives if archive not in for_kernel], kit / "root")
        root.finish(kit / "root")
        kernel.extract(kit / "kit/boot" / f"vmlinuz-{versions.release}", kit / "vmlinux")
    with step("compiling DAHDI and gpio-sim"):
        headers = modules.prepare_headers(kit / "kit", versions)
        built = [*modules.build_dahdi(kit / "kit", headers), modules.build_gpio_sim(kit / "kit", headers)]
    _make_initramfs(kit, versions, built)
    shutil.rmtree(kit / "archives")
    (kit / "complete").touch()


def _make_initramfs(kit: Path, versions: packages.Versions, built: list[Path]) -> None:
    tree, updates = kit / "kit", kit / "kit/lib/modules" / versions.release / "updates"
    updates.mkdir(exist_ok=True)
    for module in built:
        shutil.copy(module, updates)
    kernel.depmod(kit / "root", tree, versions.release)
    to_boot = kernel.closure(tree, versions.release, root.TO_BOOT)
    root.make_initramfs(kit / "root", to_boot, kit / "initramfs", kit / "initramfs.cpio")
    loaded = kernel.closure(tree, versions.release, list(modules.WANTED))
    (kit / "modules").mkdir(exist_ok=True)
    for number, module in enumerate(loaded):
        shutil.copy(module, kit / "modules" / f"{number:02}-{module.name}")


def _dahdi(kit: Path) -> list[Path]:
    return sorted((kit / "modules").iterdir())


def _linepair(kit: Path, versions: packages.Versions) -> Path:
    """Ours changes more often than the rest: compiled for each version of its source."""
    built = kit / f"linepair-{_digest(sorted(modules.LINEPAIR.iterdir()))}" / "linepair.ko"
    if not built.exists():
        built.parent.mkdir(exist_ok=True)
        with step("compiling the line pairs"):
            headers = kit / "kit/usr/src" / f"linux-headers-{versions.release}"
            shutil.copy(modules.build_linepair(kit / "kit", headers, BUILD / "linepair"), built)
    return built
