# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine: QEMU without KVM, whose time goes by instructions and not by the wall clock.

`-icount` makes one instruction 2 ns of guest time and skips idle time: the same events at the same guest times,
whatever else the host does. Nothing about speed can be learnt here.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hil.kernel.cache import PROJECT, Parts
from hil.kernel.steps import Unavailable

QEMU = "qemu-system-x86_64"
# no_timer_check: a host that has no time for QEMU at that instant would be a panic
COMMAND_LINE = "console=ttyS0 quiet panic=-1 nokaslr mitigations=off tsc=reliable no_timer_check random.trust_cpu=on"
MEMORY_MB = 768
ENDS_WITHIN_S = 1800.0  # of the host, which may be busy with other things: nothing in the guest depends on it


@dataclass(frozen=True, slots=True)
class Ended:
    """How the machine ended: its console, and the host's seconds."""

    console: str
    seconds: float
    timed_out: bool


def find_qemu() -> str:
    """Unavailable where it is not installed."""
    found = shutil.which(QEMU)
    if not found:
        raise Unavailable(f"{QEMU} is not here. Install it: apt-get install --no-install-recommends qemu-system-x86")
    return found


def find_pjproject() -> Path | None:
    """Where the pjproject of this checkout's virtual environment is; None when it is not built."""
    for link in (PROJECT / ".venv/lib").glob("python3*/site-packages/pjsua2.pth"):
        return Path(link.read_text().strip()).parent
    return None


def options(initramfs: Path, results: Path, shift: int | None = 1, **more: Path) -> list[str]:
    """What makes this machine this bench: one processor, an instruction in 2^shift ns, the shares, of which `more`.

    `shift` None: its time is the host's.
    """
    venv = (PROJECT / ".venv").resolve()  # another checkout's, when it is a link: the guest could not follow it
    shares = {**more, "project": PROJECT, "venv": venv, "pjproject": find_pjproject()}
    count = [] if shift is None else ["-icount", f"shift={shift},sleep=off", "-rtc", "clock=vm"]
    words = ["-smp", "1", "-accel", "tcg", *count, "-nodefaults", "-no-reboot", "-initrd", str(initramfs)]
    for tag, path in shares.items():
        if path:
            words += ["-virtfs", f"local,path={path},mount_tag={tag},security_model=none,readonly=on,multidevs=remap"]
    return [*words, "-virtfs", f"local,path={results},mount_tag=results,security_model=none,multidevs=remap"]


def command(kernel: Path, devices: Sequence[str], machine: str = "q35", memory: str = str(MEMORY_MB)) -> list[str]:
    """QEMU's command line, its console on standard output."""
    return [
        "nice", "-n", "19", find_qemu(), "-M", machine, "-cpu", "max", "-m", memory, *devices,
        "-display", "none", "-serial", "stdio", "-kernel", str(kernel), "-append", COMMAND_LINE,
    ]  # fmt: skip


def boot(parts: Parts, results: Path, on_line: Callable[[str], None]) -> Ended:
    """Runs the machine until it powers off, or too long; `on_line` gets what it prints, as it comes."""
    return watch(command(parts.kernel, options(parts.initramfs, results, root=parts.root)), on_line)


def watch(words: Sequence[str], on_line: Callable[[str], None], within_s: float = ENDS_WITHIN_S) -> Ended:
    """Runs a machine by its command line, for so long at most."""
    began = time.monotonic()
    printed: list[str] = []
    with subprocess.Popen(
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as machine:
        timer = threading.Timer(within_s, machine.kill)
        timer.start()
        try:
            for line in machine.stdout or ():
                printed.append(clean := re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", line).rstrip())
                on_line(clean)
        finally:
            timer.cancel()
            machine.kill()
    seconds = time.monotonic() - began
    return Ended("\n".join(printed), seconds, seconds >= within_s)
