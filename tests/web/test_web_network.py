# SPDX-License-Identifier: GPL-2.0-or-later
"""Network, certificate, bans, logs and alarms as pages: what an installer sees and changes there."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import office
import pytest
from applying import applies
from fake_core import FakeCore
from web_client import Answer, Browser

from firmware import logs, times
from firmware.edge import certificate
from firmware.edge.files import EdgeFiles
from firmware.records import Alarm, Severity
from firmware.store import history
from hil.certificates import Authority
from webui.box import Box
from webui.throttle import LIMIT

CERTIFICATE = "/settings/certificate"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "ca")


@pytest.fixture
def files(state: Path) -> EdgeFiles:
    """The box's own certificate is in place."""
    files = EdgeFiles(state)
    certificate.make_own(files)
    return files


def send(owner: Browser, **content: bytes) -> Answer:
    """The form with the two files."""
    csrf = owner.csrf(CERTIFICATE)
    mark = b"a-mark-that-is-in-no-part"
    parts = [b'form-data; name="csrf"\r\n\r\n' + csrf.encode()]
    parts += [
        f'form-data; name="{name}"; filename="{name}.pem"\r\n\r\n'.encode() + text for name, text in content.items()
    ]
    body = b"".join(b"--%s\r\nContent-Disposition: %s\r\n" % (mark, part) for part in parts)
    kind = f"multipart/form-data; boundary={mark.decode()}"
    return owner.ask("POST", CERTIFICATE, body + b"--%s--\r\n" % mark, Content_Type=kind)


def test_an_authoritys_certificate_takes_the_place_of_the_own_one(
    owner: Browser, files: EdgeFiles, authority: Authority
) -> None:
    assert "Signed by the box itself" in owner.get(CERTIFICATE).text
    theirs = authority.server("pbx.example.com", "DNS:pbx.example.com")
    answer = send(owner, certificate=theirs.certificate.read_bytes(), key=theirs.key.read_bytes())
    assert (answer.status, answer.headers["location"]) == (303, f"{CERTIFICATE}?saved=1")
    assert files.key.read_bytes() == theirs.key.read_bytes()
    page = owner.get(CERTIFICATE).text
    assert "Signed by an authority" in page
    assert "pbx.example.com" in page
    assert "It is not for 127.0.0.1" in page


@pytest.mark.parametrize(
    ("field", "content", "said"),
    [
        ("certificate", b"\x89PNG\r\n", "This is no PEM file"),
        ("certificate", b"-----BEGIN CERTIFICATE-----\n" + b"x" * 70_000, "too large"),
        ("certificate", b"-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n", "no certificate with"),
        ("key", b"MZ\x90", "This is no PEM file"),
    ],
)
def test_a_wrong_file_is_told_at_its_field_and_changes_nothing(
    owner: Browser, files: EdgeFiles, authority: Authority, field: str, content: bytes, said: str
) -> None:
    before = files.certificate.read_bytes()
    theirs = authority.server("pbx", "DNS:pbx")
    sent = {"certificate": theirs.certificate.read_bytes(), "key": theirs.key.read_bytes()} | {field: content}
    answer = send(owner, **sent)
    assert answer.status == 422
    assert said in answer.text.partition(f'id="w-{field}"')[2][:200]
    assert files.certificate.read_bytes() == before


def test_a_key_of_another_certificate_and_an_expired_one_are_refused(
    owner: Browser, files: EdgeFiles, authority: Authority
) -> None:
    one, other = authority.server("one", "DNS:one"), authority.server("other", "DNS:other")
    mixed = send(owner, certificate=one.certificate.read_bytes(), key=other.key.read_bytes())
    assert 'id="w-key"' in mixed.text
    old = authority.server("old", "DNS:old", expired=True)
    assert "expired on" in send(owner, certificate=old.certificate.read_bytes(), key=old.key.read_bytes()).text
    assert certificate.read(files.certificate).self_signed


def test_what_was_asked_for_is_installed_without_a_key(
    owner: Browser, files: EdgeFiles, authority: Authority, tmp_path: Path
) -> None:
    answer = owner.submit(f"{CERTIFICATE}/request", CERTIFICATE, names="pbx.example.com 192.0.2.7")
    assert answer.headers["content-disposition"] == 'attachment; filename="tipring.csr"'
    signed = authority.sign(answer.body, "DNS:pbx.example.com", "IP:192.0.2.7")
    assert send(owner, certificate=signed.read_bytes()).status == 303
    assert certificate.read(files.certificate).names == ("pbx.example.com", "192.0.2.7")
    wrong = owner.submit(f"{CERTIFICATE}/request", CERTIFICATE, names="pbx example;com")
    assert "is neither a name" in wrong.text


