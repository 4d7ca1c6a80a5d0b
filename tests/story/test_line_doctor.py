# SPDX-License-Identifier: GPL-2.0-or-later
"""The Line Doctor at five exchanges of different countries at once. Nobody tells it which; the site is in the US."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from story_ends import AHEAD
from story_office import environment

from firmware import countries
from hil.box import Box
from hil.exchange import Exchange
from hil.g711 import Pcm
from hil.listen import speech_like

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]
NUMBER = "5551234"


@dataclass(frozen=True)
class Home:
    """Where an exchange is, how it tells of a hang-up, and what the line is to be set to."""

    country: str
    hangs_up_by: tuple[str, ...]
    hangup: dict[str, Any]


HOMES = {
    "fxo1": Home("us", ("battery",), {"battery_ms": 250}),
    "fxo2": Home("gb", ("battery",), {"battery_ms": 60}),
    "fxo3": Home("de", ("busy",), {"tones": True}),
    "fxo4": Home("cn", ("busy",), {"tones": True}),
    "fxo5": Home("br", ("polarity", "busy"), {"polarity": True, "tones": True}),
}
LINES = {
    "site": {"country": "us"},
    "extension": [{"number": "201", "port": "fxs1"}],
    "line": [{"port": port, "name": f"Line {port[-1]}"} for port in HOMES],
    "route": [{"line": port, "to": "extension:201"} for port in HOMES],
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clinic(tmp_path_factory: pytest.TempPathFactory, sounds: Path) -> AsyncIterator[Box]:
    """A box with five lines, each at an exchange of another country."""
    state = tmp_path_factory.mktemp("clinic") / "box"
    async with Box(state, LINES, "sim:fxo=5,fxs=1", environment(sounds)) as box:
        yield box
        print(box.last_words(300))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reports(clinic: Box) -> dict[str, Any]:
    """The reports of all five examinations."""
    found = await asyncio.gather(*(examined(clinic, port, home) for port, home in HOMES.items()))
    return dict(zip(HOMES, found, strict=True))


async def examined(box: Box, port: str, home: Home) -> dict[str, Any]:
    """What a person does who was told so by `tipring doctor`."""
    async with Exchange(box.sim, port, home.country, law="ulaw", ahead=AHEAD) as exchange:
        await box.until("/ports", lambda ports: _state(ports, port) == "idle")
        await box.request("POST", f"/api/v1/lines/{port}/doctor", {})
        await step(box, port, "call_now", 15)
        exchange.ring(NUMBER, "ANNA")
        await exchange.off_hook(timeout=20)
        await step(box, port, "hang_up_now", 5)
        await exchange.say(speech())
        for way in home.hangs_up_by:
            await exchange.hang_up(way)  # type: ignore[arg-type]
        await exchange.on_hook(timeout=30)
        return await step(box, port, "done", 10)


def _state(ports: list[dict[str, Any]], port: str) -> str:
    return next(item["state"] for item in ports if item["id"] == port)


async def step(box: Box, port: str, name: str, timeout: float) -> dict[str, Any]:
    """Waits for a step of the examination."""

    def reached(known: dict[str, Any]) -> bool:
        report = known["report"]
        assert not report["error"], report["error"]
        return name in [step["step"] for step in report["steps"]]

    known = await box.until(f"/lines/{port}/doctor", reached, timeout)
    return dict(known["report"])


def speech() -> Pcm:
    return speech_like(1.5, seed=5)


@pytest.mark.parametrize("port", HOMES)
async def test_it_finds_how_the_line_works_whatever_the_country(reports: dict[str, Any], port: str) -> None:
    home, report = HOMES[port], reports[port]
    country, found = countries.load(home.country), report["findings"]
    assert sorted(found["dial_tone"]["frequencies"]) == pytest.approx(sorted(country.dial.frequencies), rel=0.01)
    assert found["ring_cadence_ms"] == pytest.approx(list(country.ring_cadence_ms), rel=0.05, abs=30)
    assert (found["caller_id"]["kind"], found["caller_id"]["number"]) == (country.caller_id, NUMBER)
    best = [c["code"] for c in found["countries"] if c["score"] == found["countries"][0]["score"]]
    assert home.country in best, found["countries"]
    if "busy" in home.hangs_up_by:
        tone = found["hang_up"]["tone"]
        assert tone["frequencies"] == pytest.approx(sorted(country.busy.frequencies), rel=0.01)
        assert tone["cadence_ms"] == pytest.approx(list(country.busy.cadence_ms), rel=0.05)
    if "battery" in home.hangs_up_by:
        assert found["hang_up"]["battery_ms"] == pytest.approx(country.disconnect_generate_ms, abs=60)
    assert found["noise"]["dbm0"] < -50
    assert -30 < found["speech_dbm0"] < -5


@pytest.mark.parametrize("port", HOMES)
async def test_it_proposes_settings_with_evidence_and_applies_them_only_on_yes(
    clinic: Box, reports: dict[str, Any], port: str
) -> None:
    home, report = HOMES[port], reports[port]
    proposed = {item["key"]: item for item in report["proposal"]}
    country = countries.load(home.country)
    assert proposed["caller_id"]["value"] == country.caller_id
    assert home.hangup.items() <= proposed["hangup"]["value"].items()
    assert all(item["confidence"] >= 0.8 for item in proposed.values())
    assert ("busy_tone" in proposed) == ("busy" in home.hangs_up_by)  # the site's country has another
    wav = await clinic.request("GET", f"/api/v1/lines/{port}/doctor/clips/{proposed['hangup']['clip']}")
    with wave.open(io.BytesIO(wav)) as sound:
        assert sound.getnframes() > 8000

    def line(document: dict[str, Any]) -> dict[str, Any]:
        return next(item for item in document["line"] if item["port"] == port)

    assert "hangup" not in line((await clinic.get("/config"))["document"])
    await clinic.request("POST", f"/api/v1/lines/{port}/doctor/apply", {})
    applied = line((await clinic.get("/config"))["document"])
    assert applied == {**applied, **{key: item["value"] for key, item in proposed.items()}}
