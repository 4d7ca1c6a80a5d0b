# SPDX-License-Identifier: GPL-2.0-or-later
"""Asterisk's call detail records: rows of cdr_csv (`Master.csv`), of cdr_custom and of the table `cdr`, as our calls.

Several rows of one `uniqueid` (each phone that a queue rang) are one call: the one that was answered, else the last.
`waiting` keeps that one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import IO, Any
from zoneinfo import ZoneInfo

from firmware.ids import first_of
from firmware.importing import sql
from firmware.importing.plan import Json, PastCall, Plan
from firmware.records import Cdr, Direction, Disposition

MASTER = [
    "accountcode", "src", "dst", "dcontext", "clid", "channel", "dstchannel", "lastapp", "lastdata", "start", "answer",
    "end", "duration", "billsec", "disposition", "amaflags", "uniqueid", "userfield",
]  # fmt: skip
"""Columns of Master.csv; the last two if cdr_csv.conf says so."""
TABLE = [
    "calldate", "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata", "duration", "billsec",
    "disposition", "amaflags", "accountcode", "uniqueid", "userfield",
]  # fmt: skip
"""The first columns of the table `cdr`, the same in all of its versions."""
MOST = 500_000
LONGEST_LINE = 4 << 20  # mysqldump's are 1 MiB
LONGEST_S = 7 * 86400
FORMAT = "%Y-%m-%d %H:%M:%S"
FIRST_YEAR, LAST_YEAR = 1999, 2200
_TIME = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d+)?", re.ASCII)
_NAME = re.compile(r'\s*"?([^"<]*)"?\s*(?:<([^>]*)>)?')
_PEER = re.compile(r"(?:PJSIP|SIP|IAX2|DAHDI|Local)/(.+?)(?:-[0-9a-f]+)?(?:@.*)?(?:;\d)?", re.IGNORECASE)
CAUSES = {Disposition.ANSWERED: 16, Disposition.VOICEMAIL: 16, Disposition.ABANDONED: 16, Disposition.BUSY: 17,
          Disposition.NO_ANSWER: 19, Disposition.FAILED: 41}  # fmt: skip
"""Q.850, of what the record tells."""


def is_row(cells: list[str]) -> bool:
    """As Master.csv has them: it has no headings."""
    return len(cells) in (16, 17, 18) and bool(_TIME.fullmatch(cells[9])) and bool(_TIME.fullmatch(cells[11]))


def take(plan: Plan, where: str, row: Mapping[str, str]) -> bool:
    """Tells of a call; False when it is one too many."""
    if plan.rows >= MOST:
        plan.note(where, f"Only the first {MOST} rows of calls are taken over.")
        return False
    start, answer = row.get("start") or row.get("calldate", ""), row.get("answer", "")
    duration, talk = row.get("duration", ""), row.get("billsec", "")
    if not _is_time(start) or not duration.isdigit() or not talk.isdigit() or int(duration) > LONGEST_S:
        plan.note(where, "This is no row of a call: a time such as 2026-03-01 09:00:00 and whole seconds are missing.")
        return True
    named = _NAME.fullmatch(row.get("clid", ""))
    id = row.get("uniqueid") or "|".join(
        str(row.get(key, "")) for key in ("start", "src", "dst", "channel", "duration")
    )
    call = PastCall(
        id, start[:19], answer[:19] if _is_time(answer) else "", int(duration), int(talk),
        _number(row.get("src", "")) or _number(named[2] or "" if named else ""),
        named[1].strip()[:80] if named else "", _number(row.get("dst", "")), row.get("channel", ""),
        row.get("dstchannel", ""), row.get("lastapp", ""), row.get("lastdata", ""), row.get("disposition", ""),
    )  # fmt: skip
    plan.rows += 1
    plan.hear(call)
    return True


def is_final(call: PastCall) -> bool:
    """What later rows of the same call do not change."""
    return bool(call.dst_channel) and call.disposition == "ANSWERED"


def dump(name: str, stream: IO[bytes], plan: Plan) -> None:
    """A dump of the table `cdr`, as FreePBX's backup has it."""
    lines = (line.decode(errors="replace") for line in iter(lambda: stream.readline(LONGEST_LINE), b""))
    for line, values in sql.rows(lines, "cdr"):
        if not take(plan, f"{name}:{line}", dict(zip(TABLE, values, strict=False))):
            return


def _is_time(text: str) -> bool:
    """Of a year in which there was Asterisk."""
    try:
        return bool(_TIME.fullmatch(text)) and FIRST_YEAR <= datetime.strptime(text[:19], FORMAT).year < LAST_YEAR
    except ValueError:
        return False


def _number(text: str) -> str:
    return text if re.fullmatch(r"\+?[0-9*#]{1,32}", text) else ""


