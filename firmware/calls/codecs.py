# SPDX-License-Identifier: GPL-2.0-or-later
"""Codecs by their names in the configuration and in SDP, and what a call prefers.

A call that a SIP party begins prefers what that party offered, so that both sides come to the same codec and nothing is
transcoded. The preference belongs to the call's task, and to every task that it starts.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from contextvars import ContextVar

IN_SDP = {"ulaw": "PCMU", "alaw": "PCMA", "g722": "G722", "opus": "opus"}
G711 = ("PCMU", "PCMA")
_STATIC = {"0": "PCMU", "8": "PCMA", "9": "G722"}  # RFC 3551, table 4
_MEDIA = re.compile(r"^m=audio \d+ \S+ (.*)$", re.M)
_MAP = re.compile(r"^a=rtpmap:(\d+) ([^/\s]+)/", re.M)

preferred: ContextVar[tuple[str, ...]] = ContextVar("preferred", default=())


def in_sdp(codecs: Iterable[str]) -> tuple[str, ...]:
    """Names of SDP for those of the configuration."""
    return tuple(IN_SDP[codec] for codec in codecs)


def offered(message: str) -> tuple[str, ...]:
    """The codecs that a SIP message offers and that we have, first the one it wants most."""
    media = _MEDIA.search(message)
    if not media:
        return ()
    names = _STATIC | dict(_MAP.findall(message))
    ours = {name.lower(): name for name in IN_SDP.values()}
    found = (ours.get(names.get(number, "").lower(), "") for number in media[1].split())
    return tuple(dict.fromkeys(name for name in found if name))


@contextlib.contextmanager
def preferring(codecs: tuple[str, ...]) -> Iterator[None]:
    """Tasks that are begun in the block, and the calls that they make, prefer these."""
    token = preferred.set(codecs)
    try:
        yield
    finally:
        preferred.reset(token)
