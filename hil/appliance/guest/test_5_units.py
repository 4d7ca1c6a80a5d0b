# SPDX-License-Identifier: GPL-2.0-or-later
"""What the units do that no long-running service is: network, updates, as systemd starts them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hil.appliance.guest.box import STATE, answers, ask, configure, shell, shown, until

SOON_S = 300.0
NETWORKS = Path("/run/systemd/network")
ADDRESS = "198.51.100.5"


def starts(unit: str) -> int:
    """How often systemd has started it."""
    return shell("journalctl", "-b", "--no-pager", "-o", "cat", "-u", unit).count("Starting ")


@pytest.mark.parametrize("path", ["tipring-network.path", "tipring-update-package.path"])
def test_systemd_watches_for_what_the_core_wants(path: str) -> None:
    assert shell("systemctl", "is-active", path, check=False).strip() == "active"


@pytest.fixture
def cable() -> Iterator[None]:
    """A network that the box has no address in."""
    shell("modprobe", "veth")
    shell("ip", "link", "add", "lan0", "type", "veth", "peer", "name", "far0")
    shell("ip", "link", "set", "far0", "up")
    yield
    shell("ip", "link", "del", "lan0", check=False)
    shell("systemctl", "stop", "systemd-networkd", check=False)


def test_an_address_that_is_configured_is_the_machines_and_phones_reach_the_box_there(cable: None) -> None:
    began = starts("tipring-network.service")
    configure(network={"interface": "lan0", "address": f"{ADDRESS}/24"})
    until(lambda: any("lan0" in file.read_text() for file in NETWORKS.glob("10-tipring*")), SOON_S, "file of networkd")
    assert starts("tipring-network.service") > began
    shell("systemctl", "restart", "systemd-networkd")  # networkctl takes a bus, which this root has not
    until(lambda: ADDRESS in shell("ip", "-4", "addr", "show", "lan0"), SOON_S, "address")
    until(lambda: f"{ADDRESS}:5060" in shell("ss", "-Htln"), SOON_S, "SIP at that address")
    configure(network=None)
    until(lambda: not list(NETWORKS.glob("10-tipring*")), SOON_S, "end of the address")


@pytest.fixture
def image_box() -> Iterator[None]:
    """What tells the units that this is a box with slots; RAUC itself is not there."""
    conf = Path("/etc/rauc/system.conf")
    conf.parent.mkdir()
    conf.write_text("[system]\ncompatible=tipring-bench\n")
    yield
    shutil.rmtree(conf.parent)


def test_the_version_that_started_was_looked_at_and_nothing_waited_for_it() -> None:
    until(lambda: shown("update-package-check", "ActiveState") == "inactive", SOON_S, "end of the look")
    found = {what: shown("update-package-check", what) for what in ("Type", "ConditionResult", "Result")}
    assert found == {"Type": "exec", "ConditionResult": "yes", "Result": "success"}
    assert shown("update-check", "ConditionResult") == "no"


def test_a_box_with_slots_asks_rauc_instead(image_box: None) -> None:
    shell("systemctl", "start", "tipring-update-check", "tipring-update-package-check")
    until(lambda: shown("update-check", "ActiveState") == "failed", SOON_S, "end of the look")
    assert "RAUC does not answer" in shell("journalctl", "-b", "--no-pager", "-u", "tipring-update-check")
    assert shown("update-package-check", "ConditionResult") == "no"
    shell("systemctl", "reset-failed", "tipring-update-check")


def test_an_update_that_is_ordered_runs_the_updater_which_tells_what_is_wrong() -> None:
    """No archive of this machine has the package."""
    shell("tipring", "update", "install")
    until(lambda: ask("update")["progress"]["phase"] == "failed", SOON_S, "end of the update")
    assert ask("update")["progress"]["text"]
    assert starts("tipring-update-package.service") >= 1
    assert not (STATE / "update/order.json").exists()
    assert answers()
