# SPDX-License-Identifier: GPL-2.0-or-later
"""What the units do that no long-running service is: network, backup, restore, updates, as systemd starts them."""

from __future__ import annotations

import base64
import json
import shutil
import ssl
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hil.appliance.guest.box import SERVICES, STATE, answers, ask, configure, shell, shown, until

SOON_S = 300.0
PLACE, PASSPHRASE = Path("/mnt/backups"), "seven lines in one office"
NETWORKS = Path("/run/systemd/network")
ADDRESS = "198.51.100.5"


@pytest.fixture(scope="module")
def token() -> str:
    """Of an admin."""
    return shell("tipring", "token", "create", "--role", "admin", "--name", "bench").split()[-1]


def api(token: str, method: str, path: str, body: bytes | None = None, **headers: str) -> Any:
    """The answer's JSON."""
    request = urllib.request.Request(f"https://127.0.0.1/api/v1{path}", body, method=method)
    for name, value in {"Authorization": f"Bearer {token}", **headers}.items():
        request.add_header(name.replace("_", "-"), value)
    trusting = ssl._create_unverified_context()  # noqa: S323 - the box signs its own
    with urllib.request.urlopen(request, context=trusting, timeout=120) as answer:  # noqa: S310 - always https
        return json.loads(answer.read() or "null")


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


@pytest.fixture(scope="module")
def place() -> Path:
    """A folder that the system has made for the box, and where it may write."""
    PLACE.mkdir()
    shutil.chown(PLACE, "tipring-web", "tipring")
    PLACE.chmod(0o2770)
    configure(backup={"passphrase": PASSPHRASE}, backup_target=[{"name": "nas", "disk": str(PLACE)}])
    return PLACE


def backups(place: Path) -> list[Path]:
    return sorted(place.glob("tipring-*.age"))


def test_a_backup_by_the_pages_service_reaches_the_disk(place: Path, token: str) -> None:
    api(token, "POST", "/backup/now", b'{"place": "nas"}', Content_Type="application/json")
    until(lambda: bool(backups(place)), SOON_S, "backup")
    (made,) = backups(place)
    assert made.owner() == "tipring-web"
    until(lambda: not api(token, "GET", "/backup")["under_way"], SOON_S, "end of the backup")
    assert api(token, "GET", "/backup")["places"][0]["error"] in (None, "")


def test_a_backup_by_hand_and_its_test(place: Path) -> None:
    (made,) = json.loads(shell("tipring", "--json", "backup", "now", "nas"))
    assert (place / made["name"]).stat().st_size == made["octets"] > 0
    (tested,) = json.loads(shell("tipring", "--json", "backup", "test", "nas"))
    assert tested["place"] == "nas"
    assert {path.owner() for path in STATE.glob("*.db")} <= {"tipring-core", "tipring-web", "root"}
    assert answers()


def test_a_restore_ends_the_pages_with_78_and_everything_starts_anew(place: Path, token: str) -> None:
    before = {name: shown(name, "MainPID") for name in SERVICES}
    newest = max(backups(place), key=lambda path: path.stat().st_mtime)
    was = ask("config.show")["document"]
    configure(site={**was.get("site", {}), "name": "Somewhere else"})
    phrase = base64.b64encode(PASSPHRASE.encode()).decode()
    api(token, "PUT", "/restore", newest.read_bytes(), X_Backup_Passphrase=phrase)
    until(lambda: all(shown(name, "MainPID") not in ("0", before[name]) for name in SERVICES), SOON_S, "restart")
    for name in SERVICES:
        until(lambda name=name: shown(name, "ActiveState") == "active", SOON_S, name)  # type: ignore[misc]
    until(answers, SOON_S, "core")
    assert ask("config.show")["document"] == was
    assert "status=78" in shell("journalctl", "-b", "--no-pager", "-u", "tipring-web")


def test_an_update_that_is_ordered_runs_the_updater_which_tells_what_is_wrong() -> None:
    """No archive of this machine has the package."""
    shell("tipring", "update", "install")
    until(lambda: ask("update")["progress"]["phase"] == "failed", SOON_S, "end of the update")
    assert ask("update")["progress"]["text"]
    assert starts("tipring-update-package.service") >= 1
    assert not (STATE / "update/order.json").exists()
    assert answers()
