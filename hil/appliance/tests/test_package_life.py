# SPDX-License-Identifier: GPL-2.0-or-later
"""The package on a Debian root in which nothing runs: what dpkg lays down, keeps across an upgrade, and takes away.

What becomes of the running services is shown in the appliance: hil/appliance/guest/test_9_package.py.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hil.appliance import image
from hil.kernel.guest_run import alone
from hil.kernel.steps import StepFailed, Unavailable, run

pytestmark = pytest.mark.timeout(3600)
OURS = "find / -xdev -name '*tipring*' -not -path '/root/*' -not -path '/proc/*'"
KEPT = ("/etc/tipring", "/etc/default/tipring", "/var/lib/tipring", "/var/lib/dpkg/info/")


class Machine:
    """A root, and commands in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def sh(self, line: str) -> str:
        """What it prints. StepFailed."""
        return run(["chroot", self.root, "/bin/sh", "-c", line], env={"DEBIAN_FRONTEND": "noninteractive"})

    def enabled(self, unit: str) -> bool:
        """Whether it starts with the machine."""
        try:
            return self.sh(f"systemctl is-enabled {unit}").strip() == "enabled"
        except StepFailed:
            return False

    def ours(self) -> set[str]:
        """Files with our name."""
        return set(self.sh(OURS).split())


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    root = tmp_path_factory.mktemp("debian")
    try:
        with alone():
            made = image.ensure()
            for package, name in ((made.package, "this.deb"), (made.newer, "newer.deb")):
                (root / "root").mkdir(exist_ok=True)
                shutil.copy(package, root / "root" / name)
    except Unavailable as error:
        pytest.skip(str(error))
    run(["tar", "-x", "--numeric-owner", "-f", made.base, "-C", root])
    yield Machine(root)
    shutil.rmtree(root)


def test_installed_its_units_start_with_the_machine(machine: Machine) -> None:
    machine.sh("dpkg -i /root/this.deb")
    units = (machine.root / "usr/lib/tipring/units").read_text().split()
    assert "tipring-update-package.path" in units
    assert [unit for unit in units if not machine.enabled(unit)] == []
    assert not machine.enabled("kamailio"), "Debian's own would take our ports"


def test_every_module_finds_what_it_needs_in_the_package(machine: Machine) -> None:
    shutil.copy(Path(__file__).with_name("import_all.py"), machine.root / "root")
    machine.sh("set -a; . /usr/lib/tipring/environment; python3 /root/import_all.py")


def test_a_newer_version_leaves_alone_what_was_disabled_and_enables_what_is_new(machine: Machine) -> None:
    machine.sh("systemctl disable tipring-network.path")
    (machine.root / "var/lib/tipring/config.db").write_text("what the box remembers")
    (machine.root / "etc/default/tipring").write_text("TIPRING_CARD=none\n")
    machine.sh("dpkg --force-confold -i /root/newer.deb")
    assert not machine.enabled("tipring-network.path")
    assert machine.enabled(image.NEW_UNIT)
    assert (machine.root / "etc/default/tipring").read_text() == "TIPRING_CARD=none\n"


def test_removed_it_leaves_settings_and_what_the_box_remembers(machine: Machine) -> None:
    machine.sh("apt-get -y remove tipring")
    assert {path for path in machine.ours() if not path.startswith(KEPT)} == set()
    assert (machine.root / "var/lib/tipring/config.db").read_text() == "what the box remembers"
    assert machine.enabled("kamailio")


def test_purged_it_leaves_no_trace(machine: Machine) -> None:
    machine.sh("apt-get -y purge tipring")
    assert machine.ours() == set()
    for accounts in ("passwd", "group", "shadow", "gshadow"):
        assert "tipring" not in (machine.root / "etc" / accounts).read_text()
    assert machine.sh("find / -xdev '(' -nouser -o -nogroup ')' -not -path '/root/*'") == ""
