# SPDX-License-Identifier: GPL-2.0-or-later
"""The life of the package: a newer version is installed over it, it is removed, it is purged. The last stories."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from hil.appliance.guest.box import STATE, all_up, answers, ask, configure, restarted, shell, shown_of_all, until

SOON_S = 600.0
NEWER = Path("/results/newer.deb")  # the same with another number: image.py
LEFT_ALONE = "tipring-network.path"
APT = ("apt-get", "-y", "-q", "-o", "Dpkg::Use-Pty=0")


@pytest.fixture(autouse=True)
def nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBIAN_FRONTEND", "noninteractive")


def units() -> list[str]:
    """Of ours that systemd knows; the bench's own units name some."""
    known = shell("systemctl", "list-units", "--all", "--plain", "--no-legend", "tipring*").splitlines()
    return [unit for unit in known if "not-found" not in unit]


def named_after_us() -> list[str]:
    """Files of the machine's disk, but the backups that the box made in the owner's folder: those stay."""
    return shell("find", "/", "-xdev", "-path", "/mnt", "-prune", "-o", "-name", "*tipring*", "-print").splitlines()


def processes() -> list[str]:
    """Of our users."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended
            if process.owner().startswith("tipring"):
                found.append((process / "cmdline").read_text())
    return found


def test_a_newer_version_keeps_what_the_box_remembers_and_what_its_installer_chose() -> None:
    configure(site={"name": "Across the upgrade"})
    shell("systemctl", "disable", LEFT_ALONE)
    before = shown_of_all("MainPID")
    version = shell("dpkg-query", "-W", "-f", "${Version}", "tipring")
    shell("dpkg", "-i", NEWER)
    until(lambda: restarted(before), SOON_S, "restart")
    until(answers, SOON_S, "core")
    assert shell("dpkg-query", "-W", "-f", "${Version}", "tipring") == f"{version}+newer"
    assert shell("dpkg", "--verify", "tipring") == ""
    assert ask("config.show")["document"]["site"]["name"] == "Across the upgrade"
    enabled = {
        unit: shell("systemctl", "is-enabled", unit, check=False).strip() for unit in (LEFT_ALONE, "tipring.target")
    }
    assert enabled == {LEFT_ALONE: "disabled", "tipring.target": "enabled"}
    until(all_up, SOON_S, "services")


def test_removed_it_runs_no_more_and_keeps_settings_and_what_it_remembers() -> None:
    shell(*APT, "remove", "tipring")
    assert units() == []
    assert processes() == []
    assert "tipring" not in shell("nft", "list", "tables")
    kept = ("/var/lib/tipring", "/etc/tipring", "/etc/default/tipring", "/var/lib/dpkg/info")
    assert [path for path in named_after_us() if not path.startswith(kept)] == []
    assert not Path("/run/tipring").exists()
    assert (STATE / "config.db").stat().st_size > 0
    assert Path("/etc/default/tipring").exists()
    assert shell("systemctl", "is-enabled", "kamailio", check=False).strip() != "masked"


def test_purged_it_leaves_no_trace() -> None:
    shell(*APT, "purge", "tipring")
    assert named_after_us() == []
    accounts = Path("/etc/passwd").read_text() + Path("/etc/group").read_text() + Path("/etc/shadow").read_text()
    assert "tipring" not in accounts
    assert (
        shell("find", "/", "-xdev", "-path", "/mnt", "-prune", "-o", "(", "-nouser", "-o", "-nogroup", ")", "-print")
        == ""
    )
