# SPDX-License-Identifier: GPL-2.0-or-later
"""One boot of the appliance, and what its stories say.

The disk is memory of the machine (an NVDIMM of which changes are thrown away), so reading it costs instructions and the
guest's time does not run away while the host reads a file. What an eMMC would add is told in docs/benchmarks.md.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from hil.appliance import image
from hil.kernel import cache, guest_run, machine
from hil.kernel.steps import say, step

GUEST = Path(__file__).resolve().parent / "guest"
RESULTS = image.BUILD / "results"
MEMORY_MB = 1024
SHIFT = 0  # 1 ns: 1000 million instructions a second, two thirds of what a core of a Raspberry Pi 4 does


def files() -> list[Path]:
    """What the guest runs, in this order."""
    return sorted(GUEST.glob("test_*.py"))


def run_appliance(arguments: Sequence[str] = ()) -> guest_run.Run:
    """Makes what is missing, boots, and reads the results. Unavailable or StepFailed where that cannot be."""
    machine.find_qemu()
    with guest_run.alone():
        appliance = image.ensure()
        shutil.rmtree(RESULTS, ignore_errors=True)
        RESULTS.mkdir(parents=True)
        wanted = arguments or [str(file.relative_to(cache.PROJECT)) for file in files()]
        (RESULTS / "arguments").write_text("\n".join(wanted))
        guest_run.compile_ahead(files())
        with step("running the appliance"):
            ended = machine.watch(command(appliance), lambda line: say(f"| {line}"))
    verdicts = guest_run.verdicts(RESULTS / "junit.xml")
    return guest_run.Run(verdicts, ended.console, kernel_log(), ended.seconds, ended.timed_out)


def kernel_log() -> str:
    """What the guest's kernel said; "" when it did not get that far."""
    file = RESULTS / "dmesg.txt"
    return file.read_text(errors="replace") if file.exists() else ""


def command(appliance: image.Appliance) -> list[str]:
    """QEMU's command line."""
    disk = f"memory-backend-file,id=disk,share=off,mem-path={appliance.disk},size={image.DISK_MB}M"
    devices = [
        *machine.options(appliance.initramfs, RESULTS, SHIFT),
        "-object",
        disk,
        "-device",
        "nvdimm,memdev=disk,id=nv",
    ]
    memory = f"{MEMORY_MB}M,slots=2,maxmem=4G"
    return machine.command(appliance.kernel, devices, "q35,nvdimm=on", memory)
