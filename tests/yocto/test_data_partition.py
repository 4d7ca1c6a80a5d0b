# SPDX-License-Identifier: GPL-2.0-or-later
"""The image's data partition after a power cut, with the real e2fsck on a file, and the script that mounts it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYER = ROOT / "yocto" / "meta-tipring"
CHECK = LAYER / "recipes-tipring/appliance/files/tipring-check-data"
PREINIT = LAYER / "recipes-tipring/images/preinit.sh.in"
ENVIRONMENT = {**os.environ, "PATH": f"{os.environ['PATH']}:/sbin:/usr/sbin"}
SUPERBLOCK = 1024


def tear(disk: Path) -> None:
    """As when only the second of the superblock's two sectors was written: its checksum is that of another one."""
    with disk.open("r+b") as file:
        file.seek(SUPERBLOCK + 0x30)  # s_wtime
        file.write(b"\x55\xaa")


def check(disk: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", CHECK, disk], env=ENVIRONMENT, capture_output=True, text=True, timeout=50)


@pytest.fixture(params=["tipring-efi", "tipring-rpi"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Made with the options and of the size that the partition has in the image."""
    (line,) = re.findall(r"^part .*--label data .*$", (LAYER / f"wic/{request.param}.wks.in").read_text(), re.M)
    options, megabytes = re.search(r'--mkfs-extraopts="(.*?)"', line), re.search(r"--fixed-size (\d+)M", line)
    assert options
    assert megabytes
    file = tmp_path / "data.ext4"
    command = ["mke2fs", "-q", "-t", "ext4", *options[1].split(), file, f"{megabytes[1]}M"]
    subprocess.run(command, env=ENVIRONMENT, check=True, timeout=50)
    return file


def test_a_whole_one_is_left_as_it_is(disk: Path) -> None:
    done = check(disk)
    assert done.returncode == 0
    assert "clean" in done.stdout


def test_a_superblock_that_was_being_written_is_taken_from_its_copy(disk: Path) -> None:
    tear(disk)
    done = check(disk)
    assert done.returncode == 0, done.stdout + done.stderr
    looked = subprocess.run(["e2fsck", "-f", "-n", disk], env=ENVIRONMENT, capture_output=True, text=True, timeout=50)
    assert looked.returncode == 0, looked.stdout


def test_what_cannot_be_put_right_is_said(tmp_path: Path) -> None:
    nothing = tmp_path / "data.ext4"
    nothing.write_bytes(bytes(1 << 20))
    assert check(nothing).returncode != 0


def preinit(device: str) -> str:
    """As overlayfs-etc.bbclass writes it."""
    return PREINIT.read_text().format(
        OVERLAYFS_ETC_DEVICE=device,
        OVERLAYFS_ETC_FSTYPE="ext4",
        OVERLAYFS_ETC_MOUNT_OPTIONS="noatime",
        OVERLAYFS_ETC_MOUNT_POINT="/data",
        SBIN_INIT_NAME="/sbin/init.orig",
    )


@pytest.mark.parametrize(("device", "found"), [("PARTLABEL=data", "/dev/sda4"), ("/dev/mmcblk0p4", "/dev/mmcblk0p4")])
def test_the_first_process_checks_the_partition_and_mounts_it(device: str, found: str, tmp_path: Path) -> None:
    told = tmp_path / "told"
    for name in ("mount", "mkdir", "tipring-check-data", "init.orig"):
        command = tmp_path / name
        command.write_text(f'#!/bin/sh\necho {name} "$@" >> {told}\n')
        command.chmod(0o755)
    for number, label in enumerate(("efi", "rootfs.0", "rootfs.1", "data"), start=1):
        uevent = tmp_path / f"block/sda{number}/uevent"
        uevent.parent.mkdir(parents=True)
        uevent.write_text(f"DEVNAME=sda{number}\nPARTNAME={label}\n")
    script = preinit(device)
    for there, here in (("PATH=", f"PATH={tmp_path}:"), ("/sys/class/block", f"{tmp_path}/block"),
                        ("/usr/libexec", str(tmp_path)), ("exec /sbin", f"exec {tmp_path}")):  # fmt: skip
        assert there in script
        script = script.replace(there, here)
    subprocess.run(["sh", "-eu", "-c", script], check=True, timeout=50)
    said = told.read_text().splitlines()
    assert said.index(f"tipring-check-data {found}") < said.index(f"mount -n -t ext4 -o noatime {found} /data")
    assert "lowerdir=/etc,upperdir=/data/overlay-etc/upper,workdir=/data/overlay-etc/work" in told.read_text()
    assert said[-1] == "init.orig"
