# SPDX-License-Identifier: GPL-2.0-or-later
"""axe-core over every page of an office, as the owner sees it; `tipring bench pages` does the rest of it."""

from __future__ import annotations

import pytest

from hil.pages import walk
from hil.pages.inventory import Place

pytestmark = pytest.mark.timeout(180)


def _without_twins(places: list[Place]) -> list[Place]:
    """The form of a new item is that of one that exists, with less in it."""
    paths = {place.path for place in places}
    homes = {path.rpartition("/")[0] for path in paths if not path.endswith("/new")}
    return [place for place in places if place.path.removesuffix("/new") == place.path or place.path[:-4] not in homes]


def test_no_page_has_a_serious_fault_in_either_colour_scheme() -> None:
    found: dict[str, list[str]] = {}
    with walk.site() as site, walk.chromium() as browser:
        known, stranger = (walk.enter(browser, site, who).new_page() for who in ("owner", ""))
        for place in _without_twins(site.places):
            page = known if place.roles else stranger
            assert walk.open_page(page, site, place) == 200, place
            faults = walk.axe(page)
            page.emulate_media(color_scheme="dark")
            faults += [f"dark: {fault}" for fault in walk.axe(page, "color-contrast")]
            page.emulate_media(color_scheme="light")
            found |= {place.path: faults} if faults else {}
    assert found == {}
