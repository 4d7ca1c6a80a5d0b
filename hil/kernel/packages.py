# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's packages that the guest is made of: which ones, fetched by apt-get, unpacked without being installed."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hil.kernel.steps import StepFailed, Unavailable, run

# With everything they depend on; the libraries are those of drivers.lineaudio and of our pjproject.
GUEST = [
    "python3", "python3-periphery", "kmod", "busybox-static", "e2fsprogs", "tzdata",
    "libspandsp2", "libssl3", "libsrtp2-1", "libopus0", "libogg0", "libspeexdsp1", "libgsm1", "libuuid1", "libstdc++6",
    "libasound2", "rauc", "dbus-daemon",
]  # fmt: skip
TOOLS = ["dahdi", "libtonezone2.0", "alsa-utils"]  # alone: their dependencies would bring dkms and a compiler
SUPPORTED = re.compile(r"linux-image-(6\.1\.0-[0-9]+)-amd64")  # Debian 12: the guest's Python must be the host's


@dataclass(frozen=True, slots=True)
class Versions:
    """What the cache is keyed by: the kernel ABI, as in "6.1.0-42", and the version of the DAHDI sources."""

    kernel: str
    dahdi: str

    @property
    def release(self) -> str:
        """As `uname -r` says it."""
        return f"{self.kernel}-amd64"

    @property
    def kernel_packages(self) -> list[str]:
        """The kernel, what compiles modules for it, and the sources of DAHDI; none with dependencies."""
        series = ".".join(self.kernel.split(".")[:2])
        return [
            f"linux-image-{self.release}", f"linux-headers-{self.release}", f"linux-headers-{self.kernel}-common",
            f"linux-kbuild-{series}", f"linux-source-{series}", "linux-compiler-gcc-12-x86", "dahdi-dkms",
        ]  # fmt: skip


def find_versions() -> Versions:
    """What the machine's own package lists offer. Unavailable where that is nothing we can use."""
    try:
        kernel = SUPPORTED.search(run(["apt-cache", "depends", "linux-image-amd64"]))
        dahdi = re.search(r"Candidate: (\S+)", run(["apt-cache", "policy", "dahdi-dkms"]))
    except StepFailed as error:
        raise Unavailable(f"apt-cache does not work here: {error}") from error
    if not kernel or not dahdi or dahdi[1] == "(none)":
        raise Unavailable(
            "apt-cache knows no linux-image-6.1 or no dahdi-dkms. The bench needs Debian 12 with its package lists: "
            "apt-get update"
        )
    return Versions(kernel[1], dahdi[1])


def fetch(folder: Path, guest: Sequence[str], alone: Sequence[str]) -> list[Path]:
    """Fetches packages into `folder`: `guest` with all they depend on, `alone` without. Unavailable when it cannot.

    A state with nothing installed makes apt resolve the whole closure, whatever this machine has.
    """
    (folder / "partial").mkdir(parents=True, exist_ok=True)
    (nothing := folder / "status").touch()
    closure = [
        "-o",
        f"Dir::State::status={nothing}",
        "-o",
        f"Dir::Cache::archives={folder}",
        "-o",
        "Debug::NoLocking=1",
    ]
    common = ["apt-get", "-q", "-y", "-o", "APT::Sandbox::User=root", "-o", "Dir::State::extended_states=/dev/null"]
    try:
        run([*common, *closure, "--no-install-recommends", "--download-only", "install", *guest])
        run([*common, "download", *alone], cwd=folder)
    except StepFailed as error:
        raise Unavailable(f"The packages of the guest cannot be fetched (apt-get update may help):\n{error}") from error
    return sorted(folder.glob("*.deb"))


def unpack(archives: Iterable[Path], root: Path) -> None:
    """Unpacks packages into `root`, which keeps its merged /usr. Nothing of them is run."""
    for name in ("bin", "sbin", "lib", "lib64"):
        (root / "usr" / name).mkdir(parents=True, exist_ok=True)
        if not (root / name).is_symlink():
            (root / name).symlink_to(f"usr/{name}")
    for archive in archives:
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", archive], stdout=subprocess.PIPE) as tar:
            done = subprocess.run(
                ["tar", "-x", "--keep-directory-symlink", "--no-same-owner", "-C", root], stdin=tar.stdout, check=False
            )
        if done.returncode or tar.returncode:
            raise StepFailed(f"{archive.name} cannot be unpacked: is the disk full?")


def named(archives: Iterable[Path], names: Iterable[str]) -> list[Path]:
    """Those of `archives` that are of the packages `names`."""
    wanted = set(names)
    return [archive for archive in archives if archive.name.partition("_")[0] in wanted]
