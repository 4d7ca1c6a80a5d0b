# SPDX-License-Identifier: GPL-2.0-or-later
"""The office of the stories."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hil.box import Box
from hil.listen import speech_like

MUSIC = speech_like(20, seed=99)
WELCOME, WELCOME_ZH, CLOSED, LEAVE_MESSAGE = (speech_like(1, seed=seed) for seed in (81, 82, 83, 84))

# What line 5 has of its own: a slow battery, and a busy tone that no country has.
OWN_WAYS = {
    "hangup": {"battery_ms": 1000, "silence_s": 20},
    "busy_tone": {"frequencies": [600], "cadence_ms": [200, 300]},
}

# A queue that tells everybody what comes; and what is said there.
POLITE = {
    "consent": "caller",
    "refuse_key": "9",
    "whisper": True,
    "survey": "happy",
    "waiting": {"music": "closed", "position": True, "first_s": 4, "every_s": 60},
}
CONSENT, NEXT, WHISPER, SATISFIED = (speech_like(1, seed=seed) for seed in (85, 86, 87, 88))
SERVED = ("support", "brisk", "polite", "everybody")  # by both agents


def office(**queue: Any) -> dict[str, Any]:
    """Five lines, six phones, two agents. Lines 3 and 4 lead to queues without agents."""
    agents = {"alice": "201", "bob": "202"}
    lines = [{"port": f"fxo{n}", "name": f"Line {n}", "number": f"555010{n}"} for n in range(1, 6)]
    extensions = [{"number": f"20{n}", "name": f"Phone {n}", "port": f"fxs{n}"} for n in range(1, 7)]
    extensions.append({"number": "207", "name": "Mobile", "also": ["external:95551234"]})
    extensions[4] |= {"voicemail": {"pin": "1357", "after_s": 1.5}}
    lines[0]["fax"] = "extension:206"
    lines[4] |= {"dialling": "pulse", **OWN_WAYS}
    hurried = {"wrap_up_s": 0, "max_wait_s": 2, "record": False}
    return {
        "site": {"name": "Test office", "country": "us", "language": "en", "timezone": "UTC"},
        "recordings": {"format": "wav"},  # what is heard is compared with what was said
        "extension": extensions,
        "line": lines,
        "trunk": [{"name": "lines", "ports": ["fxo2", "fxo1"]}, {"name": "old", "ports": ["fxo5"]}],
        "agent": [
            {"id": id, "name": id.title(), "extension": number, "queues": dict.fromkeys(SERVED, 1)}
            for id, number in agents.items()
        ],
        "queue": [
            {"name": "support", "number": "600", "wrap_up_s": 1, "ring_timeout_s": 8, **queue},
            {"name": "brisk", "wrap_up_s": 0, "ring_timeout_s": 1.5, "waiting": {"keys": {"1": "call_back"}}},
            {"name": "everybody", "number": "630", "wrap_up_s": 0, "strategy": "ring-all"},
            {"name": "patient", "overflow": "extension:203", **hurried},
            {"name": "hopeless", **hurried},
            {"name": "polite", "number": "620", "wrap_up_s": 0, **POLITE},
        ],
        "ivr": [
            {
                "name": "main",
                "number": "650",
                "prompt": "welcome",
                "timeout_s": 1,
                "retries": 0,
                "timeout": "voicemail:205",
                "extensions": True,
                "digits": {"1": "extension:204", "8": "language:zh", "9": "ivr:night"},
            },
            {"name": "night", "prompt": "closed", "timeout_s": 1, "retries": 0},
        ],
        "survey": [{"name": "happy", "number": "690", "question": [{"name": "satisfied"}], "timeout_s": 8}],
        "conference": [{"name": "team", "number": "700", "pin": "2468"}],
        "group": [
            {"name": "desk", "number": "610", "members": ["203", "204"], "timeout_s": 3, "then": "extension:206"}
        ],
        "route": [
            {"line": "fxo1", "to": "queue:support"},
            {"line": "fxo2", "to": "extension:203"},
            {"line": "fxo3", "to": "queue:patient"},
            {"line": "fxo4", "to": "queue:hopeless"},
            {"line": "fxo5", "to": "queue:brisk"},
        ],
        "outbound": [
            {"pattern": "9.", "strip": 1, "trunks": ["lines"]},
            {"pattern": "8.", "strip": 1, "trunks": ["old"]},
        ],
    }


CARD = "sim:fxo=5,fxs=6"


def box_of(folder: Path, sounds: Path, document: dict[str, Any] | None = None, card: str = CARD) -> Box:
    """A box of its own in this folder, of the office unless told otherwise."""
    folder.mkdir(exist_ok=True)
    return Box(folder / "box", document or office(), card, environment(sounds))


def environment(sounds: Path) -> dict[str, str]:
    """Memory that nobody has written is full of nonsense here, not of zeros by luck (mallopt(3))."""
    return {"TIPRING_SOUNDS": str(sounds), "MALLOC_PERTURB_": "128"}
