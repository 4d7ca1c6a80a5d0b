# SPDX-License-Identifier: GPL-2.0-or-later
"""What the Line Doctor found, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Data = Mapping[str, Any]
LIKELY = 0.5  # score of a country that is worth naming
NAMED = 8


def tone_in_words(tone: Data) -> str:
    """480+620 Hz, 500/500 ms."""
    hz = "+".join(f"{frequency:.0f}" for frequency in tone["frequencies"])
    cadence = "/".join(str(ms) for ms in tone["cadence_ms"])
    return f"{hz} Hz, " + ("without pauses" if cadence == "0" else f"{cadence} ms")


def _dial_tone(data: Data) -> str:
    tone = data["tone"]
    if not tone:
        return "  No dial tone came within 7 s. Going on without."
    return f"  Dial tone: {tone_in_words(tone)}, {tone['dbm0']:.0f} dBm0."


SILENT_DBM0 = -80


def noise_in_words(data: Data) -> str:
    """-62 dBm0, with a hum of 50 Hz."""
    level = f"{data['dbm0']:.0f} dBm0" if data["dbm0"] > SILENT_DBM0 else f"none ({SILENT_DBM0} dBm0 or less)"
    return level + (f", with a hum of {data['hum_hz']:.0f} Hz" if data["hum_hz"] else "")


def _noise(data: Data) -> str:
    return f"  Noise: {noise_in_words(data)}." if data else ""


def _caller_id(data: Data) -> str:
    if not data.get("kind"):
        return "  No caller ID was heard." if not data else "  Caller ID was heard, but cannot be read."
    who = " ".join(part for part in (data["number"], data["name"]) if part)
    return f"  Caller ID: {data['kind']}" + (f", it says {who}." if who else ".")


def _rung(data: Data) -> str:
    return f"  It rings {'/'.join(str(ms) for ms in data['cadence_ms'])} ms."


def signs_in_words(said: Data) -> list[str]:
    """How a line said that the far end hung up."""
    signs = []
    if said["battery_ms"] is not None:
        signs.append(f"battery went away for {said['battery_ms']} ms")
    if said["polarity"]:
        signs.append("the polarity was reversed")
    if said["tone"]:
        signs.append(f"a tone came: {tone_in_words(said['tone'])}")
    if said["dial_tone"]:
        signs.append("dial tone came back")
    return signs


def _sign(data: Data) -> str:
    return f"  Seen: {'; '.join(signs_in_words(data)) or 'battery went away'}. Waiting a moment for more …"


def _hang_up(data: Data) -> str:
    return "" if data["means"] else "  Nothing told the box that the caller hung up."


def _said(text: str) -> Callable[[Data], str]:
    return lambda data: text


STEPS: Mapping[str, Callable[[Data], str]] = {
    "battery": lambda data: f"Battery is there ({data['battery']}).",
    "dial_tone_wait": _said("Going off hook to listen to the exchange …"),
    "dial_tone": _dial_tone,
    "noise": _noise,
    "call_now": _said("\nNow call the number of this line from another phone. Let it ring twice; the box answers."),
    "ringing": _said("It rings …"),
    "answered_for_data": _said("It rings for caller ID first, as in Japan: the box takes the data …"),
    "stopped_ringing": _said("It stopped ringing too early. Please call again, and let it ring."),
    "rung": _rung,
    "answered": _said("Answered. You should hear two beeps."),
    "caller_id": _caller_id,
    "hang_up_now": _said("\nSay a few words, then hang up your phone. The box stays on the line and listens …"),
    "hang_up_sign": _sign,
    "hang_up": _hang_up,
    "checking": _said("Checking against the recordings of this line …"),
}


def step_in_words(step: str, data: Data) -> str:
    """What a step says; "" for nothing."""
    return STEPS[step](data) if step in STEPS else ""


def findings_in_words(report: Data) -> str:
    """A whole report."""
    found = report["findings"]
    if not found:
        return f"This examination ended without findings ({report['state']})."
    lines = ["", "What was found", f"  battery     {found['battery']}"]
    if found["noise"]:
        lines.append(f"  noise       {noise_in_words(found['noise'])}")
    if found["speech_dbm0"] is not None:
        lines.append(f"  speech      {found['speech_dbm0']:.0f} dBm0")
    if found["dial_tone"]:
        lines.append(f"  dial tone   {tone_in_words(found['dial_tone'])}")
    if found["caller_id"]:
        lines.append(f"  caller ID   {found['caller_id']['why']}")
    if found["hang_up"]:
        lines.append(f"  hang-up     {'; '.join(signs_in_words(found['hang_up'])) or 'no sign at all'}")
    lines.append(f"  exchange    {_countries(found['countries'], report.get('site_country', ''))}")
    lines += _checked(report["check"])
    if report["clips"]:
        clips = ", ".join(report["clips"])
        lines.append(f"  sounds      {clips} (tipring doctor {report['line']} --clip NAME > NAME.wav)")
    return "\n".join(lines)


def _countries(countries: Sequence[Data], site: str) -> str:
    best = [c["name"] for c in countries if c["score"] == countries[0]["score"]]
    if not best or countries[0]["score"] < LIKELY:
        return "of no country that is known here"
    shown = ", ".join(best[:NAMED]) + (", …" if len(best) > NAMED else "")
    which = f"probably {shown}" if len(best) == 1 else f"maybe {shown}"
    return which if site in best or not site else f"{which}; the box is set for {site} (site.country)"


def _checked(check: Data | None) -> list[str]:
    if not check:
        return []
    if not check["recordings"]:
        return ["  checked     there are no recordings of this line yet to check the tones against"]
    cuts = len(check["false_hangups"])
    verdict = f"{cuts} calls would have been cut" if cuts else "no call would have been cut"
    return [f"  checked     {check['recordings']} recordings, {check['minutes']:.1f} minutes: {verdict}"]


def usual_in_words(known: Data) -> str:
    """What calls have taught."""
    usual = known["baseline"]
    if not usual["lessons"]:
        return "No call has taught anything yet: calls that come in and go out on this line will."
    lines = [f"Learnt from {usual['lessons']} calls"]
    for name, title in (("tone", "hang-up tone"), ("dial_tone", "dial tone")):
        if usual[name]["value"]:
            lines.append(f"  {title:12} {tone_in_words(usual[name]['value'])} ({usual[name]['seen']} times)")
    if usual["battery"]["value"] is not None:
        lines.append(f"  {'battery':12} goes away for {usual['battery']['value']} ms at a hang-up")
    if usual["polarity"]["value"]:
        lines.append(f"  {'polarity':12} is reversed at a hang-up")
    if usual["caller_id"]["value"]:
        lines.append(f"  {'caller ID':12} {usual['caller_id']['value']}")
    for name, title in (("speech_dbm0", "speech"), ("noise_dbm0", "noise")):
        if usual[name]["value"] is not None:
            lines.append(f"  {title:12} {usual[name]['value']:.0f} dBm0")
    return "\n".join(lines)


def proposal_in_words(line: str, proposal: Sequence[Data]) -> str:
    """The settings as they would stand in the configuration, with why and how sure."""
    if not proposal:
        return "\nNothing is proposed yet: it takes two calls that show the same."
    lines = ["", "Proposed", "  [[line]]", f'  port = "{line}"']
    for item in proposal:
        lines.append(f"  {item['key']} = {_toml(item['value'])}")
        lines.append(f"      # {item['confidence']:.0%} sure: {item['why']}")
    return "\n".join([*lines, ""])


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return f"[{', '.join(_toml(item) for item in value)}]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(item)}" for key, item in value.items()) + " }"
    return str(value)
