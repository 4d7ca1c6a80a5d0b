# SPDX-License-Identifier: GPL-2.0-or-later
"""Which conversations are recorded, and by whose wish. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from firmware.config import Config
from firmware.config.recordings import percent
from firmware.records import Cdr


def rule_of(config: Config, cdr: Cdr, queue: str | None, numbers: Iterable[str]) -> str:
    """Why a conversation is recorded: "queue:support", "extension:201", "line:fxo1", "share"; "" when it is not.

    `queue` is the one whose agent talks, `numbers` are the extensions that do.
    """
    wishes = [*_wishes(config, cdr, queue, numbers), ("share", config.recordings.share)]
    return next((rule for rule, share in wishes if drawn(cdr.id, share)), "")


def _wishes(config: Config, cdr: Cdr, queue: str | None, numbers: Iterable[str]) -> Iterator[tuple[str, int]]:
    if known := config.queue(queue):
        yield f"queue:{known.name}", percent(known.record)
    for number in numbers:
        if extension := config.extension(number):
            yield f"extension:{number}", percent(extension.record)
    if line := config.line(cdr.line):
        yield f"line:{line.port}", percent(line.record)


def drawn(call: str, share: int) -> bool:
    """Whether a call is among `share` percent of all. The same call is always drawn alike."""
    return int.from_bytes(hashlib.sha256(call.encode()).digest()[:4]) % 100 < share
