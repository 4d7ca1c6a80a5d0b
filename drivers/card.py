# SPDX-License-Identifier: GPL-2.0-or-later
"""The factory: a telephony card from what stands on the command line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from drivers.port import Card, Port, PortError
from drivers.slic.wiring import Wiring

MAX_PORTS = 64  # of one kind; the largest analog cards have 24
FIRST_MODEM = 101  # fxo101, fxo102, …: never the id of a board's port
ALLOWED = (
    'Allowed are "sim:fxo=2,fxs=4" (any numbers), "dahdi", "slic:BOARD" (a board profile), "none", and '
    '"modem:/dev/serial/by-id/…" (with commas between several) alone or behind one of them and a "+".'
)


@dataclass(frozen=True, slots=True)
class CardSpec:
    """What `--card` asks for: `driver` is "sim", "dahdi", "slic" or "none"; the counts are for "sim" only.

    `board`: the board profile that says how the SLICs are wired. `modems` are serial devices of voice modems, which
    are ports beside those of the driver.
    """

    driver: str
    fxo: int = 0
    fxs: int = 0
    board: str = ""
    modems: tuple[str, ...] = ()

    @property
    def port_ids(self) -> list[str] | None:
        """The ids of the ports that it will have; None where only the hardware or a board's profile knows."""
        if self.driver in ("dahdi", "slic"):
            return None
        simulated = [f"fxo{n + 1}" for n in range(self.fxo)] + [f"fxs{n + 1}" for n in range(self.fxs)]
        return simulated + [modem_port(n) for n in range(len(self.modems))]


def modem_port(number: int) -> str:
    """The id of a voice modem's port; the first modem is number 0."""
    return f"fxo{FIRST_MODEM + number}"


class NoCard(Card):
    """A box without analog ports: SIP only."""

    name = "none"
    ports: Sequence[Port] = ()

    async def start(self) -> None:
        """Nothing to open."""

    async def stop(self) -> None:
        """Nothing to close."""


def parse_spec(spec: str) -> CardSpec:
    """Reads a card specification. PortError says what is wrong and what is allowed."""
    base, modem, devices = spec.partition("modem:")
    if not modem:
        return _parse_driver(spec)
    if base and not base.endswith("+"):
        raise PortError(f'Card "{spec}": put a "+" before "modem:". {ALLOWED}')
    driver = _parse_driver(base.removesuffix("+")) if base else CardSpec("none")
    return replace(driver, modems=_devices(spec, devices))


def _devices(spec: str, devices: str) -> tuple[str, ...]:
    found = tuple(device.strip() for device in devices.split(","))
    wrong = next((device for device in found if not device.startswith("/")), None)
    if wrong is not None:
        raise PortError(f'Card "{spec}": "{wrong}" is not the path of a serial device. {ALLOWED}')
    if len(set(found)) < len(found):
        raise PortError(f'Card "{spec}": a device stands there twice. {ALLOWED}')
    return found


def _parse_driver(spec: str) -> CardSpec:
    if spec in ("dahdi", "none"):
        return CardSpec(spec)
    driver, _, counts = spec.partition(":")
    if driver == "slic" and counts:
        return CardSpec("slic", board=counts)
    if driver != "sim":
        raise PortError(f'Card "{spec}": there is no card "{driver}". {ALLOWED}')
    found: dict[str, int] = {}
    for part in filter(None, counts.split(",")):
        kind, count = _count(spec, part)
        if kind in found:
            raise PortError(f'Card "{spec}": {kind} stands there twice. {ALLOWED}')
        found[kind] = count
    if not sum(found.values()):
        raise PortError(f'Card "{spec}" has no ports. {ALLOWED}')
    return CardSpec("sim", fxo=found.get("fxo", 0), fxs=found.get("fxs", 0))


def _count(spec: str, part: str) -> tuple[str, int]:
    match = re.fullmatch(r"(fxo|fxs)=([0-9]{1,4})", part.strip())
    if not match:
        raise PortError(f'Card "{spec}": "{part}" is not fxo=NUMBER or fxs=NUMBER. {ALLOWED}')
    if int(match[2]) > MAX_PORTS:
        raise PortError(f'Card "{spec}": {part} is too many, a card has at most {MAX_PORTS} ports of a kind.')
    return match[1], int(match[2])


def no_slics(board: str) -> Sequence[Wiring]:
    """Where no boards are known. PortError."""
    raise PortError(f'Card "slic:{board}": no board is known here.')


def open_card(spec: str, sim_dir: Path, slics: Callable[[str], Sequence[Wiring]] = no_slics) -> Card:
    """The card for `spec`, not started yet. The sockets of a simulated card will be in `sim_dir`.

    `slics`: how a board's SLICs are wired, by the name of its profile; drivers know no board. Modems are cards of
    their own (`drivers.voice_modems`).

    PortError when the specification is wrong, or DAHDI is not there.
    """
    wanted, spec = parse_spec(spec), spec.partition("+")[0]
    if wanted.driver == "none":
        return NoCard()
    if wanted.driver == "dahdi":
        from drivers.dahdi import DahdiCard

        return DahdiCard()
    if wanted.driver == "slic":
        from drivers.slic.card import SlicCard

        return SlicCard(spec, slics(wanted.board))
    from drivers.simulated import SimulatedCard

    return SimulatedCard(spec, sim_dir, fxo=wanted.fxo, fxs=wanted.fxs)
