# SPDX-License-Identifier: GPL-2.0-or-later
"""Compiles DAHDI as Debian ships it, and our card of line pairs, against a Debian kernel that is not installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from hil.kernel.packages import Versions
from hil.kernel.steps import StepFailed, Unavailable, run

LINEPAIR = Path(__file__).resolve().parent / "linepair"
# OSLEC is compiled because Debian's dahdi-dkms has its source in drivers/staging/echo.
# snd-aloop is the codec of the SLICs, softdog the watchdog of the board; the last three are how RAUC reads a bundle.
WANTED = (
    "dahdi", "dahdi_echocan_mg2", "dahdi_echocan_oslec", "gpio_sim", "snd_aloop", "softdog", "loop", "dm_verity",
    "squashfs",
)  # fmt: skip
BUILT = (
    "drivers/dahdi/dahdi", "drivers/dahdi/dahdi_echocan_mg2", "drivers/dahdi/dahdi_echocan_oslec",
    "drivers/staging/echo/echo",
)  # fmt: skip
JOBS = f"-j{os.cpu_count() or 1}"
# Only what the bench loads: the core, two echo cancellers. No card of any vendor is compiled.
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
    run(["make", JOBS, "-C", headers, f"M={drivers}", f"DAHDI_INCLUDE={dahdi / 'include'}", *SETTINGS, "modules"])
    return [dahdi / f"{name}.ko" for name in BUILT]


# ---- gpio-sim ---------------------------------------------------------------------------------------
# Debian's kernel has neither gpio-sim nor the simulated interrupts under it: both go into one module of ours.

GPIO_SOURCES = {
    "drivers/gpio/gpio-sim.c": "gpio_sim_chip.c",
    "drivers/gpio/gpiolib.h": "gpiolib.h",
    "kernel/irq/irq_sim.c": "gpio_sim_irq.c",
}
GPIO_KBUILD = "obj-m := gpio-sim.o\ngpio-sim-objs := gpio_sim_chip.o gpio_sim_irq.o\n"
# irq_to_desc is not exported to modules; this does the same for an interrupt that has a simple handler.
GPIO_CHANGE = ("handle_simple_irq(irq_to_desc(irqnum))", "generic_handle_irq(irqnum)")


def build_gpio_sim(kit: Path, headers: Path) -> Path:
    """Compiles gpio-sim out of the sources that linux-source-6.1 has. StepFailed when they are other ones."""
    work = kit / "gpio-sim"
    work.mkdir(exist_ok=True)
    _take_gpio_sources(kit, work)
    irq = work / GPIO_SOURCES["kernel/irq/irq_sim.c"]
    source = irq.read_text()
    if GPIO_CHANGE[0] not in source and "irq_to_desc" in source:
        raise StepFailed("irq_sim.c of this kernel uses irq_to_desc in a new way: see GPIO_CHANGE in modules.py")
    irq.write_text(source.replace(*GPIO_CHANGE))
    (work / "Kbuild").write_text(GPIO_KBUILD)
    run(["make", JOBS, "-C", headers, f"M={work}", "modules"])
    return work / "gpio-sim.ko"


def _take_gpio_sources(kit: Path, work: Path) -> None:
    archive = next((kit / "usr" / "src").glob("linux-source-*.tar.*"))
    top = re.sub(r"\.tar\..*", "", archive.name)
    names = [f"{top}/{name}" for name in GPIO_SOURCES]
    done = subprocess.run(  # --occurrence ends the reading of 130 MB with the last of them
        ["tar", "-x", "--occurrence=1", "-f", archive, "-C", work, "--strip-components=1", *names],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise StepFailed(f"the sources of gpio-sim cannot be unpacked: {done.stderr.strip()}")
    for name, ours in GPIO_SOURCES.items():
        (work / name).rename(work / ours)
    archive.unlink()


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
