# SPDX-License-Identifier: GPL-2.0-or-later
"""Each place with a real server: a folder, a stick as the kernel shows it, S3 (s3rver), SFTP (OpenSSH's sshd)."""

from __future__ import annotations

import getpass
import hashlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import urllib3

from firmware.backup import running, usb
from firmware.backup.hosts import Hosts, fingerprint
from firmware.backup.naming import name_of
from firmware.backup.places import place_of
from firmware.backup.status import Status
from firmware.config.backup import BackupTarget
from firmware.errors import TipringError, Unavailable
from firmware.store.config_db import ConfigDb
from firmware.store.connect import open_for_reading
from firmware.store.history import standing_alarms
from hil import sigv4
from tests.backup.conftest import CALLS, DOCUMENT

ROOT = Path(__file__).parents[2]
WAIT_S = 30.0


def configured(state: Path, target: dict[str, object], **backup: object) -> BackupTarget:
    document = DOCUMENT | {"backup": {**DOCUMENT["backup"], **backup}, "backup_target": [target]}  # type: ignore[dict-item]
    ConfigDb(state).apply(document, "test")
    return BackupTarget.model_validate(target)


def standing(state: Path) -> dict[str, str]:
    return {alarm.kind: alarm.text for alarm in standing_alarms(open_for_reading(state / "history.db"))}