# ---- as calls of ours --------------------------------------------------------------------------------------


@dataclass(slots=True)
class House:
    """Who is who in the document: extensions, agents by extension, queues by number, trunks."""

    zone: ZoneInfo
    extensions: set[str] = field(default_factory=set)
    agents: dict[str, str] = field(default_factory=dict)
    queues: dict[str, str] = field(default_factory=dict)
    trunks: set[str] = field(default_factory=set)


def house_of(document: Json) -> House:
    found = House(ZoneInfo(document.get("site", {}).get("timezone", "UTC")))
    found.extensions = {item["number"] for item in document.get("extension", ())}
    found.agents = {item["extension"]: item["id"] for item in document.get("agent", ()) if item.get("extension")}
    found.queues = {item["number"]: item["name"] for item in document.get("queue", ()) if item.get("number")}
    found.trunks = {item["name"] for item in document.get("trunk", ())}
    return found


def as_cdrs(calls: Iterable[PastCall], house: House) -> list[Json]:
    """JSON of our records: `calls.import` takes them. Times without a zone are the site's."""
    return [_cdr(call, house).as_json() for call in calls]


def _cdr(call: PastCall, house: House) -> Cdr:
    start = _moment(call.start, house.zone)
    asked, answered = _peer(call.channel), _peer(call.dst_channel)
    queue = house.queues.get(call.data.partition(",")[0]) if call.app == "Queue" else None
    disposition = _disposition(call, bool(queue))
    talked = disposition in (Disposition.ANSWERED, Disposition.VOICEMAIL)
    talk = min(call.talk_s, call.duration_s) if talked else 0
    outward = answered if asked in house.extensions else asked
    return Cdr(
        id=_id(call.id, start), direction=_direction(call, asked, house), from_number=call.src, from_name=call.name,
        to_number=call.dst, started_at=start, trunk=outward if outward in house.trunks else None, queue=queue,
        agent=house.agents.get(answered) if queue and talked else None,
        answered_at=start + timedelta(seconds=call.duration_s - talk) if talked else None,
        ended_at=start + timedelta(seconds=call.duration_s), wait_s=float(call.duration_s - talk), talk_s=float(talk),
        disposition=disposition, hangup_cause=CAUSES[disposition],
    )  # fmt: skip


def _moment(text: str, zone: ZoneInfo) -> datetime:
    return datetime.strptime(text, FORMAT).replace(tzinfo=zone).astimezone(UTC)


def _peer(channel: str) -> str:
    """`PJSIP/201-0000002a` is of 201."""
    found = _PEER.fullmatch(channel)
    return found[1] if found else ""


def _direction(call: PastCall, asked: str, house: House) -> Direction:
    if asked not in house.extensions and call.src not in house.extensions:
        return Direction.INBOUND
    inside = call.dst in house.extensions or call.dst in house.queues or call.dst.startswith("*")
    return Direction.INTERNAL if inside else Direction.OUTBOUND


def _disposition(call: PastCall, queued: bool) -> Disposition:
    """Asterisk calls a caller answered who only heard the music of a queue."""
    if call.app == "VoiceMail":
        return Disposition.VOICEMAIL
    if queued and (not call.dst_channel or call.disposition != "ANSWERED"):
        return Disposition.ABANDONED
    known: dict[str, Disposition] = {
        "ANSWERED": Disposition.ANSWERED, "NO ANSWER": Disposition.NO_ANSWER, "BUSY": Disposition.BUSY,
    }  # fmt: skip
    return known.get(call.disposition, Disposition.FAILED)


def _id(unique: str, start: datetime) -> str:
    """The same at each import, and in the order of time as all ids are (RFC 9562, version 7, variant 10)."""
    digest = hashlib.blake2b(unique.encode(), digest_size=10).hexdigest()
    return f"{first_of(start)}-7{digest[:3]}-8{digest[3:6]}-{digest[6:18]}"


def read_cdr(given: Any) -> Cdr:
    """The record of JSON that `as_cdrs` made. ValueError, KeyError or TypeError when it is not that."""
    from firmware.times import parse

    values = {key: given.get(key) for key in (
        "id", "direction", "from_number", "from_name", "to_number", "trunk", "queue", "agent", "wait_s", "talk_s",
        "disposition", "hangup_cause",
    )}  # fmt: skip
    if not re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}", values["id"]):
        raise ValueError("the id of a past call")
    if not all(isinstance(values[key], str) for key in ("from_number", "from_name", "to_number")):
        raise ValueError("numbers and a name")
    values |= {"direction": Direction(values["direction"]), "disposition": Disposition(values["disposition"])}
    times: dict[str, Any] = {key: parse(given[key]) if given.get(key) else None for key in ("answered_at", "ended_at")}
    return Cdr(**values, **times, started_at=parse(given["started_at"]))
