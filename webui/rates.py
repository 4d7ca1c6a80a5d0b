# SPDX-License-Identifier: GPL-2.0-or-later
"""How many requests a program may make: an allowance for each token, session or address, that fills up again."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bottle import HTTPResponse

from firmware.errors import Invalid

PER_MINUTE = 1200
WINDOW_S = 60.0
_KNOWN = 4096  # payers; who did not ask for longest is forgotten


def limit_of(document: Mapping[str, Any]) -> int:
    """Requests a minute by the configuration; 0 is no limit."""
    return int(document.get("api", {}).get("requests_per_minute", PER_MINUTE))


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left after a request was paid; `left` below 0: it was not."""

    limit: int
    left: float

    def need(self) -> None:
        """Invalid (`too_many_requests`) when nothing was left."""
        if self.limit and self.left < 0:
            message = f"More than {self.limit} requests a minute. Wait as long as Retry-After says."
            raise Invalid(message, code="too_many_requests")

    def tell(self, response: HTTPResponse) -> None:
        """RateLimit headers (draft-ietf-httpapi-ratelimit-headers-10), and Retry-After once it is used up."""
        if not self.limit:
            return
        each_s = WINDOW_S / self.limit
        until_full_s = math.ceil((self.limit - self.left) * each_s)
        response.set_header("RateLimit-Policy", f'"default";q={self.limit};w={WINDOW_S:g}')
        response.set_header("RateLimit", f'"default";r={max(0, math.floor(self.left))};t={until_full_s}')
        if self.left < 0:
            response.set_header("Retry-After", str(max(1, math.ceil(-self.left * each_s))))


class Rates:
    """Token buckets: each holds the requests of a minute, and fills evenly."""

    def __init__(self) -> None:
        self._used: OrderedDict[str, tuple[float, float]] = OrderedDict()  # payer -> used, when
        self._lock = threading.Lock()

    def take(self, payer: str, limit: int) -> Allowance:
        """Pays one request of `limit` a minute (0: as many as one likes)."""
        if not limit:
            return Allowance(0, 0.0)
        now = time.monotonic()
        with self._lock:
            used, at = self._used.pop(payer, (0.0, now))
            used = max(0.0, used - (now - at) * limit / WINDOW_S)
            left = limit - used - 1.0
            self._used[payer] = (used + (left >= 0), now)
            if len(self._used) > _KNOWN:
                self._used.popitem(last=False)
        return Allowance(limit, left)