def test_the_box_makes_a_new_one_of_its_own(owner: Browser, files: EdgeFiles, box: Box) -> None:
    before = certificate.read(files.certificate).fingerprint
    assert owner.submit(f"{CERTIFICATE}/own", CERTIFICATE, names="pbx.example.com").status == 303
    made = certificate.read(files.certificate)
    assert made.fingerprint != before
    assert made.is_for("pbx.example.com")
    assert made.is_for("127.0.0.1")
    assert box.access_log.entries(1)[0].what == "certificate"


def test_the_network_page_shows_where_the_box_is_and_listens(live_url: str, core: FakeCore, owner: Browser) -> None:
    core.status |= {"edge": {"listens": [{"host": "192.0.2.2", "transport": "tls", "port": 5061}]}}
    page = owner.get("/settings/network").text
    assert "192.0.2.2:5061" in page
    assert "SIP phones: TLS" in page


def test_nobody_shuts_the_own_door(live_url: str, core: FakeCore, owner: Browser, box: Box) -> None:
    applies(core, box.state)
    home = "/settings/network/admins"
    saved = owner.submit(home, admin_networks="203.0.113.0/24", revision=str(box.configs.current().id))
    assert saved.status == 303, saved.text
    assert box.configs.current().document["web"] == {"admin_networks": ["203.0.113.0/24"]}
    wrong = owner.submit(home, admin_networks="the office", revision=str(box.configs.current().id))
    assert wrong.status == 422
    assert "is no network" in wrong.text


def test_who_is_kept_out_is_let_in_again(live_url: str, core: FakeCore, owner: Browser, box: Box) -> None:
    core.answers["bans"] = [
        {"address": "203.0.113.7", "reason": "guessing", "since": office.ago(60), "until": office.ago(-3600)}
    ]
    core.answers["bans.lift"] = {}
    for _ in range(LIMIT):
        box.throttle.failed("198.51.100.9")
    page = owner.get("/settings/network/bans").text
    assert "203.0.113.7" in page
    assert "198.51.100.9" in page
    assert owner.submit("/settings/network/bans/lift", "/settings/network/bans", address="203.0.113.7").status == 303
    assert ("bans.lift", {"address": "203.0.113.7"}) in core.asked
    assert owner.submit("/settings/network/bans/door", "/settings/network/bans", address="198.51.100.9").status == 303
    box.throttle.check("198.51.100.9")
    assert "198.51.100.9" not in owner.get("/settings/network/bans").text


def test_alarms_that_stand_come_before_those_that_are_over(owner: Browser, state: Path) -> None:
    now = times.now()
    old = Alarm("a1", "disk", Severity.ERROR, "The disk was full.", now - timedelta(days=1), now)
    new = Alarm("a2", "line", Severity.WARNING, "Line fxo1 has no battery.", now)
    for alarm in (old, new):
        office.write(state, history.alarm_raised, alarm, False)
    office.write(state, history.alarm_cleared, old.id, now, False)
    page = owner.get("/settings/alarms").text
    assert page.index("has no battery") < page.index("The disk was full")


@pytest.fixture
def a_log(state: Path) -> None:
    """What a service would have written."""
    root, before = logging.getLogger(), logging.getLogger().handlers[:]
    logs.keep(state, "core")
    handler = next(known for known in root.handlers if known not in before)
    logger = logging.getLogger("firmware.calls")
    logger.warning("the line <b>fxo1</b> is noisy")
    try:
        raise OSError("no space left")
    except OSError:
        logger.exception("a recording could not be written")
    root.removeHandler(handler)
    handler.close()


@pytest.mark.usefixtures("a_log")
def test_the_log_is_read_by_service_and_weight(owner: Browser) -> None:
    page = owner.get("/settings/logs").text
    assert "the line &lt;b&gt;fxo1&lt;/b&gt; is noisy" in page
    assert "OSError: no space left" in page
    errors = owner.get("/settings/logs?level=error&service=core").text
    assert "is noisy" not in errors
    assert "a recording could not be written" in errors
    assert "Nothing like it" in owner.get("/settings/logs?text=elephant").text
    file = owner.get("/settings/logs/file")
    assert file.headers["content-type"].startswith("text/plain")
    assert file.text.index("is noisy") < file.text.index("could not be written")


def test_the_boxs_own_prompts_are_read_and_heard(owner: Browser) -> None:
    page = owner.get("/settings/prompts/system?in=en").text
    assert "Thank you for calling." in page
    sound = owner.get("/settings/prompts/system/en/greeting/audio")
    assert (sound.status, sound.body[:4]) == (200, b"RIFF")
    assert owner.get("/settings/prompts/system/en/music/audio").status == 200
    assert owner.get("/settings/prompts/system/fr/greeting/audio").status == 404
    assert owner.get("/settings/prompts/system/en/nothing/audio").status == 404
