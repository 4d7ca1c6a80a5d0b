# SPDX-License-Identifier: GPL-2.0-or-later
"""The appliance's disk: a Debian root by mmdebstrap, our package installed in it by dpkg, and what the bench needs.

The root with the packages that ours depends on is made once and cached; the rest is made for each version of the
checkout.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from firmware.store import migrations
from hil.kernel import cache, kernel, packages, root
from hil.kernel.guest.bench import RIGHT, ZONE
from hil.kernel.steps import Unavailable, run, step

HERE = Path(__file__).resolve().parent
GUEST = HERE / "guest"
CONTROL = cache.PROJECT / "scripts/debian/control"
SOURCES = Path("/etc/apt/sources.list.d/debian.sources")
BUILD = cache.BUILD / "appliance"
ON_DISK = (GUEST / "dialtone.c", GUEST / "run.sh", *sorted(GUEST.glob("*.service")))
INIT_PACKAGES = ("systemd-sysv", "udev", "kmod", "iproute2")
NOT_WANTED = (
    "/usr/share/doc/*",
    "/usr/share/man/*",
    "/usr/share/locale/*",
    "/usr/share/info/*",
    "/usr/share/lintian/*",
    "/lib/udev/hwdb.d/*",  # names of others' devices, 22 MB with what is made of them
)
TO_BOOT = ["nfit", "nd_pmem", "crc32c_generic", "ext4"]
TO_RUN = [
    "virtio_pci", "9pnet_virtio", "9p", "virtio_blk", "autofs4", "nf_tables", "nft_ct", "nf_conntrack", "veth",
    "dahdi", "dahdi_echocan_mg2", "gpio_sim",
    "xhci_pci", "usb_storage", "sd_mod", "vfat", "nls_cp437", "nls_ascii",
]  # fmt: skip
DEBIAN_S = 3600  # mmdebstrap fetches 130 MB and runs dpkg's scripts
DISK_MB = 768
STICK_MB, STICK_FROM = 32, 2048  # the second: sectors before its partition
ROOT_MB = 400  # issue 7; with our package, without kernel and bench
NEWER, NEW_UNIT = BUILD / "newer.deb", "tipring-newer.target"
STAMP = BUILD / "disk.done"
TOOLS = {
    "mmdebstrap": "mmdebstrap", "mke2fs": "e2fsprogs", "patchelf": "patchelf", "sfdisk": "fdisk",
    "mkfs.vfat": "dosfstools",
}  # fmt: skip
COMPRESSION = ("-Zgzip", "-z1")  # hardly: packages are unpacked at once
# The stick is not plugged in before a story says so.
MODPROBE = "options dahdi auto_assign_spans=1\noptions linepair pairs=2\nblacklist xhci_pci\n"


@dataclass(frozen=True, slots=True)
class Appliance:
    """What QEMU is started from."""

    kernel: Path
    initramfs: Path
    disk: Path
    base: Path  # a Debian root without our package, as a tar archive
    package: Path
    newer: Path  # the same with a higher number, and with one unit more


def ensure() -> Appliance:
    """Makes what is missing. Unavailable where that is not possible, with the reason."""
    if os.geteuid() != 0:
        raise Unavailable("The appliance's root is made by dpkg in a chroot, which only root may do: sudo make hil")
    for name, archive in TOOLS.items():
        if not shutil.which(name) and not Path("/sbin", name).exists():
            raise Unavailable(f"{name} is not here. Install it: apt-get install --no-install-recommends {archive}")
    parts = cache.ensure()
    base = _base(parts)
    BUILD.mkdir(parents=True, exist_ok=True)
    with step("building the Debian package"):
        package = _package()
    made, initramfs = BUILD / "disk.ext4", BUILD / "initramfs.cpio"
    digest = _digest([package, base, *ON_DISK, Path(__file__), parts.modules[-1]])
    if not STAMP.exists() or STAMP.read_text().partition(" ")[0] != digest:
        with step("installing it on Debian"):
            octets = _make(parts, base, package, made)
            _make_newer(package)
            STAMP.write_text(f"{digest} {octets}")
    tree, release = modules_of(parts)
    work = BUILD / "initramfs"
    root.make_initramfs(parts.root, kernel.closure(tree, release, TO_BOOT), work, initramfs, GUEST / "init.sh")
    return Appliance(parts.kernel, initramfs, made, base, package, NEWER)


def make_stick(target: Path) -> None:
    """A USB stick as it is bought: one partition with FAT, called OFFICE."""
    with target.open("wb") as file:
        file.truncate(STICK_MB << 20)
    path = {"PATH": f"{os.environ['PATH']}:/sbin:/usr/sbin"}
    run(["/bin/sh", "-c", f"echo {STICK_FROM},,c | sfdisk -q {target}"], env=path)
    size_kb = STICK_MB * 1024 - STICK_FROM // 2
    run(["mkfs.vfat", "-n", "OFFICE", f"--offset={STICK_FROM}", target, str(size_kb)], env=path)


def size() -> int:
    """Of the root that our package was installed in, without kernel and bench, in octets."""
    return int(STAMP.read_text().partition(" ")[2])


def modules_of(parts: cache.Parts) -> tuple[Path, str]:
    """Where the kernel's modules are, and its release."""
    return parts.kernel.parent / "kit", packages.find_versions().release


