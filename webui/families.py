# SPDX-License-Identifier: GPL-2.0-or-later
"""Families of metrics in Prometheus' text, and those that the pages count by themselves. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from firmware.records import POOR_MOS


@dataclass(frozen=True)
class Gauge:
    """One family: its samples are pairs of labels and value. `kind`: gauge or counter."""

    name: str
    help: str
    samples: Iterable[tuple[dict[str, str], float]]
    kind: str = "gauge"

    def lines(self) -> Iterator[str]:
        yield f"# HELP {self.name} {self.help}"
        yield f"# TYPE {self.name} {self.kind}"
        for labels, value in self.samples:
            inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
            yield f"{self.name}{{{inside}}} {value:g}" if inside else f"{self.name} {value:g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


class Ended:
    """Calls that ended since the pages run, as counters."""

    def __init__(self) -> None:
        self._calls: Counter[tuple[str, str]] = Counter()
        self._talk_s: Counter[str] = Counter()
        self._mos: dict[str, tuple[float, int]] = {}
        self._poor: Counter[str] = Counter()

    def heard(self, cdr: dict[str, Any]) -> None:
        """The record of one."""
        self._calls[cdr["direction"], cdr.get("disposition") or "failed"] += 1
        self._talk_s[cdr["direction"]] += cdr.get("talk_s") or 0
        if cdr.get("mos") is not None:
            way = cdr.get("trunk") or cdr.get("line") or "inside"
            score, count = self._mos.get(way, (0.0, 0))
            self._mos[way] = (score + cdr["mos"], count + 1)
            self._poor[way] += cdr["mos"] < POOR_MOS

    def families(self) -> Iterator[Gauge]:
        """Those that have a sample."""
        if not self._calls:
            return
        calls = [({"direction": way, "disposition": how}, n) for (way, how), n in sorted(self._calls.items())]
        yield Gauge("tipring_calls_ended_total", "Calls that ended.", calls, "counter")
        talk = [({"direction": way}, seconds) for way, seconds in sorted(self._talk_s.items())]
        yield Gauge("tipring_calls_talk_seconds_total", "Talk of calls that ended.", talk, "counter")
        scores = [({"carrier": way}, score) for way, (score, _) in sorted(self._mos.items())]
        if scores:
            counts = [({"carrier": way}, count) for way, (_, count) in sorted(self._mos.items())]
            about = "Opinion scores (1 to 4.5) of calls that ended, by trunk or line"
            yield Gauge("tipring_calls_opinion_total", f"{about}, summed up.", scores, "counter")
            yield Gauge("tipring_calls_judged_total", f"{about}, counted.", counts, "counter")
            poor = [({"carrier": way}, self._poor[way]) for way in sorted(self._mos)]
            yield Gauge("tipring_calls_poor_total", f"{about}, of less than {POOR_MOS}, counted.", poor, "counter")
