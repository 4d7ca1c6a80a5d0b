# SPDX-License-Identifier: GPL-2.0-or-later
"""How dates, times, amounts and telephone numbers are written: by the reader's language and the box's country.

The habits are those of the CLDR, in `locale/formats.json` (`webui/locale/cldr.py`); those of telephone numbers are
libphonenumber's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from firmware import telephone_numbers, times

TABLE = Path(__file__).parent / "locale" / "formats.json"
_FIELD = re.compile(r"'[^']*'|([A-Za-z])\1*")
Style = Mapping[str, Any]


@cache
def _read(language: str, country: str) -> Style:
    """The habits of a country, as far as they are known in the language."""
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    of = table["whose"][language]
    style: Style = table["styles"][of.get(country.lower(), of[""])]
    return style


@cache
def country_names(language: str) -> Mapping[str, str]:
    """Countries by their ISO 3166-1 codes in small letters: `Germany`, `德国`."""
    names: Mapping[str, str] = json.loads(TABLE.read_text(encoding="utf-8"))["countries"][language]
    return names


def _written(pattern: str, at: datetime, style: Style) -> str:
    """A time by a date pattern of UTS 35; fields that no pattern of ours has stay as they are."""
    twelve = (at.hour + 11) % 12 + 1
    half = style["halves"][at.hour // 12]
    fields = {
        "y": str(at.year), "M": str(at.month), "MM": f"{at.month:02}", "MMM": style["months"][at.month - 1],
        "d": str(at.day), "dd": f"{at.day:02}", "H": str(at.hour), "HH": f"{at.hour:02}", "h": str(twelve),
        "mm": f"{at.minute:02}", "ss": f"{at.second:02}", "a": half, "B": half,
    }  # fmt: skip
    written = _FIELD.sub(lambda found: fields.get(found[0], found[0].strip("'")), pattern)
    return written.replace("\u202f", "\u00a0")  # some fonts have no narrow space


@dataclass(frozen=True)
class Formats:
    """For readers of one language at one site; `zone` is the site's."""

    language: str
    country: str
    zone: tzinfo

    @cached_property
    def style(self) -> Style:
        """Whose habits are followed."""
        return _read(self.language, self.country)

    def local(self, at: str | datetime) -> datetime:
        """The same moment on the site's clocks."""
        return (times.parse(at) if isinstance(at, str) else at).astimezone(self.zone)

    def day(self, at: str | datetime) -> str:
        """`Nov 22, 2026`, `22 Nov 2026`, `2026年11月22日`."""
        return _written(self.style["day"], self.local(at), self.style)

    def clock(self, at: str | datetime) -> str:
        """`14:05:09`, `2:05:09 PM`."""
        return _written(self.style["clock"], self.local(at), self.style)

    def minute(self, at: str | datetime) -> str:
        """`14:05`, `2:05 PM`."""
        return _written(self.style["minute"], self.local(at), self.style)

    def when(self, at: str | datetime) -> str:
        """Day and clock."""
        return f"{self.day(at)} {self.clock(at)}"

    def hour(self, at: str | datetime) -> str:
        """Day and minute, of what is not known better."""
        return f"{self.day(at)} {self.minute(at)}"

    def moment(self, text: str) -> str:
        """A time to come: `17:30` when it is today, else with its day. Without a zone it is the site's."""
        read = datetime.fromisoformat(text)
        at = read if read.tzinfo else read.replace(tzinfo=self.zone)
        today = self.local(times.now()).date()
        return self.minute(at) if self.local(at).date() == today else self.hour(at)

    def elapsed(self, since: str) -> str:
        """How long ago that is."""
        return duration(max(0.0, (times.now() - times.parse(since)).total_seconds()))

    def amount(self, value: float | None, digits: int = 0) -> str:
        """`1,234.50`; an en dash when there is none."""
        if value is None:
            return "–"
        whole, _, rest = f"{value:,.{digits}f}".partition(".")
        grouped = whole.replace(",", self.style["group"])
        return f"{grouped}{self.style['decimal']}{rest}" if rest else grouped

    def percent(self, share: float | None, digits: int = 0) -> str:
        """`35%` for 0.35."""
        return "–" if share is None else self.style["percent"].format(self.amount(100 * share, digits))

    def size(self, count: int | None) -> str:
        """`834 kB`, `1.2 MB`, `31.9 GB` (SI prefixes)."""
        if count is None:
            return "–"
        if count < 1_000_000:
            return f"{self.amount(max(1, round(count / 1000)))} kB"
        mega = count < 1_000_000_000
        return f"{self.amount(count / (1_000_000 if mega else 1_000_000_000), 1)} {'MB' if mega else 'GB'}"

    def telephone(self, number: str) -> str:
        """As people of the box's country write it."""
        return telephone_numbers.shown(number, self.country)


def duration(seconds: float | None) -> str:
    """`0:07`, `12:30`, `1:02:03`; an en dash when there is none."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