def _digest(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        if file.is_file():
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _base(parts: cache.Parts) -> Path:
    """Debian with everything that our package depends on, as a tar archive."""
    wanted = dependencies()
    options = [f"--dpkgopt=path-exclude={pattern}" for pattern in NOT_WANTED]
    name = hashlib.sha256(repr((wanted, options)).encode()).hexdigest()[:12]
    base = parts.kernel.parents[1] / f"debian-{name}.tar"
    with base.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # other checkouts make the same one
        if base.exists():
            return base
        with step("making a Debian root (mmdebstrap)"):
            part = base.with_suffix(".part.tar")
            run(["mmdebstrap", "--quiet", "--variant=minbase", f"--include={','.join(wanted)}", *options,
                 "bookworm", part, SOURCES], within_s=DEBIAN_S)  # fmt: skip
            part.rename(base)
    return base


def dependencies() -> list[str]:
    """Of our package, and what makes a root bootable."""
    found = re.search(r"^Depends: (.+)$", CONTROL.read_text(), re.MULTILINE)
    assert found
    names = dict.fromkeys(re.split(r"[ ,(]", part.strip())[0] for part in found[1].split(","))
    return [*names, *INIT_PACKAGES]


def _package() -> Path:
    folder = BUILD / "package"
    shutil.rmtree(folder, ignore_errors=True)
    python = cache.PROJECT / ".venv/bin/python"
    environment = {"TIPRING_COMPRESSION": " ".join(COMPRESSION), "SOURCE_DATE_EPOCH": "0"}
    return Path(run([python, cache.PROJECT / "scripts/package.py", folder], env=environment).splitlines()[-1])


def _make_newer(package: Path) -> None:
    tree = BUILD / "newer"
    shutil.rmtree(tree, ignore_errors=True)
    run(["dpkg-deb", "--raw-extract", package, tree])
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"^(Version: .+)$", r"\1+newer", control.read_text(), flags=re.MULTILINE))
    (tree / "lib/systemd/system" / NEW_UNIT).write_text("[Install]\nWantedBy=tipring.target\n")
    with (tree / "usr/lib/tipring/units").open("a") as units:
        units.write(f"{NEW_UNIT}\n")
    sums = "find . -type f -not -path './DEBIAN/*' -printf '%P\\0' | xargs -0 md5sum >DEBIAN/md5sums"
    run(["/bin/sh", "-c", sums], cwd=tree)
    run(["dpkg-deb", "--root-owner-group", *COMPRESSION, "--build", tree, NEWER])
    shutil.rmtree(tree)


