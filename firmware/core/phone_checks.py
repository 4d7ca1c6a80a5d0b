# SPDX-License-Identifier: GPL-2.0-or-later
"""A SIP phone is tried: it rings, somebody speaks, hears it played back and says that it was good."""

from __future__ import annotations

import io
import wave
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from firmware import times
from firmware.acceptance.check import Result, Seen
from firmware.acceptance.examine import SIP_PHONE
from firmware.doctor import levels

if TYPE_CHECKING:
    from firmware.core.pbx import Pbx

GOOD = "It rang, was answered, and what was said there was played back and heard."
NOT_ANSWERED = "Nobody answered. Ring it again, and lift it."
NOT_HEARD = "It was answered, but nobody pressed 1 for what was played back. Ring it again, and speak after the tone."

Json = dict[str, Any]


class PhoneChecks:
    """Lives in the asyncio thread. `seen` is told what was found of a phone."""

    def __init__(self, pbx: Pbx, seen: Callable[[Seen], Awaitable[None]], changed: Callable[[], None]) -> None:
        self._pbx, self._seen, self._changed = pbx, seen, changed
        self._ringing: dict[str, tuple[str, str]] = {}  # by call: the extension, and who wants to know

    def ringing(self) -> list[str]:
        """Extensions that ring for it, or where somebody speaks."""
        return [number for number, _ in self._ringing.values()]

    def ring(self, number: str, by: str) -> str:
        """The id of the call. NotFound when there is no such extension."""

        async def heard(wav: bytes) -> None:
            call = next((id for id, known in self._ringing.items() if known == (number, by)), "")
            self._ringing.pop(call, None)
            await self._found(number, by, GOOD, {"inside_dbm0": _level(wav)})

        call = self._pbx.ordered.check_sound(number, heard)
        self._ringing[call] = number, by
        self._changed()
        return call

    def heard(self, event: str, data: Json) -> None:
        """An event of the core: a call that ended without having been found good."""
        if event == "call_ended" and (known := self._ringing.pop(data["id"], None)):
            why = NOT_HEARD if data["answered_at"] else NOT_ANSWERED
            self._pbx.spawn(self._found(*known, why, {}))

    async def _found(self, number: str, by: str, text: str, data: Json) -> None:
        result = Result.PASS if text == GOOD else Result.FAIL
        await self._seen(Seen(f"{SIP_PHONE}:{number}", result, times.now(), by, text, data))


def _level(wav: bytes) -> int | None:
    """dBm0 of what was said, whole; None for silence."""
    with wave.open(io.BytesIO(wav)) as sound:
        found = levels.speech_dbm0(sound.readframes(sound.getnframes()))
    return None if found is None else round(found)
