# SPDX-License-Identifier: GPL-2.0-or-later
"""What systemd makes of the units that the box is run by."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from firmware import service

UNITS = Path(__file__).parents[2] / "firmware/system/units"
SERVICES = sorted(UNITS.glob("*.service"))
LONG_RUNNING = [name for name in service.SERVICES if name != "bench"]
EXPOSURE = 2.0  # systemd's own scale: 10 is unsafe; Debian's sshd has 9.6


def said_by(*words: str | Path) -> str:
    done = subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout + done.stderr


def test_systemd_finds_nothing_wrong_with_the_units() -> None:
    complaints = said_by("verify", *SERVICES, *UNITS.glob("*.target")).splitlines()
    assert [line for line in complaints if "tipring" in line and "is not executable" not in line] == []


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_each_service_has_a_unit_that_brings_it_back(name: str) -> None:
    unit = (UNITS / f"tipring-{name}.service").read_text()
    module = "webui" if name == "web" else f"firmware.{name}"
    assert f"-m {module} --state /var/lib/tipring" in unit
    assert {"Type=notify", "Restart=always", f"User=tipring-{name}"} <= set(unit.splitlines())


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.stem)
def test_a_service_may_do_little(unit: Path) -> None:
    exposure = re.search(r"exposure level for \S+: ([\d.]+)", said_by("security", "--offline=true", unit))
    assert exposure, "systemd-analyze said nothing of it"
    assert float(exposure[1]) <= EXPOSURE


def test_only_the_core_may_run_in_real_time() -> None:
    text = {unit.stem: unit.read_text() for unit in SERVICES}
    assert [name for name, unit in text.items() if "RestrictRealtime=yes" not in unit] == ["tipring-core"]
    assert [name for name, unit in text.items() if "LimitRTPRIO" in unit] == ["tipring-core"]


def test_every_user_of_a_unit_is_made_by_sysusers() -> None:
    made = (UNITS.parent / "sysusers.conf").read_text()
    users = {
        line.partition("=")[2]
        for unit in SERVICES
        for line in unit.read_text().splitlines()
        if line.startswith("User=")
    }
    assert {user for user in users if f"u {user} " not in made} == set()


def test_an_update_is_not_stopped_by_the_restart_that_it_brings_about() -> None:
    """The package's script restarts the target while apt, a child of the updater's unit, still runs."""
    common = (UNITS / "tipring-.service.d/10-tipring.conf").read_text()
    part = {unit.stem for unit in SERVICES if "PartOf=tipring.target" in common + unit.read_text()}
    assert {f"tipring-{name}" for name in LONG_RUNNING} <= part
    assert {name for name in part if "update" in name} == set()


def test_no_program_is_taken_from_where_the_services_may_write(tmp_path: Path) -> None:
    """Units of root run in /var/lib/tipring, too."""
    (tmp_path / "firmware.py").write_text("print('not ours')")
    lines = (UNITS.parent / "environment").read_text().splitlines()
    environment = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    environment["PYTHONPATH"] = os.pathsep.join([str(UNITS.parents[2]), *filter(os.path.isdir, sys.path)])
    words = [sys.executable, "-m", "firmware.update", "--help"]
    done = subprocess.run(words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "tipring-update" in done.stdout, done.stdout + done.stderr


def test_who_has_the_right_to_give_files_away_has_the_system_call_too() -> None:
    """What all have in common is read after a unit and takes it away: a drop-in with a higher number gives it back."""
    units = [
        unit for unit in SERVICES if re.search("^CapabilityBoundingSet=.*CAP_CHOWN", unit.read_text(), re.MULTILINE)
    ]
    assert units
    for unit in units:
        later = sorted(unit.with_name(f"{unit.name}.d").glob("*.conf"))[-1]
        assert later.name > "10-tipring.conf"
        assert "SystemCallFilter=@chown" in later.read_text()
