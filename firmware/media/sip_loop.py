# SPDX-License-Identifier: GPL-2.0-or-later
"""Drives pjsip from asyncio: by its epoll descriptor and its next timer, without polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from drivers import lineaudio
from drivers.lineaudio import Ping, Refer

LONGEST_SLEEP_S = 0.5  # a timer set by another thread (RTP, TLS) is noticed after this at the latest


class SipLoop:
    """Call `kick` after any pjsua2 call made outside a callback: it may have set a timer."""

    def __init__(self, handle_events: object) -> None:
        self._handle_events = handle_events
        self.on_refer: Callable[[Refer], None] = lambda refer: None
        self.on_ping: Callable[[Ping], None] = lambda ping: None
        self._timer: asyncio.TimerHandle | None = None
        self._kick: asyncio.Handle | None = None

    def start(self) -> None:
        """Begins to handle SIP in the running loop."""
        self._loop = asyncio.get_running_loop()
        self._fd = lineaudio.sip_event_fd()
        self._loop.add_reader(self._fd, self._handle)
        self._arm()

    def stop(self) -> None:
        """Handles nothing any more."""
        self._loop.remove_reader(self._fd)
        for handle in (self._timer, self._kick):
            if handle:
                handle.cancel()

    def kick(self) -> None:
        """Looks at the timers once the running callback is over."""
        if not self._kick:
            self._kick = self._loop.call_soon(self._arm)

    def _handle(self) -> None:
        self._handle_events(0)  # type: ignore[operator]
        while refer := lineaudio.next_refer():
            self.on_refer(refer)
        while ping := lineaudio.next_ping():
            self.on_ping(ping)
        self._arm()

    def _arm(self) -> None:
        self._kick = None
        if self._timer:
            self._timer.cancel()
        due = lineaudio.next_timer_s()
        delay = LONGEST_SLEEP_S if due is None else min(due, LONGEST_SLEEP_S)
        self._timer = self._loop.call_later(delay, self._handle)
