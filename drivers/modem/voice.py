# SPDX-License-Identifier: GPL-2.0-or-later
"""What a voice modem can: its sample formats (+VSM=?) and the set-up of voice mode (ITU-T V.253)."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass

from drivers.lineaudio.voice_modem import SampleFormat
from drivers.modem.dialogue import AtError, Dialogue
from drivers.port import PortError
from drivers.voice_modems import Ability

RATE = 8000
_NAMES = {
    "u-law": SampleFormat.ULAW, "mu-law": SampleFormat.ULAW, "ulaw": SampleFormat.ULAW, "pcmu": SampleFormat.ULAW,
    "a-law": SampleFormat.ALAW, "alaw": SampleFormat.ALAW, "pcma": SampleFormat.ALAW,
    "unsigned pcm": SampleFormat.UNSIGNED, "8-bit linear": SampleFormat.UNSIGNED, "linear": SampleFormat.UNSIGNED,
    "signed pcm": SampleFormat.SIGNED,
}  # fmt: skip
_BEST = (SampleFormat.ULAW, SampleFormat.ALAW, SampleFormat.UNSIGNED, SampleFormat.SIGNED)
_WISHES = (
    "AT+VCID=1",  # caller ID, formatted
    "AT+VSD=128,0",  # silence ends nothing
    "AT+VIT=0",  # nor does an idle line to the box
    "AT+VNH=0",  # nothing hangs up by itself but on loss of the loop
    "ATS0=0",
)


def formats(lines: Iterable[str], law: str) -> list[tuple[SampleFormat, int]]:
    """Formats of 8 bits at 8000 Hz, with the modem's numbers: that of the box's law first, G.711 before linear."""
    found: dict[SampleFormat, int] = {}
    for line in lines:
        fields = [field.strip() for field in next(csv.reader([_after(line)], skipinitialspace=True), [])]
        if len(fields) < 3 or not fields[0].isdigit() or fields[2] != "8" or str(RATE) not in line:
            continue
        name = fields[1].lower()
        format = next((known for spelt, known in _NAMES.items() if name.startswith(spelt)), None)
        if format is not None:
            found.setdefault(format, int(fields[0]))
    own = SampleFormat.ALAW if law == "alaw" else SampleFormat.ULAW
    return sorted(found.items(), key=lambda item: (item[0] is not own, _BEST.index(item[0])))


def _after(line: str) -> str:
    return line.removeprefix("+VSM:").strip()


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a modem says of itself. Some carry sound both ways and do not say so."""

    model: str = ""
    both_ways: bool = False
    caller_id: bool = False

    def told(self, *, duplex: bool | None) -> tuple[Ability, ...]:
        """`duplex` is what a call has shown; None: there was none."""
        if duplex is None:
            ways = Ability.BOTH_WAYS if self.both_ways else Ability.WAYS_UNKNOWN
        else:
            ways = Ability.BOTH_WAYS if duplex else Ability.BY_TURNS
        return (ways, Ability.CALLER_ID) if self.caller_id else (ways,)


async def is_voice_modem(at: Dialogue) -> bool:
    """Whether it has voice mode. PortError: it does not answer."""
    classes = " ".join(await told(at, "AT+FCLASS=?"))
    return "8" in classes.replace("(", " ").replace(")", " ").replace(",", " ").split()


async def abilities(at: Dialogue) -> Abilities:
    """Of a modem in voice mode. PortError: it does not answer."""
    model = " ".join(await told(at, "AT+GMM") or await told(at, "ATI3"))[:80]
    return Abilities(model, await _knows(at, "AT+VTR=?"), await _knows(at, "AT+VCID=?"))


async def prepare(at: Dialogue, law: str) -> tuple[SampleFormat, Abilities]:
    """Puts the modem into voice mode, on hook; its format, and what it can. PortError: it is no voice modem."""
    for command in ("ATE0", "ATV1", "ATH"):
        await _knows(at, command)
    if not await is_voice_modem(at):
        raise PortError("It is no voice modem: +FCLASS=8 is not among its modes.")
    await at.ask("AT+FCLASS=8")
    known = formats(await at.ask("AT+VSM=?"), law)
    if not known:
        raise PortError("It has no sound of 8 bits at 8000 Hz: G.711 or 8-bit PCM is needed.")
    format, number = known[0]
    await at.ask(f"AT+VSM={number},{RATE}")
    for wish in _WISHES:
        await _knows(at, wish)  # what it does not know it does not do
    return format, await abilities(at)


async def _knows(at: Dialogue, command: str) -> bool:
    try:
        await at.ask(command)
    except AtError:
        return False
    return True


async def told(at: Dialogue, command: str) -> list[str]:
    """Lines of the answer; none when the modem refuses. PortError: it does not answer."""
    try:
        return await at.ask(command)
    except AtError:
        return []
