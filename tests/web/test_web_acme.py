# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of the certificate when an authority signs it by itself (ACME), and the proof that the web service shows."""

from __future__ import annotations

import http.client
from datetime import timedelta
from pathlib import Path

from applying import applies
from fake_core import FakeCore
from web_client import Browser
from web_service import wait_until

from firmware import service, times
from firmware.acme.files import PLACE, AcmeFiles
from webui.box import Box

HOME = "/settings/certificate"
TOKEN = "a-token_of-22-or-more-characters"
AWAY = "https://127.0.0.1:9/dir"  # nobody listens there (RFC 863)


def switched_on(owner: Browser, **more: str) -> str:
    """Where saving the form leads to, or the page that says what is wrong."""
    typed = {"enabled": "on", "names": "pbx.example.com", "directory": AWAY, "revision": revision_of(owner)}
    answer = owner.submit(f"{HOME}/acme", f"{HOME}/acme", **typed | more)
    return answer.headers.get("location", answer.text)


def revision_of(owner: Browser) -> str:
    """What the form was made from."""
    return owner.get(f"{HOME}/acme").text.split('name="revision" value="')[1].split('"')[0]


def test_it_is_off_and_says_what_it_is_good_for(owner: Browser, core: FakeCore, box: Box) -> None:
    assert "Let's Encrypt signs a certificate" in owner.get(HOME).text
    refused = owner.submit(f"{HOME}/acme/order", HOME)
    assert (refused.status, "Switch it on first." in refused.text) == (422, True)
    assert not box.renewal.under_way


def test_the_terms_must_be_agreed_to(owner: Browser, core: FakeCore, box: Box) -> None:
    applies(core, box.state)
    assert "No authority signs before its terms of service are agreed to" in switched_on(owner)


def test_an_order_that_fails_says_why_and_when_it_is_tried_again(owner: Browser, core: FakeCore, box: Box) -> None:
    applies(core, box.state)
    assert HOME in switched_on(owner, agreed_terms="on")
    owner.submit(f"{HOME}/acme/order", HOME)
    files = AcmeFiles(box.state)
    wait_until(lambda: bool(files.status().error) and not box.renewal.under_way, 60.0)
    page = owner.get(HOME).text
    assert f"The authority at {AWAY} cannot be reached" in page
    assert "Tried again:" in page
    assert 'hx-trigger="every 2s"' not in page


def test_an_order_under_way_is_shown_until_it_is_done(owner: Browser, core: FakeCore, box: Box) -> None:
    applies(core, box.state)
    files = AcmeFiles(box.state)
    files.begin()
    files.keep(times.now(), 1, "The order was cut short; another one is begun later.", times.now() + timedelta(hours=1))
    with service.hold_lock(box.state, "acme"):
        switched_on(owner, agreed_terms="on")
        wait_until(lambda: "under way" in owner.get(HOME).text)  # a configuration is kept for two seconds
        page = owner.get(HOME).text
        assert 'hx-trigger="every 2s"' in page
        assert "cut short" not in page
    wait_until(lambda: not box.renewal.under_way)
    assert "cut short" in owner.get(HOME).text


def test_an_authority_reads_the_proof_without_logging_in_while_an_order_is_open(url: str, state: Path) -> None:
    files = AcmeFiles(state)
    assert _asked(url, TOKEN)[0] == 404
    files.begin()
    files.write(files.order / TOKEN, b"token.thumbprint")
    files.write(files.order / "key.pem", b"secret")
    assert _asked(url, TOKEN) == (200, b"token.thumbprint")
    assert [_asked(url, token)[0] for token in ("key.pem", "..%2fstatus.json", "%2e%2e")] == [404] * 3
    files.end()
    assert _asked(url, TOKEN)[0] == 404


def _asked(url: str, token: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    connection.request("GET", PLACE + token)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content
