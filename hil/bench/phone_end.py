# SPDX-License-Identifier: GPL-2.0-or-later
"""A phone of the bench."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from firmware.errors import Invalid
from hil.bench.end import KEPT_BLOCKS, Action, Command, End, text_of
from hil.phone import Phone


class PhoneEnd(End):
    """A phone that is picked up, dials and hangs up as its clients say."""

    def __init__(self, sim_dir: Path, port: str, country: str) -> None:
        self.phone = Phone(sim_dir, port, country, keep=KEPT_BLOCKS)
        super().__init__(self.phone, country)

    @property
    def in_use(self) -> bool:
        """True while it is off hook."""
        return self.phone.hook == "off"

    def described(self) -> dict[str, Any]:
        """Hook, ringing and display."""
        phone = self.phone
        caller = phone.caller if phone.ringing or self.in_use else None
        return {
            "kind": "phone",
            "hook": phone.hook,
            "ringing": phone.ringing,
            "caller_id": asdict(caller) if caller else None,
            "dialled": phone.dialled if self.in_use else "",
        }

    def actions(self) -> Mapping[str, Action]:
        """What a client may ask it to do."""
        return {
            "pick_up": self._pick_up,
            "hang_up": self._hang_up,
            "digits": self._digits,
            "digit": self._digits,
            "pulse": self._pulse,
            "flash": self._flash,
            "say": self.say,
            "listen": self.listen,
        }

    async def _pick_up(self, command: Command) -> None:
        self.phone.pick_up()

    async def _hang_up(self, command: Command) -> None:
        self.phone.hang_up()

    async def _digits(self, command: Command) -> None:
        self._need_call()
        try:
            await self.phone.dial(_wanted(command))
        except ValueError as error:
            raise Invalid(str(error), code="bad_command", field="digits") from error

    async def _pulse(self, command: Command) -> None:
        self._need_call()
        try:
            await self.phone.dial_pulse(_wanted(command))
        except ValueError as error:
            raise Invalid(str(error), code="bad_command", field="digits") from error

    async def _flash(self, command: Command) -> None:
        self._need_call()
        await self.phone.flash()


def _wanted(command: Command) -> str:
    digits = text_of(command, "digits") or text_of(command, "digit")
    if not digits:
        raise Invalid('Say which digits: {"do": "digits", "digits": "9555"}.', code="bad_command", field="digits")
    return digits
