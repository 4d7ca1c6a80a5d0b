# SPDX-License-Identifier: GPL-2.0-or-later
"""Feature codes: what telephones dial to be served by the box itself. The one table of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firmware.config.dialplan import lookup, match


@dataclass(frozen=True, slots=True)
class Feature:
    """`argument` is what follows the code: "", "extension", "slot", "switch", "queue", "agent", "reason", "code", or
    "number": whatever may be dialled. Those in `OPTIONAL` may be left out.
    """

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
    "forward_always": Feature("*72", "number", "forward every call of this phone to the number that follows"),
    "forward_always_off": Feature("*73", "", "every call rings here again"),
    "forward_busy": Feature("*90", "number", "forward calls to the number that follows while this phone is busy"),
    "forward_busy_off": Feature("*91", "", "calls are no longer forwarded while this phone is busy"),
    "forward_no_answer": Feature("*92", "number", "forward calls that this phone does not answer"),
    "forward_no_answer_off": Feature("*93", "", "calls that this phone does not answer are no longer forwarded"),
    "forward_unregistered": Feature("*94", "number", "forward calls while no phone of this extension is there"),
    "forward_unregistered_off": Feature("*95", "", "calls are no longer forwarded while no phone is there"),
    "do_not_disturb": Feature("*78", "", "do not disturb: this phone does not ring"),
    "do_not_disturb_off": Feature("*79", "", "this phone rings again"),
    "call_waiting": Feature("*43", "", "a second call is told by a tone while this phone is in use"),
    "call_waiting_off": Feature("*44", "", "a second caller hears busy tone"),
    "complete": Feature("*66", "", "ring back as soon as the phone that was busy is free"),
    "complete_off": Feature("*65", "", "do not ring back any more"),
    "withhold": Feature("*67", "number", "call without showing who calls"),
    "show": Feature("*68", "number", "call and show who calls, on a phone that withholds it"),
    "intercom": Feature("*50", "extension", "call a SIP phone that answers by itself"),
    "night": Feature("*28", "switch", "0: open and closed by the schedules; 1: open; 2: closed"),
    "keep_trial": Feature("*26", "", "keep the change of the configuration that is on trial"),
    "agent_log_in": Feature("*11", "", "an agent logs in at this phone, for all his queues"),
    "agent_log_out": Feature("*12", "", "the agent at this phone logs out"),
    "queue_log_in": Feature("*13", "queue", "an agent logs in at this phone for one queue more"),
    "queue_log_out": Feature("*14", "queue", "the agent at this phone logs out of one queue"),
    "agent_pause": Feature("*15", "reason", "the agent at this phone takes a pause; the key of the reason may follow"),
    "agent_ready": Feature("*16", "", "the agent at this phone is ready, also before wrap-up is over"),
    "agent_state": Feature("*17", "agent", "how the agent at this phone stands, or the one whose number follows"),
    "disposition": Feature("*18", "code", "what came of the last call; the key of the code may follow"),
    "unlock": Feature("*76", "", "after the PIN, one call beyond the class of this phone"),
}
OPTIONAL = ("agent", "reason", "code")
SLOTS = tuple(str(n) for n in range(1, 10))
SWITCH = ("0", "1", "2")


def codes_in_force(changed: Mapping[str, str]) -> dict[str, str]:
    """The code of each feature; one that was changed to "" is off and left out."""
    codes = {name: changed.get(name, feature.code) for name, feature in FEATURES.items()}
    return {name: code for name, code in codes.items() if code}


def agent_lamp(changed: Mapping[str, str], number: str | None) -> str | None:
    """What phones subscribe to for the lamp of the agent with this number: what they dial to hear how it stands."""
    code = codes_in_force(changed).get("agent_state")
    return code + number if code and number else None


@dataclass(frozen=True, slots=True)
class Known:
    """What may follow codes: numbers of the house, keys, and every number or pattern that may be dialled."""

    extensions: Sequence[str] = ()
    numbers: Sequence[str] = ()
    queues: Sequence[str] = ()
    agents: Sequence[str] = ()
    reasons: Sequence[str] = ()
    codes: Sequence[str] = ()

    def after(self, name: str) -> Sequence[str]:
        """The numbers and patterns that may follow the code of a feature."""
        argument = FEATURES[name].argument
        after: Mapping[str, Sequence[str]] = {
            "extension": self.extensions, "slot": SLOTS, "switch": SWITCH, "number": self.numbers,
            "queue": self.queues, "agent": self.agents, "reason": self.reasons, "code": self.codes,
        }  # fmt: skip
        nothing = ("",) if argument not in after or argument in OPTIONAL else ()
        return (*nothing, *after.get(argument, ()))


def dialled(changed: Mapping[str, str], number: str, known: Known) -> tuple[str, str] | None:
    """The feature that a number asks for, and its argument; None when it is no feature code."""
    for name, code in codes_in_force(changed).items():
        argument = number[len(code) :]
        if number.startswith(code) and any(_fits(pattern, argument) for pattern in known.after(name)):
            return name, argument
    return None


def _fits(pattern: str, argument: str) -> bool:
    return pattern == argument or (bool(pattern) and match(pattern, argument) == "full")


def takes_more(changed: Mapping[str, str], digits: str, known: Known) -> bool:
    """Whether a further digit can make a feature code of these, or another one of it."""
    return any(_more(code, digits, known.after(name)) for name, code in codes_in_force(changed).items())


def _more(code: str, digits: str, patterns: Sequence[str]) -> bool:
    if not digits.startswith(code):
        return code.startswith(digits)
    rest = digits[len(code) :]
    return lookup(filter(None, patterns), rest).more if rest else any(patterns)
