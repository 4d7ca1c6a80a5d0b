# SPDX-License-Identifier: GPL-2.0-or-later
"""What the Line Doctor does and found, in words for somebody on a ladder. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from webui.i18n import N_

Say = Callable[..., str]
Report = Mapping[str, Any]

NOISE_DBM0 = -50.0  # louder is heard in the pauses of speech
SPEECH_DBM0 = (-32.0, -9.0)  # as firmware.doctor.proposal
LIKELY = 0.5  # score of a country that is worth naming

STAGES = (
    ("battery", N_("There is current on the line")),
    ("dial_tone", N_("Listened for the dial tone")),
    ("rung", N_("Your call came in")),
    ("answered", N_("The box answered")),
    ("hang_up", N_("You hung up")),
    ("done", N_("Compared with what the box knows")),
)
WAIT = N_("The box listens to the line. Wait a moment.")
SPEAK = N_("The box has answered. Say a few words, then hang up your phone.")
TASKS = {
    "call_now": N_("Call this line now from another phone, and let it ring."),
    "ringing": N_("It rings. Wait until the box answers: you hear two beeps."),
    "stopped_ringing": N_("It stopped ringing too early. Call again, and let it ring."),
    "answered": SPEAK,
    "caller_id": SPEAK,
    "hang_up_now": SPEAK,
    "hang_up_sign": N_("You hung up. Wait a moment."),
}


@dataclass(frozen=True, slots=True)
class Row:
    """`tone` is good, wait (could be better) or bad; `todo` what to do about it."""

    tone: str
    text: str
    todo: str = ""


def stages(report: Report) -> list[tuple[str, bool]]:
    """What happens in an examination, and whether it has."""
    seen = {step["step"] for step in report["steps"]}
    return [(title, step in seen) for step, title in STAGES]


def task(report: Report) -> str:
    """What the person is to do now."""
    return TASKS.get(report["step"], WAIT)


def rows(report: Report, say: Say) -> list[Row]:
    """The result."""
    found = report["findings"]
    return list(_rows(found, report, say)) if found else []


def _rows(found: Mapping[str, Any], report: Report, say: Say) -> Iterator[Row]:
    if found["dial_tone"]:
        yield Row("good", say(N_("There is a dial tone.")))
    else:
        todo = N_("Calls out may fail. Try the line with a plain telephone; then ask the telephone company.")
        yield Row("wait", say(N_("No dial tone came.")), say(todo))
    yield from _sound(found, say)
    caller = found["caller_id"]
    if caller and caller["number"]:
        yield Row("good", say(N_("The caller's number is shown: %(number)s."), number=caller["number"]))
    else:
        todo = N_("Did the phone hide it? If not, order caller ID from the telephone company.")
        yield Row("wait", say(N_("The caller's number does not come.")), say(todo))
    if found["hang_up"] and found["hang_up"]["means"]:
        yield Row("good", say(N_("The box notices when a caller hangs up.")))
    else:
        todo = N_("Calls would end only after a long silence. Order disconnect supervision for the line.")
        yield Row("bad", say(N_("Nothing tells the box that a caller has hung up.")), say(todo))
    yield from _country(found, report["site_country"], say)


def _sound(found: Mapping[str, Any], say: Say) -> Iterator[Row]:
    noise, speech = found["noise"], found["speech_dbm0"]
    if noise and (noise["dbm0"] > NOISE_DBM0 or noise["hum_hz"]):
        todo = N_("Look for a mains cable beside the telephone cable, and for bad contacts.")
        yield Row("wait", say(N_("There is noise on the line.")), say(todo))
    elif noise:
        yield Row("good", say(N_("The line is quiet.")))
    if speech is None:
        yield Row(
            "wait", say(N_("Nothing was said in the call.")), say(N_("Test the line again, and say a few words."))
        )
    elif SPEECH_DBM0[0] <= speech <= SPEECH_DBM0[1]:
        yield Row("good", say(N_("You were heard well.")))
    else:
        text = N_("You were heard softly.") if speech < SPEECH_DBM0[0] else N_("You were heard too loudly.")
        yield Row("wait", say(text), say(N_("The box proposes a setting for it below.")))


def _country(found: Mapping[str, Any], site: str, say: Say) -> Iterator[Row]:
    countries = found["countries"]
    best = [c["name"] for c in countries if c["score"] == countries[0]["score"]]
    if best and countries[0]["score"] >= LIKELY and site and site not in best:
        text = say(N_("The line sounds like %(country)s; the box is set for %(site)s."), country=best[0], site=site)
        yield Row("wait", text, say(N_("See the country in the first step.")))
