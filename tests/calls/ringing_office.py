# SPDX-License-Identifier: GPL-2.0-or-later
"""An office of SIP phones that are nothing but switches: who answers, refuses, or lets it ring."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from silent_leg import SilentLeg

from firmware import countries
from firmware.calls.causes import Cause
from firmware.calls.choices import Choices
from firmware.calls.groups import Turns
from firmware.calls.leg import Failed
from firmware.calls.picking import RingingPhones
from firmware.config import Config, Extension, check


class Wire(SilentLeg):
    """A leg without sound. `answers_s`: after so long; `refuses`: at once."""

    def __init__(self, name: str, answers_s: float | None = None) -> None:
        super().__init__(name)
        self.up = asyncio.Event()
        self.ended: Cause | None = None
        if answers_s is not None:
            asyncio.get_running_loop().call_later(answers_s, self.up.set)

    def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        self.ended = self.ended or cause
        self.left(cause)


class NoDisk:
    """Keeps choices as long as the test."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}

    def choices(self) -> dict[str, dict[str, Any]]:
        return self.kept

    def keep_choices(self, number: str, chosen: Mapping[str, Any]) -> None:
        self.kept[number] = dict(chosen)


class Told:
    """A call, as far as ringing knows it: its trail."""

    def __init__(self) -> None:
        self.trail: list[tuple[str, dict[str, Any]]] = []
        self.caller = None

    def note(self, event: str, **data: Any) -> None:
        self.trail.append((event, data))


class Office:
    """Extensions 201 to 206 with SIP phones. `answers_s` says after which time a phone answers; others ring on."""

    def __init__(self, *extensions: dict[str, Any], answers_s: Mapping[str, float] = {}, **more: Any) -> None:
        own = {settings["number"]: settings for settings in extensions}
        numbers = [f"20{n}" for n in range(1, 7)]
        document = {"extension": [{"number": n, "sip": {}, **own.get(n, {})} for n in numbers], **more}
        self.config: Config = check(document, None)
        self.choices = Choices(NoDisk())
        self.ringing = RingingPhones()
        self.groups = Turns()
        self.stations: dict[str, Any] = {}
        self.country = countries.load("us")
        self.answers_s = answers_s
        self.refuses: dict[str, Cause] = {}
        self.away: set[str] = set()
        self.rung: list[tuple[str, float]] = []
        self.wires: list[Wire] = []

    def extension(self, number: str) -> Extension:
        return next(e for e in self.config.extensions if e.number == number)

    def phone_reachable(self, extension: Extension) -> bool:
        return extension.number not in self.away

    def call_phone(self, extension: Extension, sender: str, headers: Mapping[str, str] = {}) -> Wire:
        number = extension.number
        self.rung.append((number, asyncio.get_running_loop().time()))
        if number in self.refuses:
            raise Failed(self.refuses[number], f"{number} refused")
        wire = Wire(number, self.answers_s.get(number))
        self.wires.append(wire)
        return wire
