# SPDX-License-Identifier: GPL-2.0-or-later
"""The parking lot: slots in which calls wait until somebody at any phone takes them."""

from __future__ import annotations

import asyncio

from firmware.calls.causes import Cause
from firmware.calls.leg import Failed, Leg
from firmware.config.features import SLOTS


class Place:
    """A slot in use; `taker` is the leg that takes the call."""

    def __init__(self, slot: str) -> None:
        self.slot = slot
        self.taker: asyncio.Future[Leg] = asyncio.get_running_loop().create_future()


class ParkingLot:
    """The slots of the box."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}

    def reserve(self) -> Place:
        """The first free slot. Failed when all are taken."""
        slot = next((slot for slot in SLOTS if slot not in self._places), None)
        if not slot:
            raise Failed(Cause.NO_CIRCUIT, "every parking slot is taken")
        self._places[slot] = Place(slot)
        return self._places[slot]

    def give_back(self, place: Place) -> None:
        """It is free again."""
        self._places.pop(place.slot, None)

    def take(self, slot: str, leg: Leg) -> None:
        """Connects a party to the call that waits there. Failed when none does."""
        place = self._places.get(slot)
        if not place or place.taker.done():
            raise Failed(Cause.UNALLOCATED, f"no call is parked in slot {slot}")
        place.taker.set_result(leg)
