# SPDX-License-Identifier: GPL-2.0-or-later
"""Modems that are plugged in: each serial device with a name that stays is asked what it is."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from drivers.port import PortError
from drivers.voice_modems import Ability

if TYPE_CHECKING:
    from drivers.modem.dialogue import Dialogue

BY_ID = Path("/dev/serial/by-id")
BY_PATH = Path("/dev/serial/by-path")  # the socket's name: for modems alike and without a serial number
ASK_S = 2.0
SILENT = "It answers no AT commands: another interface of a modem, or no modem."
Kind = Literal["cellular", "voice", "other", "silent", "busy"]


@dataclass(frozen=True, slots=True)
class Found:
    """`used_by`: the name under which the box uses it, "card", or "". `detail`: model, or why nothing is known."""

    device: str
    kind: Kind
    detail: str = ""
    used_by: str = ""
    can: tuple[Ability, ...] = ()  # of a voice modem

    def as_json(self) -> dict[str, Any]:
        """For the control socket."""
        return asdict(self)


async def modems_found(used: Mapping[str, str], folders: Sequence[Path] = (BY_ID, BY_PATH)) -> list[Found]:
    """All of them, by name; those in use are not disturbed."""
    devices = await asyncio.to_thread(_devices, folders, used)
    return list(await asyncio.gather(*(_one(device, name) for device, name in devices)))


async def what_is_at(device: str) -> Found:
    """One that is not in use by the box."""
    return await _one(device, "")


def _devices(folders: Sequence[Path], used: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each with the name of who uses it; once, by the first of its names."""
    users = {Path(device).resolve(): name for device, name in used.items()}
    named: dict[Path, str] = {Path(device).resolve(): device for device in used}
    there = [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir())]
    found: dict[Path, str] = {}
    for path in there:
        found.setdefault(path.resolve(), named.get(path.resolve(), str(path)))
    return [(device, users.get(at, "")) for at, device in found.items()]


async def _one(device: str, used_by: str) -> Found:
    if used_by:
        return Found(device, "busy", used_by=used_by)
    from drivers.modem.dialogue import Dialogue
    from drivers.modem.serial_line import SerialLine

    line = SerialLine(device)
    try:
        await line.open()
    except PortError as error:
        return Found(device, "busy", str(error))
    try:
        return await _asked(device, Dialogue(line, device, lambda said, pdu: None))
    except PortError:
        return Found(device, "silent", SILENT)
    finally:
        await line.close()


async def _asked(device: str, at: Dialogue) -> Found:
    from drivers.modem.voice import abilities, is_voice_modem, told

    await at.ask("ATE0", limit_s=ASK_S)
    model = " ".join(await told(at, "AT+CGMM") or await told(at, "AT+GMM"))[:80]
    if await _has_sim_slot(at):
        return Found(device, "cellular", model)
    if not await is_voice_modem(at):
        return Found(device, "other", model)
    await told(at, "AT+FCLASS=8")
    can = await abilities(at)
    await told(at, "AT+FCLASS=0")
    return Found(device, "voice", can.model or model, can=can.told(duplex=None))


async def _has_sim_slot(at: Dialogue) -> bool:
    """Also +CME ERROR: only a modem with a SIM card's slot says that of the question."""
    from drivers.modem.dialogue import AtError

    try:
        await at.ask("AT+CPIN?", limit_s=ASK_S)
    except AtError as error:
        return error.said.startswith("+CME")
    except PortError:
        return False
    return True
