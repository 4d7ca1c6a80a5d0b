# SPDX-License-Identifier: GPL-2.0-or-later
"""The way of a Debian machine: the real apt and dpkg install from a signed archive, below a root of their own."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from firmware.update.by_package import PackageUpdater
from firmware.update.package import Package
from firmware.update.progress import Order, Phase, Progress, Word

OLD, NEW = "1.0", "1.10"
SERVED = "usr/share/tipring/version"  # what the package brings


class Archive:
    """A folder with packages, and a list of them that the maker has signed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = folder / "maker.gpg"
        folder.mkdir()
        self._homes: list[str] = []
        self.sign_with_a_new_key()
        self.key.write_bytes(self._gpg("--export"))

    def sign_with_a_new_key(self) -> None:
        """From now on: of somebody else, whom no box trusts."""
        self._home = tempfile.mkdtemp(prefix="maker")  # a short name: the agent's socket is in it
        self._homes.append(self._home)
        self._gpg("--passphrase", "", "--quick-generate-key", "maker@example.com", "ed25519", "sign", "never")

    def _gpg(self, *arguments: str) -> bytes:
        command = ["gpg", "--homedir", self._home, "--batch", "--yes", "--quiet", *arguments]
        return subprocess.run(command, check=True, capture_output=True).stdout

    def stop(self) -> None:
        for home in self._homes:
            subprocess.run(["gpgconf", "--homedir", home, "--kill", "gpg-agent"], check=True)
            shutil.rmtree(home, ignore_errors=True)

    def add(self, version: str, **scripts: str) -> Path:
        """A package of that version, with what dpkg runs before and after it unpacks it."""
        tree = self.folder / f"tree-{version}"
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / "DEBIAN/control").write_text(
            f"Package: tipring\nVersion: {version}\nArchitecture: all\nMaintainer: Maker <maker@example.com>\n"
            "Description: a box\n"
        )
        for name, text in scripts.items():
            (tree / "DEBIAN" / name).write_text(f"#!/bin/sh\n{text}\n")
            (tree / "DEBIAN" / name).chmod(0o755)
        (tree / SERVED).parent.mkdir(parents=True)
        (tree / SERVED).write_text(version)
        made = self.folder / f"tipring_{version}_all.deb"
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-Znone", "--build", str(tree), str(made)], check=True,
            capture_output=True,
        )  # fmt: skip
        self.publish()
        return made

    def publish(self) -> None:
        """The list as the folder is now, signed."""
        listed = subprocess.run(
            ["dpkg-scanpackages", "--multiversion", "."], cwd=self.folder, check=True, capture_output=True
        )
        (self.folder / "Packages").write_bytes(listed.stdout)
        digest = hashlib.sha256(listed.stdout).hexdigest()
        release = f"Origin: maker\nDate: {formatdate(usegmt=True)}\nSHA256:\n {digest} {len(listed.stdout)} Packages\n"
        (self.folder / "Release").write_text(release)
        self._gpg("--clearsign", "--output", str(self.folder / "InRelease"), str(self.folder / "Release"))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path / "archive")
    yield archive
    archive.stop()


class Machine:
    """A Debian machine without anything but apt's and dpkg's state; `works` is what the self-test finds."""

    def __init__(self, root: Path, archive: Archive) -> None:
        self.root, self.archive, self.works = root, archive, True
        for name in ("var/lib/dpkg/updates", "var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "etc/apt",
                     "var/log/apt", "state"):  # fmt: skip
            (root / name).mkdir(parents=True)
        for name in ("status", "available"):
            (root / "var/lib/dpkg" / name).touch()
        (root / "etc/apt/sources.list").write_text(f"deb [signed-by={archive.key}] file:{archive.folder} ./\n")
        (root / "apt.conf").write_text(
            f'Dir "{root}/";\nDir::State::status "{root}/var/lib/dpkg/status";\nDir::Bin::dpkg "/usr/bin/dpkg";\n'
            'APT::Architecture "amd64";\nAPT::Sandbox::User "";\nAcquire::Languages "none";\n'
            'Dir::Bin::Methods "/usr/lib/apt/methods";\n#clear DPkg::Pre-Install-Pkgs;\n#clear DPkg::Post-Invoke;\n'
        )
        (root / ".dpkg.cfg").write_text(f"root={root}\nforce-not-root\nforce-script-chrootless\nlog={root}/dpkg.log\n")
        self.updater = self.started()

    def started(self) -> PackageUpdater:
        """The updater after a restart of the machine."""
        updater = PackageUpdater(self.root / "state", Package(), pause=lambda seconds: None)
        updater._answers = lambda: self.works  # type: ignore[method-assign]
        return updater

    def dpkg(self, *arguments: str | Path) -> None:
        subprocess.run(["dpkg", *map(str, arguments)], check=True, capture_output=True)

    def update(self, **wanted: float) -> Progress:
        self.updater.run(Order(by="owner", **wanted))
        return self.updater.files.progress()

    @property
    def version(self) -> str:
        """Of the files that are there; the version that dpkg says has to be the same, and whole."""
        asked = ["dpkg-query", f"--admindir={self.root}/var/lib/dpkg", "-W", "-f=${Status} ${Version}", "tipring"]
        said = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
        there = (self.root / SERVED).read_text()
        assert said == f"install ok installed {there}"
        return there


