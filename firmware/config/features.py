# SPDX-License-Identifier: GPL-2.0-or-later
"""Feature codes: what telephones dial to be served by the box itself. The one table of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Feature:
    """`argument` is what follows the code: "", "extension", "slot" or "switch"."""

    code: str
    argument: str
    what: str


FEATURES: Mapping[str, Feature] = {
    "park": Feature("*70", "", "park the call that waits; the box says where"),
    "retrieve": Feature("*71", "slot", "take a parked call"),
    "pick_up": Feature("*8", "", "take a call that rings at another phone"),
    "voicemail": Feature("*97", "", "listen to the messages of this phone's own box"),
    "voicemail_other": Feature("*98", "", "listen to the messages of any box, by its PIN"),
    "record_prompt": Feature("*77", "", "record a prompt"),
    "pick_up_directed": Feature("**", "extension", "take the call that rings at this phone"),
    "night": Feature("*28", "switch", "0: open and closed by the schedules; 1: open; 2: closed"),
    "unlock": Feature("*78", "", "after the PIN, one call beyond the class of this phone"),
}
SLOTS = tuple(str(n) for n in range(1, 10))
SWITCH = ("0", "1", "2")


def codes_in_force(changed: Mapping[str, str]) -> dict[str, str]:
    """The code of each feature; one that was changed to "" is off and left out."""
    codes = {name: changed.get(name, feature.code) for name, feature in FEATURES.items()}
    return {name: code for name, code in codes.items() if code}


def arguments(name: str, extensions: Iterable[str]) -> list[str]:
    """What may follow the code of a feature."""
    match FEATURES[name].argument:
        case "extension":
            return list(extensions)
        case "slot":
            return list(SLOTS)
        case "switch":
            return list(SWITCH)
    return [""]


def dialled(changed: Mapping[str, str], number: str, extensions: Iterable[str]) -> tuple[str, str] | None:
    """The feature that a number asks for, and its argument; None when it is no feature code."""
    known = list(extensions)
    for name, code in codes_in_force(changed).items():
        if number.startswith(code) and number[len(code) :] in arguments(name, known):
            return name, number[len(code) :]
    return None


def numbers(changed: Mapping[str, str], extensions: Iterable[str]) -> list[str]:
    """Every number that is a feature code with its argument."""
    known = list(extensions)
    return [code + argument for name, code in codes_in_force(changed).items() for argument in arguments(name, known)]
