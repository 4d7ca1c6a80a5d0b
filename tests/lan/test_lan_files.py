# SPDX-License-Identifier: GPL-2.0-or-later
"""What systemd-networkd is told of the box's address, and that nothing else is touched by who has the rights."""

from __future__ import annotations

import asyncio
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from firmware.config import ConfigInvalid, check
from firmware.core.network_office import NetworkOffice
from firmware.lan import __main__ as helper
from firmware.lan import wanted
from firmware.lan.files import files

FIXED = {
    "address": "192.168.1.5/24", "gateway": "192.168.1.1", "name_servers": ["192.168.1.1", "9.9.9.9"],
    "time_servers": ["ntp.example.com"], "host_name": "tipring", "interface": "eth0",
}  # fmt: skip


def told(table: dict[str, Any]) -> dict[str, str]:
    return files(check({"network": table}).network)


def test_a_fixed_address() -> None:
    assert told(FIXED) == {
        "10-tipring.network": "[Match]\nName=eth0\n\n[Network]\nAddress=192.168.1.5/24\nGateway=192.168.1.1\n"
        "DNS=192.168.1.1\nDNS=9.9.9.9\nNTP=ntp.example.com\n"
    }


def test_dhcp_with_servers_of_ones_own() -> None:
    assert told({"name_servers": ["9.9.9.9"]}) == {
        "10-tipring.network": "[Match]\nType=ether\nKind=!*\n\n[Network]\nDHCP=yes\nDNS=9.9.9.9\n\n"
        "[DHCPv4]\nUseDNS=no\n"
    }
    assert files(check({}).network) == {}
    assert told({"host_name": "tipring"}) == {}


def test_a_vlan_has_the_address_and_the_wire_has_none() -> None:
    made = told({"vlan": 20, "address": "10.0.20.5/16"})
    assert "VLAN=tipring-vlan\nLinkLocalAddressing=no\n" in made["10-tipring.network"]
    assert "Address=" not in made["10-tipring.network"]
    assert made["10-tipring-vlan.netdev"] == "[NetDev]\nName=tipring-vlan\nKind=vlan\n\n[VLAN]\nId=20\n"
    assert "Name=tipring-vlan\n\n[Network]\nAddress=10.0.20.5/16\n" in made["10-tipring-vlan.network"]


@pytest.mark.parametrize(
    ("table", "path"),
    [
        ({"address": "192.168.1.5"}, "network.address"),
        ({"address": "192.168.1.0/24"}, "network.address"),
        ({"address": "192.168.1.255/24"}, "network.address"),
        ({"address": "127.0.0.1/8"}, "network.address"),
        ({"address": "224.0.0.5/24"}, "network.address"),
        ({"address": "192.168.1.5/24\nDHCP=yes"}, "network.address"),
        ({"gateway": "192.168.1.1"}, "network.gateway"),
        ({"address": "192.168.1.5/24", "gateway": "192.168.2.1"}, "network.gateway"),
        ({"address": "192.168.1.5/24", "gateway": "192.168.1.5"}, "network.gateway"),
        ({"name_servers": ["dns"]}, "network.name_servers[0]"),
        ({"time_servers": ["a b"]}, "network.time_servers[0]"),
        ({"host_name": "Tipring!"}, "network.host_name"),
        ({"interface": "eth0\n[Network]"}, "network.interface"),
        ({"vlan": 4095}, "network.vlan"),
    ],
)
def test_what_would_not_work_is_named(table: dict[str, Any], path: str) -> None:
    with pytest.raises(ConfigInvalid) as invalid:
        check({"network": table})
    assert [problem.path for problem in invalid.value.errors] == [path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of networkd, with a file of the system's own."""
    folder = tmp_path / "networkd"
    folder.mkdir()
    (folder / "80-wired.network").write_text("[Match]\n")
    return folder


def run(state: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    called = f"touch {state}/reloaded"
    arguments = ["tipring-network", "--state", str(state), "--into", str(folder), "--reload", called, "--name", "true"]
    monkeypatch.setattr("sys.argv", arguments)
    (state / "reloaded").unlink(missing_ok=True)
    return helper.main()


def test_it_is_put_in_force_once_and_taken_back(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert wanted.write(tmp_path, FIXED)
    assert not wanted.write(tmp_path, FIXED)
    assert run(tmp_path, folder, monkeypatch) == 0
    assert "Address=192.168.1.5/24" in (folder / "10-tipring.network").read_text()
    assert (tmp_path / "reloaded").exists()
    run(tmp_path, folder, monkeypatch)
    assert not (tmp_path / "reloaded").exists(), "nothing is different"
    wanted.write(tmp_path, None)
    run(tmp_path, folder, monkeypatch)
    assert [file.name for file in folder.iterdir()] == ["80-wired.network"]


@pytest.mark.parametrize("text", ["{", '{"address": "1.2.3.4"}', '{"run": "rm"}', "[]", '"eth0"'])
def test_what_is_no_table_changes_nothing(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted.write(tmp_path, FIXED)
    run(tmp_path, folder, monkeypatch)
    before = (folder / "10-tipring.network").read_text()
    wanted.file_of(tmp_path).write_text(text)
    assert run(tmp_path, folder, monkeypatch) == 1
    assert "the network stays as it is" in capsys.readouterr().err
    assert (folder / "10-tipring.network").read_text() == before


async def test_the_core_hands_on_what_is_in_force(tmp_path: Path) -> None:
    document: dict[str, Any] = {}
    following = asyncio.create_task(NetworkOffice(tmp_path, lambda: document, 0).follow())
    try:
        for table in (FIXED, None):
            document["network"] = table
            async with asyncio.timeout(30):
                while (await asyncio.to_thread(_read, tmp_path)) != table:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
    finally:
        following.cancel()


def _read(state: Path) -> Any:
    import json

    file = wanted.file_of(state)
    return json.loads(file.read_text()) if file.exists() else "nothing yet"


def test_networkd_which_is_another_user_may_read_them_whatever_the_umask_of_our_services(tmp_path: Path) -> None:
    before = os.umask(0o007)
    try:
        helper.put(check({"network": FIXED}).network, tmp_path)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "10-tipring.network").stat().st_mode) == 0o644
