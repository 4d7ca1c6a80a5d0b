# SPDX-License-Identifier: GPL-2.0-or-later
"""From the TOML of a country to its profile. A wrong file raises here, so a test of every file is enough."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from firmware.countries.profile import (
    CallerIdKind,
    Country,
    DtmfCodes,
    Flash,
    Howler,
    Law,
    Pulse,
    RingName,
    Step,
    Tone,
    ToneName,
)


def read(code: str, data: Mapping[str, Any]) -> Country:
    """The profile in `data`. KeyError, TypeError or ValueError names what is missing or wrong."""
    fields = dict(data)
    if fields.pop("code") != code:
        raise ValueError(f"{code}.toml says that it is {data['code']!r}")
    level = float(fields.pop("level_dbm0"))
    tones = {ToneName(name): _tone(ToneName(name), tone, level) for name, tone in fields.pop("tones").items()}
    if missing := set(ToneName) - set(tones):
        raise KeyError(f"{code}.toml lacks the tones {', '.join(sorted(missing))}")
    normal = tuple(fields.pop("ring_cadence_ms"))
    return Country(
        code=code,
        law=Law(fields.pop("law")),
        tones=tones,
        ring_cadence_ms=normal,
        rings=_rings(fields.pop("ring_plan"), normal),
        caller_id=CallerIdKind(fields.pop("caller_id")),
        caller_id_dtmf=DtmfCodes(**fields.pop("caller_id_dtmf", {})),
        flash=Flash(*fields.pop("flash_ms")),
        pulse=Pulse(*fields.pop("pulse_ms")),
        howler=_howler(fields.pop("howler")),
        emergency=tuple(fields.pop("emergency")),
        premium=tuple(fields.pop("premium", ())),
        **fields,
    )


def _tone(name: ToneName, tone: Mapping[str, Any], level: float) -> Tone:
    return Tone(name, tuple(_step(**step) for step in tone["steps"]), float(tone.get("level_dbm0", level)))


def _step(ms: int, frequencies: tuple[int, ...] = (), modulated_by: int = 0, once: bool = False) -> Step:
    return Step(tuple(frequencies), ms, modulated_by, once)


@functools.cache
def _common() -> dict[str, Any]:
    """What several countries share: howlers and ring plans, by name."""
    with (Path(__file__).parent / "common.toml").open("rb") as file:
        return tomllib.load(file)


def _howler(name: str) -> Howler:
    howler = _common()["howlers"][name]
    steps = tuple(_step(**step) for step in howler["steps"])
    return Howler(name, steps, tuple(map(float, howler["levels_dbm0"])), float(howler["rise_s"]))


def _rings(plan: str, normal: tuple[int, ...]) -> Mapping[RingName, tuple[int, ...]]:
    others = {RingName(name): tuple(cadence) for name, cadence in _common()["rings"][plan].items()}
    return {RingName.OUTSIDE: normal, **others}
