# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m hil.pages.screenshots`: a picture of every page in every language, and docs/pages.md that lists them; with
addresses as they stand there (`'/settings/lines/<id>'`) of these pages only."""

from __future__ import annotations

import base64
import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page

from hil.pages import walk
from hil.pages.inventory import Place
from hil.pages.walk import Site
from webui.assets import ROOT
from webui.i18n import NAMES

PICTURES, INDEX = ROOT / "docs" / "images" / "pages", ROOT / "docs" / "pages.md"
TALLEST = 1400  # pixels; what is longer is cut off
QUALITY = 0.6
SETTLE_MS = 300  # until streams have drawn what they have
HEAD = """# Every page

As the owner of an office sees them, in English and Chinese; made by `python -m hil.pages.screenshots`. Below its
address stands who may see a page.

| page | English | 中文 |
|---|---|---|
"""
_AS_WEBP = """async ([png, quality]) => {
    const image = new Image();
    image.src = "data:image/png;base64," + png;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.toDataURL("image/webp", quality).split(",")[1];
}"""


def main(kinds: Collection[str] = ()) -> None:
    """Replaces the pictures and the list. LookupError names what is no page."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.webp") if not kinds else ():
        old.unlink()
    with walk.site() as site, walk.chromium() as browser:
        if unknown := set(kinds) - {place.kind for place in site.places}:
            raise LookupError(f"No pages: {', '.join(sorted(unknown))}.")
        wanted = [place for place in site.places if not kinds or place.kind in kinds]
        encoder = browser.new_page()
        for language in NAMES:
            _of_language(browser, site, wanted, language, encoder)
        INDEX.write_text(HEAD + "".join(_row(place) for place in site.places))
    print(f"{sum(1 for _ in PICTURES.iterdir())} pictures in {PICTURES}, {INDEX}")


def _of_language(browser: Browser, site: Site, wanted: Sequence[Place], language: str, encoder: Page) -> None:
    known, stranger = (walk.enter(browser, site, who, language).new_page() for who in ("owner", ""))
    for place in wanted:
        page = known if place.roles else stranger
        walk.open_page(page, site, place)
        page.wait_for_timeout(SETTLE_MS)
        _keep(page, picture_of(place, language), encoder)


def _keep(page: Page, file: Path, encoder: Page) -> None:
    height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
    png = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": walk.LAPTOP["width"], "height": height})
    webp: str = encoder.evaluate(_AS_WEBP, [base64.b64encode(png).decode(), QUALITY])
    file.write_bytes(base64.b64decode(webp))


def picture_of(place: Place, language: str) -> Path:
    """Its file."""
    return PICTURES / f"{place.name}-{language}.webp"


def _row(place: Place) -> str:
    roles = ", ".join(sorted(place.roles)) if place.roles is not None else "everybody"
    shown = [f"![{place.kind}](images/pages/{picture_of(place, language).name})" for language in NAMES]
    return f"| `{place.kind}`<br>{roles} | {' | '.join(shown)} |\n"


if __name__ == "__main__":
    main(sys.argv[1:])
