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
STICK = image.BUILD / "stick.img"
MEMORY_MB = 1024
ENDS_WITHIN_S = 3600.0  # of the host: three starts, on a machine that may be busy
BEFORE, AGAIN = "test_6_before.py", "test_7_again.py"
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
        for number, wanted in enumerate(starts(arguments or [_path(file) for file in files()]), 1):
            (RESULTS / f"arguments-{number}").write_text("\n".join(wanted))
        (RESULTS / appliance.newer.name).hardlink_to(appliance.newer)
        image.make_stick(STICK)
        guest_run.compile_ahead(files())
        with step("running the appliance"):
            ended = machine.watch(command(appliance), lambda line: say(f"| {line}"), ENDS_WITHIN_S)
    verdicts = {name: one for file in _results("junit-*.xml") for name, one in guest_run.verdicts(file).items()}
    said = "".join(file.read_text(errors="replace") for file in _results("dmesg-*.txt"))
    return guest_run.Run(verdicts, ended.console, said, ended.seconds, ended.timed_out)


def starts(wanted: Sequence[str]) -> list[list[str]]:
    """What each start of the machine runs: what comes before AGAIN; AGAIN after a reboot; AGAIN after a power cut, and
    the rest."""
    names = {one: Path(one.partition("::")[0]).name for one in wanted}
    before = [one for one, name in names.items() if name < AGAIN]
    again = [one for one, name in names.items() if name == AGAIN]
    after = [one for one, name in names.items() if name > AGAIN]
    return [before or [_path(GUEST / BEFORE)], again, again + after] if again else [before + after]


def _path(file: Path) -> str:
    return str(file.relative_to(cache.PROJECT))


def _results(pattern: str) -> list[Path]:
    return sorted(RESULTS.glob(pattern))


def command(appliance: image.Appliance) -> list[str]:
    """QEMU's command line."""
    disk = f"memory-backend-file,id=disk,share=off,mem-path={appliance.disk},size={image.DISK_MB}M"
    devices = [
        *(word for word in machine.options(appliance.initramfs, RESULTS, SHIFT) if word != "-no-reboot"),
        "-object",
        disk,
        "-device",
        "nvdimm,memdev=disk,id=nv",
        *("-device", "qemu-xhci,id=usb", "-drive", f"if=none,id=stick,format=raw,file={STICK}"),
        *("-device", "usb-storage,drive=stick,bus=usb.0"),
    ]
    memory = f"{MEMORY_MB}M,slots=2,maxmem=4G"
    return machine.command(appliance.kernel, devices, "q35,nvdimm=on", memory)
