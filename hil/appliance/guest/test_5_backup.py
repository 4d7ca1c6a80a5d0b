# SPDX-License-Identifier: GPL-2.0-or-later
"""Backups as systemd's units let the services make them: onto a folder, onto a stick that is pulled out; a restore."""

from __future__ import annotations

import base64
import json
import shutil
import ssl
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hil.appliance.guest.box import STATE, all_up, answers, ask, configure, restarted, shell, shown_of_all, until

SOON_S = 300.0
DISK, PASSPHRASE = Path("/mnt/backups"), "seven lines in one office"
LABEL, ON_STICK = "OFFICE", "/run/media/sda1"
Api = Callable[..., Any]


@pytest.fixture(scope="module")
def api() -> Api:
    """The pages' service, asked by an admin; the answer's JSON."""
    token = shell("tipring", "token", "create", "--role", "admin", "--name", "bench").split()[-1]
    trusting = ssl._create_unverified_context()  # noqa: S323 - the box signs its own

    def ask_it(method: str, path: str, body: bytes | None = None, **headers: str) -> Any:
        request = urllib.request.Request(f"https://127.0.0.1/api/v1{path}", body, method=method)
        for name, value in {"Authorization": f"Bearer {token}", **headers}.items():
            request.add_header(name.replace("_", "-"), value)
        with urllib.request.urlopen(request, context=trusting, timeout=120) as answer:  # noqa: S310 - always https
            return json.loads(answer.read() or "null")

    return ask_it


@pytest.fixture(scope="module", autouse=True)
def places() -> None:
    """A folder that the system has made for the box, and where it may write; a stick. None by the clock."""
    DISK.mkdir()
    shutil.chown(DISK, "tipring-web", "tipring")
    DISK.chmod(0o2770)
    targets = [{"name": "nas", "disk": str(DISK)}, {"name": "stick", "usb": LABEL}]
    configure(backup={"passphrase": PASSPHRASE, "enabled": False}, backup_target=targets)


class Stick:
    """QEMU's, behind a controller whose driver only this story loads: run.py."""

    def __init__(self) -> None:
        shell("modprobe", "xhci_pci")
        until(lambda: bool(self._found()), SOON_S, "USB device")
        (self._port,) = self._found()
        self.folder = Path(ON_STICK, "tipring")

    def _found(self) -> list[Path]:
        return [file.parent for file in Path("/sys/bus/usb/devices").glob("[0-9]*-[0-9]*/idVendor")]

    def pull_out(self) -> None:
        """The kernel lets go of the device as when it is gone."""
        (self._port / "authorized").write_text("0")

    def plug_in(self) -> None:
        (self._port / "authorized").write_text("1")

    def backups(self) -> list[Path]:
        return sorted(self.folder.glob("tipring-*.age"))


@pytest.fixture(scope="module")
def stick() -> Stick:
    return Stick()


def seen(api: Api) -> list[tuple[str, str]]:
    """Sticks, as the pages' service sees them in its own /dev, and where they are mounted."""
    return [(one["name"], one["folder"]) for one in api("GET", "/backup")["sticks"]]


def begin(api: Api, place: str) -> None:
    api("POST", "/backup/now", json.dumps({"place": place}).encode(), Content_Type="application/json")


def outcome(api: Api, place: str) -> str:
    """What went wrong, when it is over; "" when nothing did."""
    until(lambda: not api("GET", "/backup")["under_way"], SOON_S, "end of the backup")
    (error,) = [one["error"] for one in api("GET", "/backup")["places"] if one["name"] == place]
    return str(error or "")


def alarm() -> str:
    return next((one["text"] for one in ask("alarms") if one["kind"] == "backup:stick"), "")


def test_a_backup_by_the_pages_service_reaches_the_disk(api: Api) -> None:
    begin(api, "nas")
    assert outcome(api, "nas") == ""
    (made,) = DISK.glob("tipring-*.age")
    assert made.owner() == "tipring-web"


def test_a_stick_is_mounted_for_the_services_and_for_nobody_else(api: Api, stick: Stick) -> None:
    until(lambda: seen(api) == [(LABEL, ON_STICK)], SOON_S, "stick")
    (mount,) = [line.split() for line in Path("/proc/mounts").read_text().splitlines() if ON_STICK in line]
    assert mount[2] == "vfat"
    assert {"rw", "nosuid", "nodev", "noexec"} <= set(mount[3].split(","))
    assert (stick.folder.parent.group(), stick.folder.parent.stat().st_mode & 0o777) == ("tipring", 0o770)


def test_a_stick_that_is_pulled_out_while_it_is_written_is_told_of(api: Api, stick: Stick) -> None:
    begin(api, "stick")
    until(lambda: bool(list(stick.folder.glob("*.part"))), SOON_S, "beginning of the backup")
    stick.pull_out()
    assert "cannot be used" in outcome(api, "stick")
    until(lambda: "cannot be used" in alarm(), SOON_S, "alarm")
    until(lambda: ON_STICK not in Path("/proc/mounts").read_text(), SOON_S, "end of what was mounted")
    assert seen(api) == []
    begin(api, "stick")
    assert outcome(api, "stick") == f"The USB stick {LABEL} is not plugged in. Those that are: none."


def test_plugged_in_again_it_has_the_next_one_which_can_be_restored(api: Api, stick: Stick) -> None:
    stick.plug_in()
    until(lambda: seen(api) == [(LABEL, ON_STICK)], SOON_S, "stick")
    begin(api, "stick")
    assert outcome(api, "stick") == ""
    (made,) = stick.backups()
    assert [path.name for path in stick.folder.iterdir() if path.name.startswith("tipring-")] == [made.name]
    until(lambda: alarm() == "", SOON_S, "end of the alarm")
    (tested,) = json.loads(shell("tipring", "--json", "backup", "test", "stick"))
    assert tested["place"] == "stick"
    assert {path.owner() for path in STATE.glob("*.db")} <= {"tipring-core", "tipring-web", "root"}
    assert answers()


def test_after_a_restore_everything_starts_anew_with_what_came_back(api: Api, stick: Stick) -> None:
    """By hand one more is made, which is what comes back; the pages take it from whoever has it."""
    was = ask("config.show")["document"]
    (made,) = json.loads(shell("tipring", "--json", "backup", "now", "stick"))
    newest = stick.folder / made["name"]
    assert newest.stat().st_size == made["octets"] > 0
    before = shown_of_all("MainPID")
    configure(site={**was.get("site", {}), "name": "Somewhere else"})
    phrase = base64.b64encode(PASSPHRASE.encode()).decode()
    api("PUT", "/restore", newest.read_bytes(), X_Backup_Passphrase=phrase)
    until(lambda: restarted(before), SOON_S, "restart")
    until(all_up, SOON_S, "services")
    assert ask("config.show")["document"] == was
    assert "a backup is restored" in shell("journalctl", "-b", "--no-pager", "-u", "tipring-factory-reset")
