# SPDX-License-Identifier: GPL-2.0-or-later
"""axe-core over every page of an office, as the owner sees it; `tipring bench pages` does the rest of it."""

from __future__ import annotations

import pytest

from hil.pages import walk
from hil.pages.inventory import Place

pytestmark = pytest.mark.timeout(300)


ONE_FORM = ("routes", "outbound", "conferences", "ring-groups", "paging", "disa", "reports")
"""Their forms are made by one template, as that of trunks."""


def _of_all_kinds(places: list[Place]) -> list[Place]:
    """Without the forms of new items, which are those of items that exist with less in them."""
    paths = {place.path for place in places}
    return [place for place in places if not _is_twin(place.path, paths)]


def _is_twin(path: str, paths: set[str]) -> bool:
    home, _, last = path.rpartition("/")
    of_this_form = home.rpartition("/")[2] in ONE_FORM
    return of_this_form or (last == "new" and any(p.startswith(f"{home}/") for p in paths - {path}))


def test_no_page_has_a_serious_fault_in_either_colour_scheme() -> None:
    found: dict[str, list[str]] = {}
    with walk.site(calls=40) as site, walk.chromium() as browser:
        known, stranger = (walk.enter(browser, site, who).new_page() for who in ("owner", ""))
        for place in _of_all_kinds(site.places):
            page = known if place.roles else stranger
            assert walk.open_page(page, site, place) == 200, place
            faults = walk.axe(page)
            if place.path.count("/") == 1:  # the others are made of the same parts
                page.emulate_media(color_scheme="dark")
                faults += [f"dark: {fault}" for fault in walk.axe(page, "color-contrast")]
                page.emulate_media(color_scheme="light")
            found |= {place.path: faults} if faults else {}
    assert found == {}
