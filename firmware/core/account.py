# SPDX-License-Identifier: GPL-2.0-or-later
"""One SIP account: pjsua2's, with what pjsip leaves to its user."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from typing import Any

import pjsua2 as pj

from firmware.calls.sip_leg import guarded
from firmware.media.pj_error import PjError, reason

log = logging.getLogger(__name__)

OnInvite = Callable[[pj.Account, int, str, str, str | None], None]  # account, call, message, source host, trunk
OnRegistered = Callable[[bool, str], None]  # whether, and the registrar's words
REFUSED_RETRY_S = float(os.environ.get("TIPRING_REGISTER_RETRY_S", "120"))
AGAIN_BY_PJSIP = (408, 480, 500, 502, 503, 504)


class Account(pj.Account):  # type: ignore[misc]
    """Tells the core about INVITEs and registrations. `registered` is whether the registrar knows us now."""

    def __init__(
        self, on_invite: OnInvite, trunk: str | None = None, on_registered: OnRegistered = lambda ok, text: None
    ) -> None:
        super().__init__()
        self._on_invite, self._on_registered, self._trunk = on_invite, on_registered, trunk
        self._retry: asyncio.TimerHandle | None = None
        self.registered = False
        self.leaving: asyncio.Future[None] | None = None

    @guarded
    def onIncomingCall(self, prm: Any) -> None:
        self._on_invite(self, prm.callId, prm.rdata.wholeMsg, prm.rdata.srcAddress, self._trunk)

    @guarded
    def onRegState(self, prm: Any) -> None:
        ok = 200 <= prm.code < 300
        self.registered = ok and prm.expiration > 0
        if self.leaving:
            if not self.leaving.done():
                self.leaving.set_result(None)
        elif self._trunk:
            self._on_registered(ok, f"{prm.code} {prm.reason}")
            if not ok and not self.getInfo().regIsActive:
                self._ask_again(pjsip_asks_again=prm.code in AGAIN_BY_PJSIP or prm.code >= 600)

    def _ask_again(self, pjsip_asks_again: bool) -> None:
        """pjsip gives up for good after a refusal such as 403; a password may be put right at the other end."""
        if not pjsip_asks_again and not self._retry:
            self._retry = asyncio.get_running_loop().call_later(REFUSED_RETRY_S, self._register)

    def _register(self) -> None:
        self._retry = None
        if not self.leaving:
            try:
                self.setRegistration(True)
            except PjError as error:
                log.info("registration of %s: %s", self._trunk, reason(error))

    def leave(self) -> asyncio.Future[None]:
        """Unregisters; done when the registrar has answered, at once when it does not know us."""
        self.leaving = asyncio.get_running_loop().create_future()
        if self._retry:
            self._retry.cancel()
        try:
            if self.registered:
                self.setRegistration(False)
                return self.leaving
        except PjError as error:
            log.info("the end of the registration of %s: %s", self._trunk, reason(error))
        self.leaving.set_result(None)
        return self.leaving
