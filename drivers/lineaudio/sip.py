# SPDX-License-Identifier: GPL-2.0-or-later
"""What asyncio needs to drive pjsip without polling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drivers.lineaudio._lineaudio import ffi, lib


@dataclass(frozen=True, slots=True)
class Refer:
    """A party of pjsua's call `call` asks to be replaced by `to` (the value of Refer-To). Answered with 202 already."""

    call: int
    cseq: int
    to: str


@dataclass(frozen=True, slots=True)
class Ping:
    """What became of the OPTIONS `token`: its status, 0 when no answer came, which is what `why` explains."""

    token: int
    status: int
    ms: float
    why: str


def install_sip() -> None:
    """Lets OPTIONS and REFER inside calls be answered, keeps Replaces from pjsua, chooses codecs; after pjsua's init.

    RuntimeError when pjsip takes no module.
    """
    if lib.la_sip_install() or lib.la_refer_install() or lib.la_replaces_install():
        raise RuntimeError("pjsip took no module")
    lib.la_codecs_install()


def sip_event_fd() -> int:
    """The epoll descriptor of pjsip's ioqueue: readable when there is SIP to handle."""
    return int(lib.la_sip_event_fd())


def shut_down(transport: int) -> None:
    """Lets nothing more be sent over a SIP connection, not even what waits for it. `transport` is a live handle."""
    lib.la_sip_shut_down(transport)


def next_timer_s() -> float | None:
    """Seconds until pjsip's next timer is due, None when there is none."""
    ms = lib.la_sip_next_timer_ms()
    return None if ms < 0 else ms / 1000


def pool_stats() -> dict[str, int]:
    """pjsip's memory pools: how many are in use (`used`), and the bytes that are kept for later ones."""
    pools = ffi.new("struct la_pools *")
    lib.la_sip_pools(pools)
    return {"used": int(pools.used), "kept_bytes": int(pools.kept_bytes)}


def next_refer() -> Refer | None:
    """A REFER that has come, None when there is none."""
    refer = ffi.new("struct la_refer *")
    if not lib.la_refer_next(refer):
        return None
    return Refer(refer.call, refer.cseq, ffi.string(refer.to).decode(errors="replace"))


def replaced_call() -> int | None:
    """While an INVITE is handled: pjsua's number of the call whose party it is to replace, None when of none."""
    call = int(lib.la_replaces_call())
    return None if call < 0 else call


def allow_refer(account: int, on: bool) -> None:
    """Whether the far ends of this pjsua account may hand their calls over; 403 otherwise, which is so at first."""
    lib.la_refer_allow(account, on)


def send_ping(account: int, uri: str, token: int) -> bool:
    """Sends OPTIONS outside of calls. False when it cannot be sent."""
    return not lib.la_ping_send(account, uri.encode(), token)


def next_ping() -> Ping | None:
    """The outcome of an OPTIONS, None when there is none."""
    ping = ffi.new("struct la_ping *")
    if not lib.la_ping_next(ping):
        return None
    return Ping(ping.token, ping.status, ping.us / 1000, ffi.string(ping.why).decode(errors="replace"))


def codecs_of_account(account: int, names: Sequence[str]) -> None:
    """The only codecs of a pjsua account's calls, as SDP names them; none: all, in pjsua's order. ValueError."""
    if lib.la_codecs_account(account, ",".join(names).encode()):
        raise ValueError(f"these codecs cannot be had: {names}")


def codecs_of_call(call: int, names: Sequence[str], *, only: bool = False) -> None:
    """The codecs that a call has first, or alone. Call -1: each that is made from now on. ValueError."""
    if lib.la_codecs_call(call, ",".join(names).encode(), only):
        raise ValueError(f"these codecs cannot be had: {names}")


def refer_result(call: int, status: int) -> None:
    """Tells who sent the REFER what became of it, as a SIP status. Harmless when the call is over."""
    lib.la_refer_result(call, status)
