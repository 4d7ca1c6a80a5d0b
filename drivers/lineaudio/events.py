# SPDX-License-Identifier: GPL-2.0-or-later
"""Events of the native threads, brought to the asyncio thread through one eventfd."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
from collections.abc import Callable

from drivers.lineaudio._lineaudio import ffi, lib

log = logging.getLogger(__name__)

Handler = Callable[[int, int, bytes], None]  # kind, value, data


class NativeEvents:
    """Hands each native event to the object whose source number it carries."""

    def __init__(self) -> None:
        self._handlers: dict[int, Handler] = {}
        self._numbers = itertools.count(1)
        self._event = ffi.new("struct la_event *")
        self._fd = lib.la_event_fd()
        self._lost = 0

    def start(self) -> None:
        """Begins to deliver, in the running loop."""
        asyncio.get_running_loop().add_reader(self._fd, self._drain)

    def stop(self) -> None:
        """Delivers nothing any more."""
        asyncio.get_running_loop().remove_reader(self._fd)

    def register(self, handler: Handler) -> int:
        """A new source number whose events go to `handler`."""
        number = next(self._numbers)
        self._handlers[number] = handler
        return number

    def forget(self, source: int) -> None:
        """Events of this source are dropped from now on."""
        self._handlers.pop(source, None)

    def _drain(self) -> None:
        os.read(self._fd, 8)
        event = self._event
        while lib.la_event_next(event):
            handler = self._handlers.get(event.source)
            if handler:
                handler(event.kind, event.value, bytes(ffi.buffer(event.data, event.length)))
        lost = lib.la_events_lost()
        if lost != self._lost:
            log.error("%d native events were lost: the asyncio thread was away for too long", lost - self._lost)
            self._lost = lost