@pytest.fixture
def machine(tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """With the old version."""
    root = tmp_path / "root"
    root.mkdir()
    monkeypatch.setenv("APT_CONFIG", str(root / "apt.conf"))
    monkeypatch.setenv("HOME", str(root))
    monkeypatch.setenv("PATH", "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin")
    machine = Machine(root, archive)
    machine.dpkg("-i", archive.add(OLD))
    return machine


def test_a_newer_version_is_installed_and_an_older_or_the_same_is_not(machine: Machine, archive: Archive) -> None:
    archive.add("0.9")
    assert machine.update().text == f"Version {OLD} is the newest one."
    archive.add(NEW)
    done = machine.update()
    assert (done.phase, done.version, done.former, done.text) == (Phase.DONE, NEW, OLD, "")
    assert machine.version == NEW
    assert machine.update().text == f"Version {NEW} is the newest one."


def changed(archive: Archive) -> None:
    deb = archive.folder / f"tipring_{NEW}_all.deb"
    deb.write_bytes(deb.read_bytes().replace(b"1.10", b"6.66"))


def signed_by_a_stranger(archive: Archive) -> None:
    archive.sign_with_a_new_key()
    archive.publish()


def listed_by_a_stranger(archive: Archive) -> None:
    with (archive.folder / "Packages").open("a") as listed:
        listed.write("\n")


def unsigned(archive: Archive) -> None:
    (archive.folder / "InRelease").unlink()


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (signed_by_a_stranger, "is not signed"),
        (unsigned, "is not signed"),
        (listed_by_a_stranger, "Failed to fetch"),
        (changed, "Hash Sum mismatch"),
    ],
)
def test_what_the_maker_did_not_sign_is_refused(
    machine: Machine, archive: Archive, harm: Callable[[Archive], None], says: str
) -> None:
    archive.add(NEW)
    harm(archive)
    refused = machine.update()
    assert (refused.phase, machine.version) == (Phase.FAILED, OLD)
    assert says in refused.text
    assert refused.text.endswith("Nothing was changed.")


def test_a_package_that_cannot_be_unpacked_changes_nothing(machine: Machine, archive: Archive) -> None:
    archive.add(NEW, preinst="exit 1")
    told = machine.update()
    assert (told.phase, machine.version) == (Phase.FAILED, OLD)
    assert "It could not be installed" in told.text


def test_a_package_that_cannot_be_set_up_goes_also_when_the_archive_is_gone(machine: Machine, archive: Archive) -> None:
    archive.add(NEW, postinst=f"rm -r {archive.folder}/*.deb; exit 1")
    told = machine.update()
    assert (told.phase, machine.version) == (Phase.ROLLED_BACK, OLD)
    assert "It could not be installed" in told.text


def test_a_version_that_does_not_work_goes(machine: Machine, archive: Archive) -> None:
    archive.add(NEW)
    machine.works = False
    told = machine.update()
    assert (told.phase, machine.version) == (Phase.ROLLED_BACK, OLD)
    assert told.text == f"Version {NEW} did not start, or did not work."


def test_on_trial_it_stays_only_when_somebody_keeps_it(machine: Machine, archive: Archive) -> None:
    archive.add(NEW)
    told = machine.update(trial_s=0.01)
    assert (told.phase, machine.version) == (Phase.ROLLED_BACK, OLD)
    assert told.text == f"Version {NEW} was on trial, and nobody confirmed it."
    machine.updater.pause = lambda seconds: machine.updater.files.say(Word.KEEP, "owner")
    assert (machine.update(trial_s=3600).phase, machine.version) == (Phase.DONE, NEW)


def test_without_a_way_back_nothing_is_tried(machine: Machine, archive: Archive) -> None:
    archive.add(NEW)
    (archive.folder / f"tipring_{OLD}_all.deb").unlink()
    archive.publish()
    told = machine.update(trial_s=3600)
    assert (told.phase, machine.version) == (Phase.FAILED, OLD)
    assert "there would be no way back" in told.text
    assert machine.update().phase is Phase.DONE


def cut(machine: Machine, phase: Phase) -> Progress:
    """The power fails, and comes back."""
    files = machine.updater.files
    files.tell(Progress(phase, NEW, OLD, text="why" if phase is Phase.RETURNING else ""))
    machine.started().after_start()
    return files.progress()


def test_what_a_power_cut_left_half_installed_is_finished(machine: Machine, archive: Archive) -> None:
    deb = archive.add(NEW)
    machine.updater.package.look()
    assert cut(machine, Phase.WAITING).phase is Phase.FAILED
    assert machine.version == OLD
    machine.dpkg("--unpack", deb)
    assert cut(machine, Phase.INSTALLING).phase is Phase.DONE
    assert machine.version == NEW
    assert cut(machine, Phase.RETURNING).phase is Phase.ROLLED_BACK
    assert machine.version == OLD


def test_an_archive_that_is_not_there_is_told(machine: Machine, archive: Archive) -> None:
    shutil.rmtree(archive.folder)
    told = machine.update()
    assert told.phase is Phase.FAILED
    assert "apt refuses it: " in told.text
