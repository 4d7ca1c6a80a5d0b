# SPDX-License-Identifier: GPL-2.0-or-later
"""A SIP leg: one pjsua2 call.

pjsua2 calls back in the asyncio thread while it handles events; a callback only notes what happened, the
call's coroutine acts later. The pj object is dropped explicitly, in the loop, once pjsip is done with it.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import re
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec
from urllib.parse import unquote

from drivers import lineaudio  # before pjsua2: one libpjsua

import pjsua2 as pj  # isort: skip

from firmware.calls import codecs
from firmware.calls.causes import Cause, from_sip, to_sip
from firmware.calls.leg import Caller, Failed, Leg
from firmware.calls.quality import Quality, of_packets
from firmware.media.pj_error import PjError, reason

log = logging.getLogger(__name__)

MEDIA_TIMEOUT_S = 5.0
RATES = {"opus": 48000}  # of RTP timestamps (RFC 7587); of all others 8000, also of G.722 (RFC 3551)
_open: set[_PjCall] = set()  # pj objects live here and nowhere else
P = ParamSpec("P")


def open_calls() -> int:
    """How many pj calls are open."""
    return len(_open)


def open_legs() -> list[SipLeg]:
    """All legs whose call is not over."""
    return [call.leg for call in _open if call.leg]


def guarded(callback: Callable[P, None]) -> Callable[P, None]:
    """For methods that pjsip calls: an exception that went back into C would end the process."""

    @functools.wraps(callback)
    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            callback(*args, **kwargs)
        except Exception:
            log.exception("a fault in %s", callback.__qualname__)

    return call


class _PjCall(pj.Call):  # type: ignore[misc]
    """Holds no other object of ours but its leg, and lets go of it when the call is over."""

    def __init__(self, account: pj.Account, call_id: int = pj.PJSUA_INVALID_ID) -> None:
        super().__init__(account, call_id)
        self.leg: SipLeg | None = None
        _open.add(self)

    @guarded
    def onCallState(self, prm: Any) -> None:
        info = self.getInfo()
        if self.leg:
            self.leg.on_state(info)
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            asyncio.get_running_loop().call_soon(self.close)

    @guarded
    def onCallMediaState(self, prm: Any) -> None:
        if self.leg:
            self.leg.on_media(self.getInfo())

    @guarded
    def onDtmfDigit(self, prm: Any) -> None:
        if self.leg:
            self.leg.digits.put_nowait(prm.digit)
            self.leg.on_digit(prm.digit)

    def onCallRedirected(self, prm: Any) -> int:
        try:
            followed = self.leg is not None and self.leg.on_redirect(prm.targetUri)
        except Exception:
            log.exception("a fault in a redirection")
            followed = False
        return int(pj.PJSIP_REDIRECT_ACCEPT_REPLACE if followed else pj.PJSIP_REDIRECT_STOP)

    @guarded
    def onCallTsxState(self, prm: Any) -> None:
        tsx = prm.e.body.tsxState.tsx
        if self.leg and tsx.method == "INVITE" and tsx.statusCode >= 100:
            self.leg.heard_of.set()
        elif self.leg and tsx.method == "BYE" and tsx.role == pj.PJSIP_ROLE_UAC:
            self.leg.on_session_lost()  # not ours: we part with the leg first

    def close(self) -> None:
        """Drops the pj object: outside any callback of it, when pjsip has ended its transactions."""
        self.leg = None
        _open.discard(self)


class SipLeg(Leg):
    """`heard_of`, `ringing` and `up` are set as the far end answers 1xx, 18x, 2xx; `early`: it makes its own tones."""

    kind = "sip"

    def __init__(self, name: str, call: _PjCall, kick: Callable[[], None]) -> None:
        super().__init__(name)
        self._call: _PjCall | None = call
        self._kick = kick
        call.leg = self
        self.ringing = asyncio.Event()
        self.up = asyncio.Event()
        self.heard_of = asyncio.Event()
        self._media = asyncio.Event()
        self._taken = False  # we have sent 200; `up` is set when its ACK has come
        self._slot = pj.PJSUA_INVALID_ID
        self.pj_id = int(call.getId())
        self.redirects = 0  # how many 3xx answers are followed
        self.rtp_timeout_s = 0.0  # for how long nothing may be heard of it; 0: for ever
        self.may_refer = True  # hand the call over
        self._redirected: list[str] = []
        self._heard, self._heard_at = -1, 0.0
        self._packets: lineaudio.Packets | None = None
        self._rate_hz = 0  # of the far end's timestamps; 0: not asked yet

    @classmethod
    def incoming(cls, name: str, account: pj.Account, call_id: int, kick: Callable[[], None]) -> SipLeg:
        """A leg for an INVITE that has just come in."""
        return cls(name, _PjCall(account, call_id), kick)

    @classmethod
    def call(
        cls, name: str, account: pj.Account, uri: str, sender: str, kick: Callable[[], None],
        headers: Mapping[str, str] = {},
    ) -> SipLeg:  # fmt: skip
        """Sends an INVITE to `uri` with From `sender` and more `headers`. Failed when it cannot be sent."""
        call = _PjCall(account)
        prm = pj.CallOpParam(True)
        prm.opt.audioCount, prm.opt.videoCount, prm.opt.textCount = 1, 0, 0
        prm.txOption.localUri = sender
        for key, value in headers.items():
            header = pj.SipHeader()
            header.hName, header.hValue = key, value
            prm.txOption.headers.append(header)
        lineaudio.codecs_of_call(-1, codecs.preferred.get())
        try:
            call.makeCall(uri, prm)
        except PjError as error:
            call.close()
            raise Failed(Cause.NETWORK_OUT_OF_ORDER, f"{uri} cannot be called: {reason(error)}") from error
        finally:
            lineaudio.codecs_of_call(-1, ())
        kick()
        return cls(name, call, kick)

    # ---- what pjsip says -----------------------------------------------------------------------

    def on_state(self, info: Any) -> None:
        """The state of the INVITE session changed."""
        self.pj_id = int(info.id)
        if info.state == pj.PJSIP_INV_STATE_EARLY:
            self.ringing.set()
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            self.up.set()
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self._call = None
            self.left(from_sip(info.lastStatusCode))

    def on_media(self, info: Any) -> None:
        """The offer and the answer met, also those of a re-INVITE (hold, resume): sound has another place now."""
        audio = [int(m.audioConfSlot) for m in info.media if m.type == pj.PJMEDIA_TYPE_AUDIO]
        self._rate_hz = 0
        self._slot = next((slot for slot in audio if slot != pj.PJSUA_INVALID_ID), pj.PJSUA_INVALID_ID)
        if self._slot != pj.PJSUA_INVALID_ID:
            self._media.set()
        for connect_anew in list(self.on_moved):
            connect_anew()
        holds = any(m.type == pj.PJMEDIA_TYPE_AUDIO and m.status == pj.PJSUA_CALL_MEDIA_REMOTE_HOLD for m in info.media)
        if holds != self.holds:
            self.holds = holds
            self.on_hold()

    def on_session_lost(self) -> None:
        """pjsip ends the call: nobody refreshed its session (RFC 4028), or acknowledged our answer."""
        log.warning("%s: the session was not kept up", self.name)
        self.on_note("session_lost", leg=self.name)
        self.left(Cause.TIMER_EXPIRED)

    def on_redirect(self, target: str) -> bool:
        """The far end says that somebody else is to be called (RFC 3261, 8.1.3.4). Whether that is done."""
        followed = len(self._redirected) < self.redirects and target not in self._redirected
        self._redirected.append(target)
        self.on_note("redirected" if followed else "redirection_refused", to=target[:200])
        return followed

    @property
    def sent_to(self) -> str:
        """The number to which the far end sent the call by a 3xx that is not followed; "" when it did not."""
        sent_on = len(self._redirected) > self.redirects
        return identity(self._redirected[-1]).number if sent_on else ""

    def look_for_sound(self, now: float) -> None:
        """Ends the leg when nothing was heard of it for too long; who holds need not be heard."""
        self.sample()
        heard = lineaudio.packets_heard(self.pj_id) if self.up.is_set() and not self.holds else -1
        if heard < 0 or heard != self._heard or not self._heard_at:
            self._heard, self._heard_at = heard, now
        elif self.rtp_timeout_s and now - self._heard_at >= self.rtp_timeout_s:
            log.warning("%s: nothing heard for %.0f s", self.name, now - self._heard_at)
            self.on_note("sound_lost", leg=self.name, seconds=round(now - self._heard_at))
            self.left(Cause.TIMER_EXPIRED)

    def sample(self) -> None:
        """Notes what came so far: once the call is over nobody knows any more."""
        if not self._call or not self._media.is_set():
            return
        self._rate_hz = self._rate_hz or RATES.get(self.codec.lower(), 8000)
        self._packets = lineaudio.packets_of(self.pj_id, self._rate_hz) or self._packets

    def quality(self) -> Quality | None:
        """By the packets of the far end."""
        self.sample()
        packets = self._packets
        return of_packets(packets.expected, packets.received, packets.jitter_ms) if packets else None

    @property
    def codec(self) -> str:
        """As SDP names it, "" without sound."""
        return lineaudio.codec_of(self.pj_id) if self._call else ""

    def only_g711(self) -> None:
        """Fax and modems pass through nothing else: a re-INVITE, when another codec is in use."""
        if not self._call or self.codec in (*codecs.G711, ""):
            return
        lineaudio.codecs_of_call(self.pj_id, codecs.G711, only=True)
        prm = pj.CallOpParam(True)
        prm.opt.audioCount, prm.opt.videoCount, prm.opt.textCount = 1, 0, 0
        try:
            self._call.reinvite(prm)
            self.on_note("fax_passed_through", leg=self.name)
        except PjError as error:
            log.info("%s stays with %s: %s", self.name, self.codec, reason(error))
        self._kick()

    @property
    def call_id(self) -> str:
        """The Call-ID of its dialog, "" when that is over."""
        return str(self._call.getInfo().callIdString) if self._call else ""

    def referred(self, status: int) -> None:
        """Tells the far end what became of its REFER."""
        lineaudio.refer_result(self.pj_id, status)
        self._kick()

    # ---- Leg -------------------------------------------------------------------------------------

    @property
    def slot(self) -> int:
        """Place on the bridge."""
        return int(self._slot)

    async def alert(self) -> None:
        """180 Ringing; one whose call was answered long ago goes on hearing what it hears."""
        if not self._taken:
            self._reply(180)

    async def answer(self) -> None:
        """200 OK, and waits for sound. Failed when there is none within 5 s."""
        if not self._taken:
            self._taken = True
            self._reply(200)
        await self.has_sound()

    async def preview(self) -> None:
        """183 with SDP: early media (RFC 3960, section 3). Failed when no sound was agreed on within 5 s."""
        if not self._taken:
            self._reply(183)
        await self.has_sound()

    async def has_sound(self) -> None:
        """Waits for the media. Failed when there is none within 5 s."""
        try:
            async with asyncio.timeout(MEDIA_TIMEOUT_S):
                await self._media.wait()
        except TimeoutError:
            raise Failed(Cause.INCOMPATIBLE, f"{self.name}: no sound was agreed on") from None

    @property
    def early(self) -> bool:
        """The far end has sent SDP before answering: it makes its own tones."""
        return self._media.is_set() and not self.up.is_set()

    async def refuse(self, cause: Cause) -> None:
        """A final response."""
        self.hang_up(cause)

    def send_digit(self, digit: str) -> None:
        """As RFC 4733 events. A far end that knows none hears nothing."""
        if self._call:
            try:
                self._call.dialDtmf(digit)
            except PjError as error:
                log.info("%s takes no digits: %s", self.name, reason(error))
            self._kick()

    def hang_up(self, cause: Cause = Cause.NORMAL) -> None:
        """BYE, CANCEL or a final response, whichever fits."""
        self.sample()
        call, self._call = self._call, None
        self.left(cause)
        if call:
            self._end(call, cause)

    def _end(self, call: _PjCall, cause: Cause) -> None:
        prm = pj.CallOpParam()
        if call.getInfo().role == pj.PJSIP_ROLE_UAS and not self._taken:
            prm.statusCode = to_sip(cause)
        call.leg = None
        try:
            call.hangup(prm)
        except PjError as error:
            log.info("%s was gone already: %s", self.name, reason(error))
            asyncio.get_running_loop().call_soon(call.close)
        self._kick()

    def _reply(self, status: int) -> None:
        if not self._call:
            return
        prm = pj.CallOpParam()
        prm.statusCode = status
        prm.opt.audioCount, prm.opt.videoCount, prm.opt.textCount = 1, 0, 0
        try:
            self._call.answer(prm)
        except PjError as error:
            raise Failed(Cause.INTERWORKING, f"{self.name} cannot be answered: {reason(error)}") from error
        self._kick()


_IDENTITY = re.compile(r'^\s*(?:"((?:[^"\\]|\\.)*)"|([^<]*))?\s*<?\s*sips?:([^@>;]*)@?')
_REQUEST = re.compile(r"^[A-Z]+ sips?:([^@;> ]+)@")


def identity(header: str) -> Caller:
    """Caller from a From or To header's value; what cannot be read is unknown. Never trusted, only shown."""
    match = _IDENTITY.match(header)
    if not match:
        return Caller()
    name = (match[1] or match[2] or "").strip()
    number = unquote(match[3])
    private = number.lower() == "anonymous" or name.lower() == "anonymous"
    shown = "".join(c for c in name if c.isprintable())[:80]
    return Caller("" if private else number[:40], "" if private else shown, private)


def dialled_number(message: str) -> str:
    """The user part of an INVITE's Request-URI, "" when it has none."""
    match = _REQUEST.match(message)
    return unquote(match[1]) if match else ""


def from_header(caller: Caller, host: str, default: str = "anonymous") -> str:
    """A From header value that shows the caller, or that it does not want to be shown (RFC 3323, section 4.1)."""
    if caller.private:
        return '"Anonymous" <sip:anonymous@anonymous.invalid>'
    user = re.sub(r"[^0-9A-Za-z*#+._-]", "", caller.number) or default
    name = re.sub(r'["\\\x00-\x1f]', "", caller.name)
    return f'"{name}" <sip:{user}@{host}>' if name else f"<sip:{user}@{host}>"
