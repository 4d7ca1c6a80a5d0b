# SPDX-License-Identifier: GPL-2.0-or-later
"""The scanner that everybody on the internet meets, against this box only: it finds nothing and is banned."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hil.box import Box
from tests.edge.conftest import IN_ONE_LOOP, device, devices_of

HOME = Path("/usr/share/sipvicious")
here = shutil.which("svmap") and HOME.exists()
pytestmark = [IN_ONE_LOOP, pytest.mark.skipif(not here, reason="needs the Debian package sipvicious")]
SCANNER, HONEST = "127.0.0.2", "127.0.0.5"
LIMIT_S = 20
# Two of its tools cannot be told where to send from; and it names itself by a default of one function only, which
# scanners in the wild have changed.
START = """
import _socket, socket, sys
sys.path.insert(0, {home!r})
socket.socket.bind = lambda self, address: _socket.socket.bind(self, ({scanner!r}, address[1]))
import sipvicious.libs.svhelper as helper
request = helper.makeRequest
request.__defaults__ = tuple({name!r} if x == "friendly-scanner" else x for x in request.__defaults__)
import sipvicious.{tool} as tool
tool.main()
"""
GUESSES = {
    "svwar": ("-e", "200-230", "--force", "--maximumtime=1"),
    "svcrack": ("-u", "203", "-r", "1-60", "--maximumtime=1"),
}


@pytest.fixture
def box(own_box: Box) -> Box:
    """Each test its own."""
    return own_box


async def attack(box: Box, home: Path, tool: str, *options: str, name: str = "friendly-scanner") -> str:
    """Runs svmap, svwar or svcrack from SCANNER, and returns what it said."""
    host, _, port = box.sip.rpartition(":")
    start = START.format(home=str(HOME), scanner=SCANNER, name=name, tool=tool)
    command = ["/usr/bin/python3", "-c", start, *options, "-x", SCANNER, "-p", port, host]
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | {"HOME": str(home)}
    done = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, timeout=LIMIT_S, env=environment, cwd=home,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return done.stdout + done.stderr


async def is_banned(box: Box, reason: str) -> None:
    await box.until("/bans", lambda bans: [(b["address"], b["reason"]) for b in bans] == [(SCANNER, reason)])


async def test_sipvicious_finds_no_box_no_number_and_no_password(box: Box, tmp_path: Path) -> None:
    async with device(box, "203", host=HONEST) as honest:
        await honest.register()
        for tool, options in {"svmap": (), **GUESSES}.items():
            assert "found nothing" in await attack(box, tmp_path, tool, *options)
            await is_banned(box, "scanner")
        await devices_of(box, "203", 1)
        assert (await honest.register()).status == 200


async def test_under_another_name_it_hears_the_same_of_all_numbers_and_is_banned(box: Box, tmp_path: Path) -> None:
    async with device(box, "203", host=HONEST) as honest:
        await honest.register()
        for tool, options in GUESSES.items():
            assert "found nothing" in await attack(box, tmp_path, tool, *options, name="Softphone/2")
        await is_banned(box, "guessing")  # the password's doing: svwar itself gives up where nobody is unknown
        await devices_of(box, "203", 1)
        assert (await honest.register()).status == 200
