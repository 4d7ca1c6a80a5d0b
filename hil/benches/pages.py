# SPDX-License-Identifier: GPL-2.0-or-later
"""Every page for every role in Chromium: weight, first paint, shifts, width of a telephone, keyboard, axe-core."""

from __future__ import annotations

import statistics
from collections import defaultdict
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from hil.pages import office, walk
from hil.pages.inventory import Place
from hil.pages.walk import Site
from webui.i18n import NAMES

SCHEMES = ("light", "dark")
MOST_BYTES, MOST_PAINT_MS, MOST_SHIFT = 100_000, 300, 0.01
TRIES = 3
_Found = dict[str, Any]


def run() -> _Found:
    """Worst figures, with the page that has them, and every fault by its page."""
    faults: dict[str, list[str]] = defaultdict(list)
    with walk.site() as site, walk.chromium() as browser:
        figures = _measured(browser, site, faults)
        for language in NAMES:
            for scheme in SCHEMES:
                _accessible(browser, site, language, scheme, faults)
        visits = sum(_roles(browser, site, name, role, faults) for name, role in office.USERS.items())
    return {
        "pages": len(site.places),
        "visits_by_roles": visits,
        **figures,
        "faults": {path: told for path, told in faults.items() if told},
    }


def _visitor(browser: Browser, site: Site, place: Place, who: str, **options: Any) -> BrowserContext:
    return walk.enter(browser, site, who if place.roles else "", **options)


def _measured(browser: Browser, site: Site, faults: dict[str, list[str]]) -> _Found:
    """As the owner sees it, on a laptop, each page in a browser that was never here."""
    weights, paints, shifts = {}, {}, {}
    for place in site.places:
        tries = []
        for _ in range(TRIES):
            with _visitor(browser, site, place, "owner") as context:
                page = context.new_page()
                asked = _listen(page, site, place, faults)
                weights[place.path] = walk.weight_bytes(page, site, place)
                tries.append(walk.painted_ms(page) or 0.0)
                shifts[place.path] = walk.shift(page)
                faults[place.path] += [f"asks another server: {url}" for url in asked if not url.startswith(site.url)]
        paints[place.path] = statistics.median(tries)
        with _visitor(browser, site, place, "owner") as context:
            faults[place.path] += _narrow_and_by_keyboard(context.new_page(), site, place)
    _limit(weights, MOST_BYTES, "bytes", faults)
    _limit(paints, MOST_PAINT_MS, "ms to the first paint", faults)
    _limit(shifts, MOST_SHIFT, "of layout shift", faults)
    return {
        "bytes_median": round(statistics.median(weights.values())), "bytes_most": _most(weights),
        "paint_ms_median": round(statistics.median(paints.values())), "paint_ms_most": _most(paints),
        "shift_most": _most(shifts),
    }  # fmt: skip


def _most(figures: dict[str, float] | dict[str, int]) -> list[Any]:
    path = max(figures, key=lambda path: figures[path])
    return [path, round(figures[path], 3)]


def _limit(figures: Any, most: float, unit: str, faults: dict[str, list[str]]) -> None:
    for path, figure in figures.items():
        if figure > most:
            faults[path].append(f"{figure:.3f} {unit}")


def _listen(page: Page, site: Site, place: Place, faults: dict[str, list[str]]) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults[place.path].append(f"script: {error}"))
    page.on("console", lambda said: faults[place.path].append(said.text) if said.type == "error" else None)
    return asked


def _narrow_and_by_keyboard(page: Page, site: Site, place: Place) -> list[str]:
    walk.open_page(page, site, place)
    found = walk.keyboard(page, has_frame=bool(place.roles))
    page.set_viewport_size(walk.TELEPHONE)  # type: ignore[arg-type]
    wide = walk.overflow(page)
    return found + ([f"{wide} px wider than a telephone"] if wide else [])


def _accessible(browser: Browser, site: Site, language: str, scheme: Any, faults: dict[str, list[str]]) -> None:
    for place in site.places:
        with _visitor(browser, site, place, "owner", language=language, color_scheme=scheme) as context:
            page = context.new_page()
            walk.open_page(page, site, place)
            faults[place.path] += [f"{language}, {scheme}: {fault}" for fault in walk.axe(page)]


def _roles(browser: Browser, site: Site, name: str, role: str, faults: dict[str, list[str]]) -> int:
    """Each page answers as it must to everybody; how many of them are for this role."""
    with walk.enter(browser, site, name) as context:
        known = [place for place in site.places if place.roles]
        for place in known:
            status = context.request.get(site.url + place.path).status
            wanted = 200 if place.is_for(role) else 403
            if status != wanted:
                faults[place.path].append(f"{role}: {status}, not {wanted}")
        return sum(place.is_for(role) for place in known)
