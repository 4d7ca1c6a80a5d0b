# SPDX-License-Identifier: GPL-2.0-or-later
"""A browser on the pages of an office: what each weighs, when it is painted, whether it can be used by everybody."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from hil.pages import office
from hil.pages.inventory import Place, places
from webui.assets import ROOT
from webui.auth import SESSION_COOKIE
from webui.frame import LANGUAGE_COOKIE

CHROMIUM = "/usr/bin/chromium"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
LAPTOP, TELEPHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
FLAGS = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
    "--disable-domain-reliability", "--disable-sync", "--no-first-run", "--no-pings",
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
]  # fmt: skip
SERIOUS = ("serious", "critical")
_AXE = """async (rules) => {
    const only = rules.length ? {runOnly: {type: "rule", values: rules}} : {};
    const found = await axe.run(document, {reporter: "no-passes", iframes: false, ...only});
    return found.violations.map(v => ({rule: v.id, impact: v.impact, at: v.nodes.map(n => n.target.join(" "))}));
}"""
_PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
_SHIFT = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => list.getEntries().forEach(e => { sum += e.value }))
        .observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(sum), 400);
})"""
_FOCUSED = """() => {
    const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
    const many = document.querySelectorAll("a[href],button,input,select,textarea,summary,audio,[tabindex]");
    return {what: at.outerHTML.slice(0, 90), body: at === document.body, positive: at.tabIndex > 0,
        place: [...many].indexOf(at), many: many.length, seen: box.width > 0 && box.bottom > 0 && box.right > 0,
        marked: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2};
}"""


@dataclass(frozen=True)
class Site:
    """A running box with the office in it."""

    state: Path
    url: str
    places: list[Place]


@contextlib.contextmanager
def site(calls: int = office.CALLS) -> Iterator[Site]:
    """`tipring up` on the office's state; ends with the block. RuntimeError when it does not come up."""
    with tempfile.TemporaryDirectory(prefix="tip") as folder:
        state = Path(folder) / "s"
        ids = office.fill(state, calls)
        command = [sys.executable, "-m", "firmware.cli", "up", "--state", str(state), "--card", "sim:fxo=2,fxs=4"]
        command += ["--web", "127.0.0.1:0", "--sip", "127.0.0.1:0", "--bench"]
        log = Path(folder) / "log"
        with log.open("wb") as told, subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=told) as box:
            try:
                yield Site(state, _ready(box, log)["web"], places(office.document(), ids))
            finally:
                box.terminate()
                box.wait(20)


def _ready(box: subprocess.Popen[bytes], log: Path) -> dict[str, str]:
    assert box.stdout
    line = box.stdout.readline()
    if not line:
        raise RuntimeError(f"the box did not come up:\n{log.read_text()[-4000:]}")
    ready: dict[str, str] = json.loads(line)
    return ready


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def enter(browser: Browser, site: Site, who: str, language: str = "en", **options: Any) -> BrowserContext:
    """A browser profile in which somebody of the office is logged in; `who` "" is nobody."""
    context = browser.new_context(viewport=LAPTOP, **options)  # type: ignore[arg-type]
    cookies = {LANGUAGE_COOKIE: language}
    if who:
        cookies[SESSION_COOKIE] = office.session(site.state, who)
    context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in cookies.items()])
    context.set_default_timeout(30_000)
    return context


def open_page(page: Page, site: Site, place: Place) -> int:
    """Its status, once it is there; pages with streams never fall silent."""
    answer = page.goto(site.url + place.path, wait_until="load")
    return answer.status if answer else 0


def axe(page: Page, *rules: str) -> list[str]:
    """Serious faults that axe-core finds: by all of its rules, or by some."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text() + ";void 0")
    found = page.evaluate(_AXE, list(rules))
    return [f"{fault['rule']}: {', '.join(fault['at'][:4])}" for fault in found if fault["impact"] in SERIOUS]


def weight_bytes(page: Page, site: Site, place: Place) -> int:
    """What comes over the wire at a first visit: the page and its files, headers too, nothing from the cache."""
    session, got = page.context.new_cdp_session(page), list[int]()
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.on("Network.loadingFinished", lambda event: got.append(int(event["encodedDataLength"])))
    open_page(page, site, place)
    session.detach()
    return sum(got)


def painted_ms(page: Page) -> float | None:
    """First contentful paint after the navigation began."""
    value: float | None = page.evaluate(_PAINTED)
    return value


def shift(page: Page) -> float:
    """Sum of the layout shifts so far, and of the next 0.4 s."""
    value: float = page.evaluate(_SHIFT)
    return value


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than the telephone's window."""
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return max(0, width - TELEPHONE["width"])


def keyboard(page: Page, has_frame: bool = True, most: int = 60) -> list[str]:
    """What is wrong on the way through the page by Tab: order, marks of the focus, the skip link of the frame."""
    faults, last = [], -1
    for step in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(_FOCUSED)
        if at["body"] or (step and at["place"] == 0):  # the browser's own, or round again
            break
        if step == 0 and has_frame and "skip" not in at["what"]:
            faults.append(f"the first Tab comes to {at['what']}")
        if not at["marked"] or not at["seen"]:
            faults.append(f"the focus cannot be seen on {at['what']}")
        if at["positive"] or at["place"] < last:
            faults.append(f"out of order: {at['what']}")
        last = at["place"]
    return faults
