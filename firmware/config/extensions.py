# SPDX-License-Identifier: GPL-2.0-or-later
"""Internal numbers and the phones that ring for them."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from firmware.config.recordings import Recorded
from firmware.config.targets import parse_target
from firmware.config.values import (
    CallerId,
    Contact,
    Name,
    Number,
    OutsideNumber,
    Pin,
    PortId,
    Seconds,
    Secret,
    Section,
    Several,
    TargetText,
    Text,
)
from firmware.config.voicemail import Voicemail


def _voicemail(value: object) -> object:
    return ({} if value else None) if isinstance(value, bool) else value


def _forward(text: str) -> str:
    if ":" in text:
        parse_target(text)
    elif not re.fullmatch(r"(\+?[0-9*#]{1,32})?", text):
        raise ValueError(f'"{text}" cannot be called; use a number as it is dialled, or a target such as queue:support')
    return text


def _also(value: object) -> object:
    return {"to": value} if isinstance(value, str) else value


ForwardTo = Annotated[str, AfterValidator(_forward)]
CallClass = Literal["internal", "local", "national", "international"]


class ExtensionSip(Section):
    """SIP phones. None for `password`: a generated one, which the box keeps. `address` is for one phone that does not
    register: calls go straight there."""

    password: Secret | None = None
    address: Contact | None = None


class Metering(Section):
    """Charging pulses to a phone on a port while it talks outside: one at the answer, and one each `every_s`."""

    every_s: Annotated[Seconds, Field(ge=1, le=3600)]
    hz: Literal[12000, 16000] = 16000
    pulse_ms: Annotated[int, Field(ge=50, le=500)] = 120


class Also(Section):
    """What else rings for an extension, `after_s` later: another extension, or a number outside.

    `confirm`: whoever answers outside presses 1 first, so that no mailbox takes the call.
    """

    to: TargetText
    after_s: Annotated[Seconds, Field(ge=0, le=120)] = 0
    confirm: bool = True


class Extension(Section):
    """From `caller_id` to `lamp`: for a telephone on the port, docs/signals/phones.md, docs/signals/caller-id.md.

    From `ring` to `withhold`: docs/extensions.md. Whoever sits there may choose other values for those in
    `firmware.calls.choices.NAMES`. From `call_class` (`class` in the file) to `emergency_number`: docs/dial-plan.md.
    `record`: docs/recordings.md.
    """

    number: Number
    name: Text = ""
    port: PortId | None = None
    sip: ExtensionSip | None = None
    voicemail: Annotated[Voicemail | None, BeforeValidator(_voicemail)] = None
    caller_id: CallerId | None = None
    caller_id_charset: Literal["ascii", "latin1"] | None = None
    echo_canceller: bool = True
    flash: bool = True
    flash_max_ms: Annotated[int, Field(ge=150, le=2000)] | None = None
    reversal_on_answer: bool = False
    metering: Metering | None = None
    lamp: Literal["none", "reversed", "dc", "neon"] = "none"
    ring: Literal["together", "in_turn"] = "together"
    turn_s: Annotated[Seconds, Field(ge=3, le=120)] = 15
    also: Several[Annotated[Also, BeforeValidator(_also)]] = ()
    no_answer_s: Annotated[Seconds, Field(ge=3, le=300)] = 25
    do_not_disturb: bool = False
    call_waiting: bool = True
    forward_always: ForwardTo = ""
    forward_busy: ForwardTo = ""
    forward_no_answer: ForwardTo = ""
    forward_unregistered: ForwardTo = ""
    pickup_group: Name | None = None
    outside_number: OutsideNumber = ""
    outside_name: Text = ""
    withhold: bool = False
    call_class: CallClass = Field(default="international", alias="class")
    class_pin: Pin = ""
    emergency_number: OutsideNumber = ""
    record: Recorded = False
