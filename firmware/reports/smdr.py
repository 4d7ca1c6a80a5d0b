# SPDX-License-Identifier: GPL-2.0-or-later
"""A call as one line of text, as PBXes have told call-accounting systems since there were teleprinters.

The default is the common one of 80 columns (Panasonic's pattern A): date, time, extension, line, number, ringing,
duration.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from anyascii import anyascii

from firmware.records import Cdr, Direction

FORMAT = (
    "{start:%m/%d/%y} {start:%I:%M%p} {extension:>5.5} {line:>4.4} {number:<25.25} {ring:>5.5} {duration:>8.8} "
    "{code:<10.10}"
)
_LETTERS = {Direction.INBOUND: "I", Direction.OUTBOUND: "O", Direction.INTERNAL: "X"}


def _clock(seconds: float) -> str:
    """`01:02'03`."""
    whole = int(seconds)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}'{whole % 60:02}"


def fields(cdr: Cdr, extension: str, code: str, zone: tzinfo) -> Mapping[str, Any]:
    """What a format may name. `extension` is whose call it was inside."""
    inbound = cdr.direction == Direction.INBOUND
    number = cdr.from_number if inbound else cdr.to_number
    mark = {Direction.INBOUND: "<I>", Direction.INTERNAL: "EXT"}.get(cdr.direction, "")
    ended = cdr.ended_at or cdr.started_at
    return {
        "start": cdr.started_at.astimezone(zone),
        "end": ended.astimezone(zone),
        "direction": _LETTERS[cdr.direction],
        "disposition": str(cdr.disposition or ""),
        "extension": extension,
        "line": cdr.line or cdr.trunk or "",
        "number": mark + number,
        "from": cdr.from_number,
        "to": cdr.to_number,
        "name": anyascii(cdr.from_name),
        "queue": cdr.queue or "",
        "agent": cdr.agent or "",
        "code": code,
        "ring": f"{int(cdr.wait_s) // 60}'{int(cdr.wait_s) % 60:02}",
        "ring_s": int(cdr.wait_s),
        "duration": _clock(cdr.talk_s),
        "duration_s": int(cdr.talk_s),
        "total_s": int((ended - cdr.started_at).total_seconds()),
        "id": cdr.id,
    }


_SAMPLE = fields(Cdr("", Direction.INBOUND, "", "", "", datetime(2026, 1, 1, tzinfo=UTC)), "", "", UTC)
NAMES = tuple(_SAMPLE)


def check(format: str) -> None:
    """ValueError says what is wrong with a format."""
    try:
        parts = list(string.Formatter().parse(format))
    except ValueError as error:
        raise ValueError(f"the format cannot be read: {error}") from None
    for _, name, spec, conversion in parts:
        if spec and not re.fullmatch(r"(%[A-Za-z]|[^{}%0-9]|[0-9]{1,2}(?![0-9]))*", spec):
            raise ValueError(f'"{spec}" cannot be used; widths have up to two digits')
        if name is not None and (name not in NAMES or conversion):
            raise ValueError(f'"{{{name}}}" is no field; use one of {", ".join(NAMES)}')
    try:
        format.format(**_SAMPLE)
    except (ValueError, KeyError, IndexError) as error:
        raise ValueError(f"the format cannot be used: {error}") from None


def line(format: str, cdr: Cdr, extension: str, code: str, zone: tzinfo) -> str:
    """One call, ASCII only, without line end."""
    text = format.format(**fields(cdr, extension, code, zone))
    return "".join(sign if " " <= sign <= "~" else "?" for sign in text).rstrip()