def _make(parts: cache.Parts, base: Path, package: Path, disk: Path) -> int:
    """The disk; the size of the root that our package was installed in."""
    tree = BUILD / "root"
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir()
    run(["tar", "-x", "--numeric-owner", "-f", base, "-C", tree])
    shutil.copy(package, tree / "root/tipring.deb")
    (tree / "etc/dpkg/dpkg.cfg.d/zz-bench").write_text("path-include=/usr/share/doc/tipring/*\n")
    run(["chroot", tree, "dpkg", "-i", "/root/tipring.deb"])
    (tree / "root/tipring.deb").unlink()
    size = int(run(["du", "-s", "-B1", "--apparent-size", tree]).split()[0])
    _add_kernel(parts, tree)
    _add_bench(parts, tree)
    _add_state(tree)
    disk.unlink(missing_ok=True)
    run(["mke2fs", "-q", "-t", "ext4", "-d", tree, "-E", "root_owner=0:0", disk, f"{DISK_MB}M"],
        env={"PATH": f"{os.environ['PATH']}:/sbin:/usr/sbin"})  # fmt: skip
    shutil.rmtree(tree)
    return size


def _add_kernel(parts: cache.Parts, tree: Path) -> None:
    source, release = modules_of(parts)
    target = tree / "usr/lib/modules" / release
    for module in kernel.closure(source, release, [*TO_BOOT, *TO_RUN]):
        place = target / module.relative_to(source / "lib/modules" / release)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(module, place)
    (target / "updates").mkdir(exist_ok=True)
    shutil.copy(parts.modules[-1], target / "updates/linepair.ko")
    for name in ("modules.builtin", "modules.order", "modules.builtin.modinfo"):
        shutil.copy(source / "lib/modules" / release / name, target)
    run(["chroot", tree, "depmod", release])


def _add_bench(parts: cache.Parts, tree: Path) -> None:
    """The card of line pairs with its tools, the phone that listens for dial tone, and what runs the stories."""
    for place in ("usr/sbin/dahdi_cfg", "usr/lib/x86_64-linux-gnu/libtonezone.so.2.0"):
        shutil.copy(parts.root / place, tree / place)
    (tree / "etc/dahdi").mkdir()
    (tree / "etc/dahdi/system.conf").write_text(RIGHT + ZONE)
    (tree / "etc/modules-load.d/bench.conf").write_text("dahdi\ndahdi_echocan_mg2\nlinepair\n")
    (tree / "etc/modprobe.d/bench.conf").write_text(MODPROBE)
    (tree / "etc/hostname").write_text("tipring\n")
    (tree / "etc/machine-id").write_text("0123456789abcdef0123456789abcdef\n")
    (tree / "etc/fstab").write_text("")
    for name in ("project", "venv", "pjproject", "results"):
        (tree / name).mkdir(exist_ok=True)
    (tree / "etc/bench").mkdir()
    shutil.copy(GUEST / "run.sh", tree / "etc/bench")
    for unit in GUEST.glob("*.service"):
        shutil.copy(unit, tree / "etc/systemd/system")
        run(["chroot", tree, "systemctl", "enable", unit.name])
    include = next((parts.kernel.parent / "kit/usr/src").glob("dahdi-*")) / "include"
    run(["gcc", "-O2", "-Wall", "-static", "-I", include, "-o", tree / "usr/local/bin/dialtone", GUEST / "dialtone.c"])


def _add_state(tree: Path) -> None:
    """Empty databases, as a box has them from its second start on: making them takes the guest half a minute."""
    state = tree / "var/lib/tipring"
    for database in migrations.VERSIONS:
        migrations.ensure(state / database)
    run(["chroot", tree, "chown", "-R", "tipring-core:tipring", "/var/lib/tipring"])
    run(["chroot", tree, "chmod", "-R", "u=rwX,g=rwX,o=", "/var/lib/tipring"])
