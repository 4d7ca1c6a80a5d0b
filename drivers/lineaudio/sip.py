# SPDX-License-Identifier: GPL-2.0-or-later
"""What asyncio needs to drive pjsip without polling."""

from __future__ import annotations

from drivers.lineaudio._lineaudio import lib


def install_sip() -> None:
    """Lets OPTIONS inside calls be answered; after pjsua's init. RuntimeError when pjsip takes no module."""
    if lib.la_sip_install():
        raise RuntimeError("pjsip took no module")


def sip_event_fd() -> int:
    """The epoll descriptor of pjsip's ioqueue: readable when there is SIP to handle."""
    return int(lib.la_sip_event_fd())


def next_timer_s() -> float | None:
    """Seconds until pjsip's next timer is due, None when there is none."""
    ms = lib.la_sip_next_timer_ms()
    return None if ms < 0 else ms / 1000
