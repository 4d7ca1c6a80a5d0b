# SPDX-License-Identifier: GPL-2.0-or-later
"""The Line Doctor at six exchanges of different countries at once. Nobody tells it which; the site is in the US."""

from __future__ import annotations

import asyncio
import io
import json
import urllib.error
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from story_ends import ANNA, QUICK
from story_office import environment

from firmware import countries, times
from firmware.doctor.baseline import Baseline, Usual
from firmware.store import lines
from firmware.store.writer import HistoryWriter
from hil.box import Box
from hil.exchange import Exchange
from hil.g711 import Pcm
from hil.listen import speech_like

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]
NUMBER = "5551234"
LATE_MS = 200  # so late a busy machine may tell of a change on the wire; sound waits for nobody
AHEAD = 10  # blocks of sound that the far ends are ahead


@dataclass(frozen=True)
class Home:
    """Where an exchange is, how it tells of a hang-up, and what the line is to be set to."""

    country: str
    hangs_up_by: tuple[str, ...]
    hangup: dict[str, Any]  # beside battery_ms, which depends on how late a busy machine is


HOMES = {
    "fxo1": Home("us", ("battery",), {}),
    "fxo2": Home("gb", ("battery",), {}),
    "fxo3": Home("de", ("busy",), {"tones": True}),
    "fxo4": Home("cn", ("busy",), {"tones": True}),
    "fxo5": Home("br", ("polarity", "busy"), {"polarity": True, "tones": True}),
    "fxo6": Home("jp", ("battery",), {}),
}
LEARNING = "fxo7"  # in use for long: it used to take battery away at a hang-up, and in two calls it did not
LINES = {
    "site": {"country": "us"},
    "extension": [{"number": "201", "port": "fxs1"}],
    "agent": [{"id": "alice", "extension": "201", "queues": {"support": 1}}],
    "queue": [{"name": "support"}],
    "line": [{"port": port, "name": f"Line {port[-1]}"} for port in (*HOMES, LEARNING)],
    "route": [{"line": port, "to": "queue:support"} for port in (*HOMES, LEARNING)],
}
US_BUSY = {"frequencies": [480.0, 620.0], "cadence_ms": [500, 500]}
CHANGING = Baseline(
    lessons=9,
    signalled=9,
    battery=Usual(800, 7, None, 2),
    tone=Usual(None, 7, US_BUSY, 2),
    caller_id=Usual("bell202", 9),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clinic(tmp_path_factory: pytest.TempPathFactory, sounds: Path) -> AsyncIterator[Box]:
    """A box with six lines, each at an exchange of another country, and one that learnt from calls."""
    state = tmp_path_factory.mktemp("clinic") / "box"
    writer = HistoryWriter(state / "history.db")
    await writer.run(lines.baseline_changed, LEARNING, times.now(), CHANGING.as_json())
    writer.close(2)
    async with Box(state, LINES, "sim:fxo=7,fxs=1", environment(sounds)) as box:
        yield box
        print(box.last_words(300))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reports(clinic: Box) -> dict[str, Any]:
    """The reports of all examinations."""
    found = await asyncio.gather(*(examined(clinic, port, home) for port, home in HOMES.items()))
    return dict(zip(HOMES, found, strict=True))


async def examined(box: Box, port: str, home: Home) -> dict[str, Any]:
    """What a person does who was told so by `tipring doctor`."""
    async with Exchange(box.sim, port, home.country, law="ulaw", ahead=AHEAD) as exchange:
        await box.until("/ports", lambda ports: _state(ports, port) == "idle")
        await box.request("POST", f"/api/v1/lines/{port}/doctor", {})
        await step(box, port, "call_now", 15)
        exchange.ring(NUMBER, "ANNA")
        await answered(exchange)
        await step(box, port, "hang_up_now", 5)
        await exchange.say(speech())
        for way in home.hangs_up_by:
            await exchange.hang_up(way)  # type: ignore[arg-type]
        await exchange.on_hook(timeout=30)
        return await step(box, port, "done", 10)


async def answered(exchange: Exchange) -> None:
    """The box has answered the caller: in Japan it answers for data before."""
    await exchange.off_hook(timeout=20)
    if exchange.asking:
        await exchange.on_hook(timeout=8)
        await exchange.off_hook(timeout=20)


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
    assert found["ring_cadence_ms"] == pytest.approx(list(country.ring_cadence_ms), abs=LATE_MS)
    assert (found["caller_id"]["kind"], found["caller_id"]["number"]) == (country.caller_id, NUMBER)
    best = [c["code"] for c in found["countries"] if c["score"] == found["countries"][0]["score"]]
    assert home.country in best, found["countries"]
    if "busy" in home.hangs_up_by:
        tone = found["hang_up"]["tone"]
        assert tone["frequencies"] == pytest.approx(sorted(country.busy.frequencies), rel=0.01)
        assert tone["cadence_ms"] == pytest.approx(list(country.busy.cadence_ms), rel=0.05)
    if "battery" in home.hangs_up_by:
        assert found["hang_up"]["battery_ms"] == pytest.approx(country.disconnect_generate_ms, abs=LATE_MS)
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
    if "battery" in home.hangs_up_by:
        assert (
            50
            <= proposed["hangup"]["value"]["battery_ms"]
            <= min(250, 0.7 * report["findings"]["hang_up"]["battery_ms"])
        )
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


async def test_every_call_teaches_and_a_change_of_the_telephone_company_is_an_alarm(clinic: Box) -> None:
    async with Exchange(clinic.sim, LEARNING, "us", ahead=AHEAD) as exchange:
        exchange.ring(*ANNA, cadence_ms=QUICK)
        await exchange.off_hook(timeout=8)
        await exchange.say(speech())
        await exchange.hang_up("busy")
        await exchange.on_hook(timeout=5)
        known = await clinic.until(f"/lines/{LEARNING}/doctor", lambda known: known["lessons"], 8)
    (lesson,) = known["lessons"]
    assert lesson["hang_up"]["tone"]["frequencies"] == pytest.approx([480, 620], rel=0.01)
    assert lesson["hang_up"]["tone"]["cadence_ms"] == pytest.approx([500, 500], rel=0.05)
    assert (lesson["caller_id"], lesson["hang_up"]["battery_ms"]) == ("bell202", None)
    assert {item["key"] for item in known["learnt"]} == {"caller_id", "hangup"}
    tone = f"line:{LEARNING}:hangup_tone"
    standing = await clinic.until("/alarms", lambda alarms: tone in {a["kind"] for a in alarms})
    alarms = {a["kind"]: a["text"] for a in standing}
    assert alarms[f"line:{LEARNING}:battery"].startswith("The line Line 7 (fxo7) no longer takes battery away")
    assert "plays 480+620 Hz, " in alarms[tone]
    accepted = await clinic.request("POST", f"/api/v1/lines/{LEARNING}/doctor/accept", {})
    assert len(accepted["accepted"]) == 2
    await clinic.until("/alarms", lambda alarms: not [a for a in alarms if a["kind"].startswith("line:")])


async def test_an_examination_that_cannot_be_done_says_why(clinic: Box) -> None:
    async def refused(path: str, body: dict[str, Any]) -> tuple[int, str]:
        with pytest.raises(urllib.error.HTTPError) as error:
            await clinic.request("POST", f"/api/v1/lines/{path}", body)
        return error.value.code, json.loads(error.value.read())["error"]["code"]

    assert await refused("fxo9/doctor", {}) == (404, "no_such_line")
    assert await refused("fxo1/doctor", {}) == (409, "line_not_idle")  # nothing is plugged in
    assert await refused(f"{LEARNING}/doctor/cancel", {}) == (409, "not_examined")
    async with Exchange(clinic.sim, LEARNING, "us", ahead=AHEAD, dial_tone=False) as exchange:
        await clinic.until("/ports", lambda ports: _state(ports, LEARNING) == "idle")
        await clinic.request("POST", f"/api/v1/lines/{LEARNING}/doctor", {"call_s": 1})
        assert await refused(f"{LEARNING}/doctor", {}) == (409, "already_examined")
        await exchange.off_hook()
        exchange.wire.send(battery="none")
        await exchange.unplug()
        failed = await clinic.until(
            f"/lines/{LEARNING}/doctor", lambda known: known["report"]["state"] != "running", 20
        )
    assert failed["report"]["error"]["code"] == "line_dead"


async def test_the_command_tells_it_in_plain_words(clinic: Box, reports: dict[str, Any]) -> None:
    said = clinic.tipring("doctor", "fxo3", "--report").stdout
    assert "hang-up     a tone came: 425 Hz, 480/480 ms" in said
    assert "Germany" in said
    assert "box is set for United States" in said
    assert 'caller_id = "v23"' in said
    assert "Nothing was changed." in said  # nobody could say yes
    shown = json.loads(clinic.tipring("doctor", "fxo3", "--report", "--json").stdout)
    assert shown["id"] == reports["fxo3"]["id"]
    applied = json.loads(clinic.tipring("doctor", "fxo3", "--report", "--json", "--yes").stdout)["applied"]
    assert applied["settings"]["caller_id"] == "v23"
    wrong = clinic.tipring("doctor", "fxo3", "--clip", "nonsense", check=False)
    assert (wrong.returncode, "there are: dial_tone, noise, ringing" in wrong.stderr) == (1, True)
    unknown = clinic.tipring("doctor", LEARNING, "--learnt")
    assert "Learnt from" in unknown.stdout
