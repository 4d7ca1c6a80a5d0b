# SPDX-License-Identifier: GPL-2.0-or-later
"""What a voice modem can: its sample formats (+VSM=?) and the set-up of voice mode (ITU-T V.253)."""

from __future__ import annotations

import csv
from collections.abc import Iterable

from drivers.lineaudio.voice_modem import SampleFormat
from drivers.modem.dialogue import AtError, Dialogue
from drivers.port import PortError

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


async def prepare(at: Dialogue, law: str) -> tuple[str, SampleFormat]:
    """Puts the modem into voice mode, on hook; its model and format. PortError: it is no voice modem."""
    for command in ("ATE0", "ATV1", "ATH"):
        await _wish(at, command)
    classes = " ".join(await at.ask("AT+FCLASS=?"))
    if "8" not in classes.replace("(", " ").replace(")", " ").replace(",", " ").split():
        raise PortError("It is no voice modem: +FCLASS=8 is not among its modes.")
    model = " ".join(await _told(at, "AT+GMM") or await _told(at, "ATI3"))[:80]
    await at.ask("AT+FCLASS=8")
    known = formats(await at.ask("AT+VSM=?"), law)
    if not known:
        raise PortError("It has no sound of 8 bits at 8000 Hz: G.711 or 8-bit PCM is needed.")
    format, number = known[0]
    await at.ask(f"AT+VSM={number},{RATE}")
    for wish in _WISHES:
        await _wish(at, wish)
    return model, format


async def _wish(at: Dialogue, command: str) -> None:
    try:
        await at.ask(command)
    except AtError:
        return  # what it does not know it does not do


async def _told(at: Dialogue, command: str) -> list[str]:
    try:
        return await at.ask(command)
    except AtError:
        return []
