# SPDX-License-Identifier: GPL-2.0-or-later
"""What of a conversation is recorded: begun by a rule or on demand, paused, silent while a card is entered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from drivers.lineaudio import Recorder
from firmware.calls.analog import later
from firmware.calls.call import Call
from firmware.calls.digit_mask import DigitMask, Press
from firmware.calls.in_call_keys import InCallKeys
from firmware.calls.leg import Leg
from firmware.calls.live_recording import LiveRecording, Why
from firmware.errors import Conflict

if TYPE_CHECKING:
    from firmware.calls.host import Host

DEMAND = "demand"
SHOWN: tuple[Why, ...] = ("card_entry", "paused")  # in this order, when there are several
CARD_ENTRY_S = 300.0  # then everything is heard again, should nobody say that the card is entered


class Recorded:
    """Lives as long as its conversation. `rearrange` connects the sound anew."""

    def __init__(self, host: Host, call: Call, rearrange: Callable[[], None]) -> None:
        self._host, self._call, self._rearrange = host, call, rearrange
        self._live: LiveRecording | None = None
        self._limit: asyncio.TimerHandle | None = None
        settings = host.config.recordings
        orders = {
            settings.record_key: self._toggle_demand,
            settings.pause_key: lambda by: self.pause("paused" not in self._why, by),
            settings.card_key: lambda by: self.card_entry("card_entry" not in self._why, by),
        }
        self._why: set[Why] = set()
        self.keys = InCallKeys(
            DigitMask(settings.mask_digits, settings.digit_run),
            {keys: order for keys, order in orders.items() if keys},
            self._note_press,
            lambda on, back_s: self._silence("digits", on, back_s),
        )

    @property
    def recorder(self) -> Recorder | None:
        """Where the sound goes now."""
        return self._live.recorder if self._live else None

    def begin(self, rule: str) -> None:
        """From now on, unless it is recorded already."""
        if not self._live:
            self._live = self._host.room.begin(self._call, rule)
            for why in self._why:
                self._live.silence(why, True)
            self._show()

    def stop(self, by: str) -> None:
        """What was begun on demand. Conflict for what a rule has recorded."""
        if not self._live:
            raise Conflict("This call is not recorded.", code="not_recorded")
        if self._live.recording.rule != DEMAND:
            message = f"This call is recorded by rule ({self._live.recording.rule}); pause the recording instead."
            raise Conflict(message, code="recorded_by_rule")
        self._call.note("recording_ended", by=by)
        self._end()
        self._rearrange()

    def demand(self, by: str) -> None:
        """Somebody wants it from now on. Conflict when the caller has refused."""
        if self._call.recording_refused:
            raise Conflict("The caller does not want to be recorded.", code="recording_refused")
        if not self._live:
            self._call.note("recording_wanted", by=by)
            self.begin(DEMAND)
            self._rearrange()

    def _toggle_demand(self, by: str) -> None:
        if not self._live and not self._call.recording_refused:
            self.demand(by)
        elif self._live and self._live.recording.rule == DEMAND:
            self.stop(by)

    def pause(self, on: bool, by: str) -> None:
        """Nothing is kept until it is resumed; the recording goes on in time."""
        if on != ("paused" in self._why):
            self._call.note("recording_paused" if on else "recording_resumed", by=by)
            self._silence("paused", on)

    def card_entry(self, on: bool, by: str) -> None:
        """Nothing is kept and no key is told while a card is entered, by keys or by voice."""
        if on == ("card_entry" in self._why):
            return
        self.keys.card_entry(on)
        self._call.note("card_entry_began" if on else "card_entry_ended", by=by)
        self._silence("card_entry", on)
        if self._limit:
            self._limit.cancel()
        self._limit = later(CARD_ENTRY_S, lambda: self.card_entry(False, "system")) if on else None

    def pressed(self, leg: Leg, digit: str) -> None:
        """A party pressed a key."""
        self.keys.pressed(leg, digit)

    def close(self) -> None:
        """The conversation is over."""
        self.keys.close()
        if self._limit:
            self._limit.cancel()
        self._end()

    def _end(self) -> None:
        live, self._live = self._live, None
        if live:
            self._host.room.end(live)
        self._show()

    def _silence(self, why: Why, on: bool, back_s: float = 0.0) -> None:
        self._why = self._why | {why} if on else self._why - {why}
        if self._live:
            self._live.silence(why, on, back_s)
        if why != "digits":
            self._show()

    def _show(self) -> None:
        self._call.recording = self._live is not None
        self._call.recording_silent = next((why for why in SHOWN if self._live and why in self._why), "")
        self._host.journal.changed(self._call)

    def _note_press(self, press: Press) -> None:
        self._call.note_at(press.at, "digit", leg=press.leg, digit=press.digit)
