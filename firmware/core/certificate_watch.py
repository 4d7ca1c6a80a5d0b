# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether the certificate that SIP phones see is still in date, as one alarm."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from pathlib import Path

from firmware import times
from firmware.acme.files import AcmeFiles
from firmware.calls.journal import CERTIFICATE, Journal
from firmware.edge.certificate import read
from firmware.edge.files import EdgeFiles
from firmware.errors import TipringError
from firmware.records import Severity

log = logging.getLogger(__name__)

WARN, SOON, NOW = (timedelta(days=days) for days in (30, 7, 1))  # before it expires
RENEWED = timedelta(days=14)  # the same, of one that renews itself: it has tried for two weeks by then
EVERY = timedelta(hours=1)


def trouble(
    expires: datetime, now: datetime, failure: str = "", *, by_itself: bool = False
) -> tuple[Severity, str] | None:
    """What is wrong with a certificate that is good until then; None when nothing is. `failure`: of its renewal, which
    comes `by_itself`."""
    date = f"{expires:%Y-%m-%d}"
    if expires <= now:
        return Severity.CRITICAL, (
            f"The certificate that SIP phones see expired on {date}: phones that check it cannot register over TLS or "
            "secure WebSocket. Install a new one (tipring certificate install)."
        )
    left = expires - now
    severity = Severity.CRITICAL if left <= NOW else Severity.ERROR if left <= SOON else Severity.WARNING
    if left > (RENEWED if by_itself or failure else WARN):
        return None
    if failure:
        return severity, (
            f"The certificate that SIP phones see expires on {date}, and could not be renewed by itself: {failure}"
        )
    return severity, (
        f"The certificate that SIP phones see expires on {date}. Install a new one (tipring certificate install)."
    )


class CertificateWatch:
    """Call `look` now and then: openssl is asked when the file is another one, and each hour."""

    def __init__(self, state: Path, journal: Journal) -> None:
        self._file, self._acme, self._journal = EdgeFiles(state).certificate, AcmeFiles(state), journal
        self._changed_at, self._next = 0.0, times.now()
        self._said = ""

    async def look(self) -> None:
        """Raises the alarm, or clears it."""
        now = times.now()
        try:
            changed_at = self._file.stat().st_mtime
            if changed_at == self._changed_at and now < self._next:
                return
            expires = (await asyncio.to_thread(read, self._file)).expires
        except (OSError, TipringError) as error:
            log.debug("%s: %s", self._file, error)  # the edge makes one at its start
            return
        self._changed_at, self._next = changed_at, now + EVERY
        last = self._acme.status()
        self._tell(trouble(expires, now, last.error, by_itself=bool(last.at)))

    def _tell(self, wrong: tuple[Severity, str] | None) -> None:
        text = wrong[1] if wrong else ""
        if text != self._said or not wrong:
            self._journal.clear_alarm(CERTIFICATE)
        if wrong:
            self._journal.raise_alarm(CERTIFICATE, *wrong)
        self._said = text
