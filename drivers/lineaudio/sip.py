# SPDX-License-Identifier: GPL-2.0-or-later
"""What asyncio needs to drive pjsip without polling."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.lineaudio._lineaudio import ffi, lib


@dataclass(frozen=True, slots=True)
class Refer:
    """A party of pjsua's call `call` asks to be replaced by `to` (the value of Refer-To). Answered with 202 already."""

    call: int
    cseq: int
    to: str


def install_sip() -> None:
    """Lets OPTIONS and REFER inside calls be answered; after pjsua's init. RuntimeError when pjsip takes no module."""
    if lib.la_sip_install() or lib.la_refer_install():
        raise RuntimeError("pjsip took no module")


def sip_event_fd() -> int:
    """The epoll descriptor of pjsip's ioqueue: readable when there is SIP to handle."""
    return int(lib.la_sip_event_fd())


def next_timer_s() -> float | None:
    """Seconds until pjsip's next timer is due, None when there is none."""
    ms = lib.la_sip_next_timer_ms()
    return None if ms < 0 else ms / 1000


def next_refer() -> Refer | None:
    """A REFER that has come, None when there is none."""
    refer = ffi.new("struct la_refer *")
    if not lib.la_refer_next(refer):
        return None
    return Refer(refer.call, refer.cseq, ffi.string(refer.to).decode(errors="replace"))


def refer_result(call: int, status: int) -> None:
    """Tells who sent the REFER what became of it, as a SIP status. Harmless when the call is over."""
    lib.la_refer_result(call, status)