def is_whole(state: Path, target: BackupTarget) -> None:
    """Made, there, and the box can restore it."""
    made = running.to_place(state, target)
    place = place_of(target, state, True)
    box = ConfigDb(state).box_id()
    assert running.kept_at(place, box) == [made]
    assert running.test(state, target)["calls"] == CALLS
    assert Status(state).of(target.name)["good"]["octets"] == made.octets
    assert Status(state).test["passed"]
    assert standing(state) == {}
    assert not [path for path in state.iterdir() if path.name.startswith(("backup-scratch", "restore"))]
    place.delete(made.name)
    assert running.kept_at(place, box) == []


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + WAIT_S
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on {port}")


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(WAIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


# ---- a folder ----------------------------------------------------------------------------------------------


def test_a_folder(office: Path, tmp_path: Path) -> None:
    folder = tmp_path / "nas"
    folder.mkdir()
    is_whole(office, configured(office, {"name": "nas", "disk": str(folder)}))
    assert [path.name for path in folder.iterdir()] == [".tipring-backups"]


def test_a_disk_that_is_not_mounted_any_more_is_an_alarm_until_it_is(office: Path, tmp_path: Path) -> None:
    folder = tmp_path / "nas"
    folder.mkdir()
    target = configured(office, {"name": "nas", "disk": str(folder)})
    running.to_place(office, target)
    good = Status(office).of("nas")["good"]
    folder.rename(tmp_path / "away")
    folder.mkdir()  # the empty mount point
    with pytest.raises(Unavailable, match="Is the disk mounted"):
        running.to_place(office, target)
    assert "nas failed" in standing(office)["backup:nas"]
    assert Status(office).of("nas")["good"] == good
    assert list(folder.iterdir()) == []
    folder.rmdir()
    (tmp_path / "away").rename(folder)
    running.to_place(office, target)
    assert standing(office) == {}


def test_old_ones_go_and_those_of_others_stay(office: Path, tmp_path: Path) -> None:
    folder = tmp_path / "nas"
    folder.mkdir()
    target = configured(office, {"name": "nas", "disk": str(folder)}, keep_days=1, keep_weeks=0, keep_months=0)
    old = datetime(2020, 1, 1, tzinfo=UTC)
    others = [name_of("00000000", old), "holiday.jpg"]
    for name in (name_of(ConfigDb(office).box_id(), old), *others):
        (folder / name).write_bytes(b"x")
    made = running.to_place(office, target)
    assert {path.name for path in folder.iterdir()} == {made.name, ".tipring-backups", *others}


def test_what_was_never_finished_goes_and_that_of_others_stays(office: Path, tmp_path: Path) -> None:
    folder = tmp_path / "nas"
    folder.mkdir()
    target = configured(office, {"name": "nas", "disk": str(folder)})
    old = datetime(2020, 1, 1, tzinfo=UTC)
    ours, theirs = (f"{name_of(box, old)}.part" for box in (ConfigDb(office).box_id(), "00000000"))
    for name in (ours, theirs, "film.part"):
        (folder / name).write_bytes(b"x")
    made = running.to_place(office, target)
    assert {path.name for path in folder.iterdir()} == {made.name, ".tipring-backups", theirs, "film.part"}


def test_what_cannot_be_restored_is_found_by_the_test(office: Path, tmp_path: Path) -> None:
    folder = tmp_path / "nas"
    folder.mkdir()
    target = configured(office, {"name": "nas", "disk": str(folder)})
    made = running.to_place(office, target)
    file = folder / made.name
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(TipringError):
        running.test(office, target)
    assert "cut off" in standing(office)["backup_test"]
    assert not Status(office).test["passed"]
    running.to_place(office, target)
    running.test(office, target)
    assert standing(office) == {}


def test_by_the_clock_each_place_once_and_the_test(office: Path, tmp_path: Path) -> None:
    folder = tmp_path / "nas"
    folder.mkdir()
    configured(office, {"name": "nas", "disk": str(folder)})
    running.what_is_due(office)
    running.what_is_due(office)
    assert len(list(folder.glob("*.age"))) == 1
    assert Status(office).test["passed"]


def test_without_a_passphrase_nothing_is_made(office: Path, tmp_path: Path) -> None:
    folder = tmp_path / "nas"
    folder.mkdir()
    document = {key: value for key, value in DOCUMENT.items() if key != "backup"}
    ConfigDb(office).apply(document | {"backup_target": [{"name": "nas", "disk": str(folder)}]}, "test")
    running.what_is_due(office)
    assert list(folder.iterdir()) == []


# ---- a stick -----------------------------------------------------------------------------------------------


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """/proc, /sys and udev's database of a machine with a disk and a stick, as a service sees them."""
    root = tmp_path / "root"
    for device, block in (("pci0000:00/ata1/sda", "sda1"), ("pci0000:00/usb1/1-1/sdb", "sdb1")):
        folder = root / "sys/devices" / device / block
        folder.mkdir(parents=True)
        (folder / "partition").write_text("1")
        (folder / "dev").write_text({"sda1": "8:1\n", "sdb1": "8:17\n"}[block])
        (root / "sys/class/block").mkdir(parents=True, exist_ok=True)
        (root / "sys/class/block" / block).symlink_to(folder)
    (root / "run/udev/data").mkdir(parents=True)
    (root / "run/udev/data/b8:17").write_text("E:ID_FS_LABEL=x\nE:ID_FS_LABEL_ENC=OFFICE\\x20STICK\n")
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/mountinfo").write_text("22 1 8:1 / / rw - ext4 /dev/sda1 rw\n")
    return root


def test_a_stick_is_found_by_its_name(machine: Path) -> None:
    assert [(stick.name, stick.folder) for stick in usb.sticks(machine)] == [("OFFICE STICK", "")]
    with pytest.raises(Unavailable, match="plugged in and not mounted"):
        usb.folder_of("OFFICE STICK", machine)
    (machine / "media/office stick").mkdir(parents=True)
    with (machine / "proc/self/mountinfo").open("a") as mounts:
        mounts.write("40 22 8:17 / /media/office\\040stick rw - vfat /dev/sdb1 rw\n")
    assert usb.folder_of("OFFICE STICK", machine) == machine / "media/office stick/tipring"
    assert usb.sticks(machine)[0].free > 0
    with pytest.raises(Unavailable, match="Those that are: OFFICE STICK"):
        usb.folder_of("ANOTHER", machine)


# ---- S3 ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a bucket `backups`. It checks keys, and no signatures of version 4: `signed` does."""
    port, folder = free_port(), tmp_path_factory.mktemp("s3")
    command = ["node", str(ROOT / "node_modules/.bin/s3rver"), "-d", str(folder), "-p", str(port), "-a", "127.0.0.1"]
    server = subprocess.Popen(
        [*command, "--configure-bucket", "backups"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        end(server)


@pytest.fixture
def signed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The requests that leave the box, by method: each is signed as Amazon would have it."""
    sent, seen = urllib3.PoolManager.urlopen, []

    def checked(pool: urllib3.PoolManager, method: str, url: str, **more: Any) -> Any:
        headers = {name: str(value) for name, value in more["headers"].items()}
        given = headers["Authorization"].rpartition("Signature=")[2]
        assert sigv4.signature(method, url, headers, "S3RVER") == given, f"{method} {url}"
        body = more.get("body") or b""
        if isinstance(body, bytes):
            assert headers["x-amz-content-sha256"] in (hashlib.sha256(body).hexdigest(), "UNSIGNED-PAYLOAD")
        seen.append(method)
        return sent(pool, method, url, **more)

    monkeypatch.setattr(urllib3.PoolManager, "urlopen", checked)
    return seen


def bucket(endpoint: str, **changed: str) -> dict[str, object]:
    settings = {"endpoint": endpoint, "bucket": "backups", "access_key": "S3RVER", "secret": "S3RVER", "folder": "a/b"}
    return {"name": "cloud", "s3": settings | {"region": "us-east-1"} | changed}


def test_a_bucket(office: Path, s3: str) -> None:
    is_whole(office, configured(office, bucket(s3)))


def test_a_backup_of_many_parts_each_signed(office: Path, s3: str, signed: list[str]) -> None:
    (office / "recordings/2026/11/long.opus").write_bytes(os.urandom(40_000_000))
    is_whole(office, configured(office, bucket(s3), recordings=True))
    assert {"HEAD", "POST", "PUT", "GET", "DELETE"} <= set(signed)
    assert signed.count("PUT") >= 3


@pytest.mark.parametrize(
    ("changed", "says"), [({"access_key": "WRONG"}, "refuses"), ({"bucket": "nowhere"}, "no bucket nowhere")]
)
def test_a_bucket_that_says_no_is_an_alarm(office: Path, s3: str, changed: dict[str, str], says: str) -> None:
    with pytest.raises(Unavailable, match=says):
        running.to_place(office, configured(office, bucket(s3, **changed)))
    assert "backup:cloud" in standing(office)


def test_what_fails_in_the_middle_leaves_no_backup_in_the_bucket(office: Path, s3: str, monkeypatch) -> None:
    target = configured(office, bucket(s3))

    def broken(*arguments: object) -> object:
        raise OSError("the disk is gone")

    monkeypatch.setattr("firmware.backup.packing._add", broken)
    with pytest.raises(OSError, match="the disk is gone"):
        running.to_place(office, target)
    assert running.kept_at(place_of(target, office, True), ConfigDb(office).box_id()) == []
    assert "the disk is gone" in standing(office)["backup:cloud"]


# ---- SFTP --------------------------------------------------------------------------------------------------


class Sshd:
    """OpenSSH's, as a process of ours on a loopback port; the account is the one that runs the test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        (folder / "keys").write_text("")
        self.new_key()

    def new_key(self) -> None:
        key = self.folder / "host_key"
        key.unlink(missing_ok=True)
        key.with_suffix(".pub").unlink(missing_ok=True)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)

    def start(self) -> subprocess.Popen[bytes]:
        config = self.folder / "sshd_config"
        config.write_text(
            f"ListenAddress 127.0.0.1:{self.port}\nHostKey {self.folder}/host_key\nPidFile none\nStrictModes no\n"
            f"AuthorizedKeysFile {self.folder}/keys\nPasswordAuthentication no\nUsePAM no\n"
            "PermitRootLogin yes\nSubsystem sftp internal-sftp\n"
        )
        Path("/run/sshd").mkdir(exist_ok=True)
        process = subprocess.Popen([shutil.which("sshd") or "/usr/sbin/sshd", "-D", "-f", str(config)])
        wait_for(self.port, process)
        return process


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    folder = tmp_path / "sshd"
    folder.mkdir()
    server = Sshd(folder)
    process = server.start()
    try:
        yield server
    finally:
        end(process)


def account(server: Sshd, folder: Path) -> dict[str, object]:
    where = {"host": "127.0.0.1", "port": server.port, "user": getpass.getuser(), "folder": str(folder)}
    return {"name": "server", "sftp": where}


def test_a_server_by_the_boxs_own_key(office: Path, sshd: Sshd, tmp_path: Path) -> None:
    target = configured(office, account(sshd, tmp_path / "backups/office"))
    with pytest.raises(Unavailable, match="give the server the box's key"):
        running.to_place(office, target)
    (sshd.folder / "keys").write_text(Hosts(office).own_public_key() + "\n")
    is_whole(office, target)
    shown = subprocess.run(
        ["ssh-keygen", "-lf", str(sshd.folder / "host_key.pub")], capture_output=True, text=True, check=True
    )
    assert fingerprint(Hosts(office).key_of("127.0.0.1", sshd.port) or "") in shown.stdout


def test_a_server_with_another_key_gets_nothing(office: Path, tmp_path: Path) -> None:
    folder = tmp_path / "sshd"
    folder.mkdir()
    server = Sshd(folder)
    target = configured(office, account(server, tmp_path / "backups"))
    (folder / "keys").write_text(Hosts(office).own_public_key() + "\n")
    process = server.start()
    try:
        running.to_place(office, target)
    finally:
        end(process)
    server.new_key()
    process = server.start()
    try:
        with pytest.raises(Unavailable, match="another key than at the first backup") as told:
            running.to_place(office, target)
        assert told.value.code == "other_host_key"
        assert running.FAILED + "server" in standing(office)
        Hosts(office).forget("127.0.0.1", server.port)
        running.to_place(office, target)
    finally:
        end(process)
    assert standing(office) == {}
    assert len(list((tmp_path / "backups").glob("*.age"))) == 1  # the newest of the day


def test_a_server_that_is_not_there_is_an_alarm(office: Path) -> None:
    where = {"host": "127.0.0.1", "port": free_port(), "user": "nobody"}
    with pytest.raises(Unavailable, match="cannot be used"):
        running.to_place(office, configured(office, {"name": "server", "sftp": where}))
    assert "backup:server" in standing(office)
