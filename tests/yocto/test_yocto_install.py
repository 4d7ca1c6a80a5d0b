# SPDX-License-Identifier: GPL-2.0-or-later
"""What the recipes install, played here: the image has what the Debian package has, and its own files are whole."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hil.recipes import FOLDERS, LAYER, ROOT, play

sys.path[:0] = [str(ROOT / "yocto"), str(ROOT / "scripts")]

import check  # noqa: E402
import package  # noqa: E402
import release  # noqa: E402

HOME = "usr/lib/tipring"
OVERRIDES = {"raspberrypi4-64": "rpi"}
# Of the package alone: the compiled module, which tipring-lineaudio brings; what dpkg's scripts read; SSH.
DEBIAN_ONLY = {
    rf"{HOME}/drivers/lineaudio/_lineaudio\..*\.so",
    rf"{HOME}/units",
    r"etc/tipring/firewall\.d/10-ssh\.nft",
}


def files(tree: Path) -> set[str]:
    """With the folders of a system whose /lib is /usr/lib."""
    found = (str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file())
    return {f"usr/{name}" if name.startswith("lib/") else name for name in found}


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root as tipring-services installs it, from the archive that bitbake would take."""
    work = tmp_path_factory.mktemp("image")
    shutil.unpack_archive(release.pack(ROOT, work), work)
    play("tipring-services", "do_install", {"S": f"{work}/tipring", "D": f"{work}/root"})
    return work / "root"


@pytest.fixture(scope="module")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root as the Debian package installs it, without the Python packages."""
    root = tmp_path_factory.mktemp("debian")
    package.rooms(root / HOME)
    package.system(root)
    return root


def test_image_and_debian_package_have_the_same_files(image: Path, debian: Path) -> None:
    ours = {name for name in files(debian) if not any(re.fullmatch(only, name) for only in DEBIAN_ONLY)}
    assert files(image) == ours


def test_both_have_every_file_of_a_room_that_python_reads(image: Path, debian: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", *package.ROOMS], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    read = {f"{HOME}/{name}" for name in listed if Path(name).suffix in (".py", ".toml", ".html", ".sql", ".in")}
    for root in (image, debian):
        assert read - files(root) == {f"{HOME}/drivers/lineaudio/build.py"}


def test_the_debian_package_starts_every_unit_that_starts_by_itself(debian: Path) -> None:
    units = [path for path in (debian / "lib/systemd/system").iterdir() if path.is_file()]
    wanted = {path.name for path in units if "[Install]" in path.read_text()}
    assert set((debian / HOME / "units").read_text().split()) == wanted
    assert any(name.endswith(".path") for name in wanted)


def test_programs_are_programs(image: Path) -> None:
    assert (image / "usr/bin/tipring").stat().st_mode & 0o777 == 0o755
    assert (image / "etc/tipring/firewall.d").stat().st_mode & 0o777 == 0o750


@pytest.mark.parametrize("machine", check.machines())
def test_the_appliance_has_its_units_and_one_boot_partition(machine: str, tmp_path: Path) -> None:
    source = LAYER / "recipes-tipring/appliance/files"
    play("tipring-appliance", "do_install", {"WORKDIR": f"{source}", "D": f"{tmp_path}"}, OVERRIDES.get(machine, ""))
    units = {path.name: path.read_text() for path in (tmp_path / FOLDERS["systemd_system_unitdir"][1:]).iterdir()}
    boot = {re.findall(r"^Where=(.*)", text, re.MULTILINE)[0] for name, text in units.items() if "boot" in name}
    assert boot == ({"/boot"} if machine in OVERRIDES else {"/boot/efi"})
    for text in units.values():
        for program in re.findall(r"^ExecStart=(\S+)", text, re.MULTILINE):
            assert (tmp_path / program[1:]).stat().st_mode & 0o111


@pytest.mark.parametrize("machine", check.machines())
def test_raucs_configuration_names_machine_bootloader_and_slots(machine: str, tmp_path: Path) -> None:
    work = tmp_path / "work"
    keyring = tmp_path / "ca.pem"
    keyring.write_text("a certificate")
    (work / "build").mkdir(parents=True)
    shutil.copy(LAYER / "recipes-tipring/rauc-conf/files/system.conf.in", work)
    given = {
        "MACHINE": machine, "WORKDIR": f"{work}", "D": f"{tmp_path}/root", "RAUC_KEYRING_FILE": f"{keyring}",
    }  # fmt: skip
    for task in ("do_compile", "do_install"):
        play("tipring-rauc-conf", task, given, OVERRIDES.get(machine, ""))
    installed = tmp_path / "root/etc/rauc"
    config = configparser.ConfigParser()
    config.read(installed / "system.conf")
    assert config["system"]["compatible"] == f"tipring-{machine}"
    assert config["system"]["bootloader"] == ("uboot" if machine in OVERRIDES else "grub")
    assert config["slot.rootfs.0"]["device"] != config["slot.rootfs.1"]["device"]
    assert (installed / Path(config["keyring"]["path"]).name).read_text() == "a certificate"
    assert "@" not in (installed / "system.conf").read_text()
    read = ["rauc", "info", f"--conf={installed / 'system.conf'}", tmp_path / "no bundle"]
    said = subprocess.run(read, capture_output=True, text=True, timeout=30).stderr
    assert "no bundle" in said
    assert "Failed to load system config" not in said


def test_without_a_keyring_the_image_is_not_built(tmp_path: Path) -> None:
    given = {"MACHINE": "qemux86-64", "WORKDIR": f"{tmp_path}", "D": f"{tmp_path}/root", "RAUC_KEYRING_FILE": ""}
    with pytest.raises(subprocess.CalledProcessError) as refused:
        play("tipring-rauc-conf", "do_install", given)
    assert "RAUC_KEYRING_FILE names no keyring" in refused.value.stderr


def test_grubs_environment_is_a_block_with_both_slots_good(tmp_path: Path) -> None:
    play("tipring-grubenv", "do_compile", {"B": f"{tmp_path}"})
    block = (tmp_path / "grubenv").read_bytes()
    assert len(block) == 1024
    assert block.startswith(b"# GRUB Environment Block\n")
    said = dict(line.split("=") for line in block.decode().splitlines() if "=" in line)
    assert said == {"ORDER": "A B", "A_OK": "1", "A_TRY": "0", "B_OK": "1", "B_TRY": "0"}
