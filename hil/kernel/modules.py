# SPDX-License-Identifier: GPL-2.0-or-later
"""Compiles DAHDI as Debian ships it, and our card of line pairs, against a Debian kernel that is not installed."""

from __future__ import annotations

import shutil
from pathlib import Path

from hil.kernel.packages import Versions
from hil.kernel.steps import Unavailable, run

LINEPAIR = Path(__file__).resolve().parent / "linepair"
WANTED = ("dahdi", "dahdi_echocan_mg2")
# Only what the bench loads: the core, one echo canceller. No card of any vendor is compiled.
SETTINGS = [
    "DAHDI_BUILD_ALL=", "CONFIG_DAHDI=m", "CONFIG_DAHDI_ECHOCAN_MG2=m", "HOTPLUG_FIRMWARE=no",
]  # fmt: skip


def prepare_headers(kit: Path, versions: Versions) -> Path:
    """The folder to compile against; its one-line Makefile names /usr/src, which is not where `kit` is."""
    headers = kit / "usr" / "src" / f"linux-headers-{versions.release}"
    for name in ("Makefile", ".kernelvariables"):
        file = headers / name
        if file.exists():
            file.write_text(file.read_text().replace("/usr/src/", f"{kit}/usr/src/"))
    return headers


def source(kit: Path) -> Path:
    """The sources of DAHDI that dahdi-dkms unpacked."""
    return next((kit / "usr" / "src").glob("dahdi-*"))


def build_dahdi(kit: Path, headers: Path) -> list[Path]:
    """Compiles the core; the modules that the bench loads. Unavailable without a compiler."""
    if not shutil.which("make") or not shutil.which("gcc"):
        raise Unavailable("A compiler is missing. Install it: apt-get install build-essential")
    dahdi = source(kit)
    run(["make", "include/dahdi/version.h"], cwd=dahdi)
    drivers = dahdi / "drivers" / "dahdi"
    run(["make", "-C", headers, f"M={drivers}", f"DAHDI_INCLUDE={dahdi / 'include'}", *SETTINGS, "modules"])
    return [drivers / f"{name}.ko" for name in WANTED]


def build_linepair(kit: Path, headers: Path, work: Path) -> Path:
    """Compiles our module in a copy, so that the checkout stays clean."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(LINEPAIR, work)
    dahdi = source(kit)
    symbols = dahdi / "drivers" / "dahdi" / "Module.symvers"
    run([
        "make", "-C", headers, f"M={work}", f"DAHDI_INCLUDE={dahdi / 'include'}", f"KBUILD_EXTRA_SYMBOLS={symbols}",
        "modules",
    ])  # fmt: skip
    return work / "linepair.ko"
