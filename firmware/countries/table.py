# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m firmware.countries.table`: writes docs/signals/countries.md from the profiles."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from firmware import countries
from firmware.countries import Country, RingName, Step, Tone, ToneName

PAGE = Path(__file__).parents[2] / "docs/signals/countries.md"
HEAD = """# Countries

{count} country profiles, one file each in `firmware/countries/`. This page is made from them:
`python -m firmware.countries.table` writes it, a test compares.

Each file names where its facts come from, and which of them are practice of the field that nobody has checked on a line
there yet: most caller ID kinds, flash and disconnect times are, and the tones that ITU-T E.180 Supplement 2 lacks.

Times are milliseconds, `350+440` is two frequencies at once, `400×25` is amplitude modulation, a number in brackets is
silence, `…` is for ever. Special information tones, stutter dial tone, call waiting, levels, pulse dialling and
international prefixes are in the files only. `common.toml` explains the names of howlers and the rings inside.

Every tone of every country is made and recognised, and taken for no other of that country, in
`tests/lineaudio/test_call_progress_tones.py`; so is that speech and music end no call.

Two tones of a country that are alike are told apart by nothing, so either of their names is right: {alike}.

| | country | law | dial | busy | congestion | ringing | ring, ring inside | caller ID | flash | howler | emergency |
|---|---|---|---|---|---|---|---|---|---|---|---|
"""


def page() -> str:
    """The whole page."""
    profiles = [countries.load(code) for code in countries.codes()]
    alike = "; ".join(f"{name} in {', '.join(codes)}" for name, codes in _alike(profiles))
    return HEAD.format(count=len(profiles), alike=alike) + "".join(map(_row, sorted(profiles, key=lambda c: c.name)))


def _alike(profiles: Iterable[Country]) -> list[tuple[str, list[str]]]:
    same = [c.code for c in profiles if c.busy.repeated == c.congestion.repeated]
    return [("busy and congestion", same)]


def _row(country: Country) -> str:
    tones = [sound(country.tones[n]) for n in (ToneName.DIAL, ToneName.BUSY, ToneName.CONGESTION, ToneName.RINGBACK)]
    rings = f"{_times(country.ring_cadence_ms)}; {_times(country.rings[RingName.INSIDE])}"
    flash = f"{country.flash.min_ms}-{country.flash.max_ms}"
    cells = [country.code, country.name, country.law, *tones, rings, country.caller_id, flash]
    return f"| {' | '.join(cells)} | {country.howler.name} | {' '.join(country.emergency)} |\n"


def sound(tone: Tone) -> str:
    """A tone in one line."""
    return " ".join(map(_step, tone.opening)) + " " * bool(tone.opening) + " ".join(map(_step, tone.repeated))


def _step(step: Step) -> str:
    frequencies = "+".join(map(str, step.frequencies))
    if step.modulated_by:
        frequencies += f"×{step.modulated_by}"
    length = str(step.ms) if step.ms else "…"
    return f"{frequencies}/{length}" if frequencies else f"({length})"


def _times(cadence: Iterable[int]) -> str:
    return " ".join(f"({ms})" if index % 2 else str(ms) for index, ms in enumerate(cadence))


if __name__ == "__main__":
    PAGE.write_text(page())
    print(f"wrote {PAGE}")
