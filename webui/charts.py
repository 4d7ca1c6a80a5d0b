# SPDX-License-Identifier: GPL-2.0-or-later
"""Charts as plain numbers for templates, which draw them as SVG: no script, no style in the page (CSP)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

STEP, BAR, HEIGHT = 10, 7, 100
"""Of the SVG's own units: from bar to bar, a bar's width, the height of the largest."""
HEATS = 8


@dataclass(frozen=True, slots=True)
class Part:
    """A rectangle of a bar; `kind` is its colour by a class of app.css."""

    y: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True)
class Bar:
    x: int
    title: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """`width` is that of the drawing, `most` what the highest bar stands for."""

    bars: tuple[Bar, ...]
    width: int
    most: float


def bars(rows: Sequence[tuple[str, Sequence[tuple[str, float]]]]) -> Bars:
    """Stacked bars: a title and (kind, amount) each, from the bottom up."""
    most = max((sum(amount for _, amount in stack) for _, stack in rows), default=0) or 1
    drawn = tuple(Bar(n * STEP, title, _stack(stack, most)) for n, (title, stack) in enumerate(rows))
    return Bars(drawn, max(1, len(rows)) * STEP, most)


def _stack(stack: Sequence[tuple[str, float]], most: float) -> tuple[Part, ...]:
    parts, top = [], float(HEIGHT)
    for kind, amount in stack:
        height = HEIGHT * amount / most
        top -= height
        if height:
            parts.append(Part(round(top, 2), round(height, 2), kind))
    return tuple(parts)


def heat(amount: float, most: float) -> int:
    """0 for nothing, up to HEATS for the most."""
    return math.ceil(HEATS * amount / most) if amount > 0 and most > 0 else 0
