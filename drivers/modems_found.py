# SPDX-License-Identifier: GPL-2.0-or-later
"""Modems that are plugged in: each serial device with a name that stays is asked what it is."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from drivers.port import PortError

if TYPE_CHECKING:
    from drivers.modem.dialogue import Dialogue

BY_ID = Path("/dev/serial/by-id")
ASK_S = 2.0
Kind = Literal["cellular", "voice", "other", "silent", "busy"]


@dataclass(frozen=True, slots=True)
class Found:
    """`used_by`: the name under which the box uses it, "card", or "". `detail`: model, or why nothing is known."""

    device: str
    kind: Kind
    detail: str = ""
    used_by: str = ""

    def as_json(self) -> dict[str, Any]:
        """For the control socket."""
        return asdict(self)


async def modems_found(used: Mapping[str, str], folder: Path = BY_ID) -> list[Found]:
    """All of them, by name; those in use are not disturbed."""
    devices = await asyncio.to_thread(_devices, folder, used)
    return list(await asyncio.gather(*(_one(device, name) for device, name in devices)))


def _devices(folder: Path, used: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each with the name of who uses it."""
    users = {Path(device).resolve(): name for device, name in used.items()}
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    return [(str(path), users.get(path.resolve(), "")) for path in there]


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
    finally:
        await line.close()


async def _asked(device: str, at: Dialogue) -> Found:
    try:
        await at.ask("ATE0", limit_s=ASK_S)
    except PortError:
        return Found(device, "silent", "It answers no AT commands: another interface of a modem, or no modem.")
    model = " ".join(await _told(at, "AT+CGMM") or await _told(at, "AT+GMM"))[:80]
    if await _told(at, "AT+CPIN?", refusal=True):
        return Found(device, "cellular", model)
    classes = " ".join(await _told(at, "AT+FCLASS=?")).replace("(", " ").replace(")", " ").replace(",", " ")
    return Found(device, "voice" if "8" in classes.split() else "other", model)


async def _told(at: Dialogue, command: str, *, refusal: bool = False) -> list[str]:
    """Lines of the answer. With `refusal` also +CME ERROR, which only a modem with a SIM card's slot says."""
    from drivers.modem.dialogue import AtError

    try:
        return await at.ask(command, limit_s=ASK_S) or ([command] if refusal else [])
    except AtError as error:
        return [error.said] if refusal and error.said.startswith("+CME") else []
    except PortError:
        return []
