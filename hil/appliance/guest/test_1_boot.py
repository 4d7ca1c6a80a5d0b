# SPDX-License-Identifier: GPL-2.0-or-later
"""The box has booted by itself, gives dial tone, and is small."""

from __future__ import annotations

import re
from pathlib import Path

from hil.appliance.guest.box import all_up, ask, figure, shell, shown_of_all, until

DIAL_TONE_S = 10.0  # issue 7, from the kernel's start
MEMORY_MB = 180  # issue 7, all processes together
UP_S = 300.0  # for the last service, which has no hurry
OURS = re.compile(r"pytest|bench/run\.sh|dialtone")


def test_dial_tone_at_the_first_phone_soon_after_power_on() -> None:
    lifted, heard = map(float, Path("/run/dialtone").read_text().split())
    figure("power_on_to_dial_tone_s", heard)
    assert lifted < heard <= DIAL_TONE_S


def test_every_service_comes_up_by_itself() -> None:
    until(all_up, UP_S, "services")
    assert set(shown_of_all("NRestarts").values()) == {"0"}


def test_nothing_is_wrong_with_an_idle_box() -> None:
    """But for the two channels that the bench has taken, the far ends of the wires."""
    until(lambda: [alarm["kind"] for alarm in ask("alarms")] == ["card"], UP_S, "end of the alarms")


def test_every_service_is_of_the_package() -> None:
    assert shell("dpkg", "--verify", "tipring") == ""


def test_the_package_has_what_runs_and_nothing_of_the_bench() -> None:
    files = shell("dpkg", "-L", "tipring").split()
    home = "/usr/lib/tipring"
    assert {f"{home}/webui/__main__.py", f"{home}/packages/pjsua2.py", f"{home}/build/sounds/music.wav"} <= set(files)
    assert not [path for path in files if path.startswith((f"{home}/hil", f"{home}/tests")) or "pytest" in path]
    assert not [path for path in files if path.endswith((".po", ".c", ".key"))]


def test_an_idle_box_needs_little_memory() -> None:
    """Each page counted once (PSS); what the bench itself runs is left out."""
    sizes = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            name = (process / "cmdline").read_text().replace("\0", " ")
            rollup = (process / "smaps_rollup").read_text()
        except OSError:
            continue
        if name and not OURS.search(name) and (found := re.search(r"^Pss: +(\d+) kB", rollup, re.MULTILINE)):
            sizes[f"{process.name} {name[:60]}"] = int(found[1]) / 1024
    together = sum(sizes.values())
    figure("idle_memory_mb", round(together, 1))
    listed = "\n".join(f"{size:6.1f} {name}" for name, size in sorted(sizes.items(), key=lambda item: -item[1]))
    Path("/results/memory.txt").write_text(listed)
    assert together <= MEMORY_MB, listed
