# SPDX-License-Identifier: GPL-2.0-or-later
"""What another telephone system knows comes by pages and API: looked at first, then one change, then its calls."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable

import pytest
from applying import applies
from fake_core import CoreError, FakeCore
from web_client import Browser
from web_service import wait_until

from firmware.importing import progress
from firmware.importing.calls import read_cdr
from webui.box import Box

pytestmark = pytest.mark.timeout(300)

HOME, API = "/import", "/api/v1/import"
PATIENT_S = 120.0  # for processes that give way to everything on a machine that is busy
STRONG = "kR7vTq2mXw9pLd4z"
PEOPLE = f"number,name,password,voicemail,pin\n301,Ida Berg,{STRONG},yes,4321\n302,Otto,1234,yes,\n"
CALLS = "".join(
    f'"","+4930123","301","ctx","""Kunde"" <+4930123>","PJSIP/acme-1","PJSIP/301-2","Dial","","2026-07-01 10:00:0{n}",'
    f'"2026-07-01 10:00:10","2026-07-01 10:01:00",60,50,"ANSWERED","DOCUMENTATION","1.{n}",""\n'
    for n in range(3)
)


def packed(**files: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, text in files.items():
            info = tarfile.TarInfo(name.replace("__", "."))
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return out.getvalue()


@pytest.fixture
def owner(owner: Browser) -> Browser:
    owner.timeout_s = PATIENT_S
    return owner


@pytest.fixture
def taken(core: FakeCore, box: Box) -> list[str]:
    """Ids of the calls that the core was given."""
    applies(core, box.state)
    found: list[str] = []

    def take(params: dict[str, list[dict[str, str]]]) -> dict[str, int]:
        found.extend(read_cdr(item).id for item in params["items"])
        return {"count": len(params["items"])}

    core.answers["calls.import"] = take
    return found


def test_looked_at_first_then_one_change_then_its_calls_and_back(owner: Browser, box: Box, taken: list[str]) -> None:
    before = box.configs.current()
    assert "Nothing is changed before" in owner.get(HOME).text
    upload = owner.upload(HOME, HOME, packed(people__csv=PEOPLE, Master__csv=CALLS))
    assert upload.headers["location"] == HOME
    page = owner.get(HOME).text
    assert "Extension (2): 301, 302" in page
    assert "3 calls, less those that are known" in page
    assert "The password of extension 302 can be guessed" in page
    assert STRONG not in page
    assert box.configs.current() == before
    revision = page.split('name="revision" value="')[1].split('"')[0]
    chosen = {"existing": "keep", "revision": revision}
    assert "left out" in owner.submit(f"{HOME}/look", HOME, part="extensions", **chosen).text
    assert owner.submit(f"{HOME}/apply", HOME, part=["extensions", "calls"], **chosen).status == 303
    after = box.configs.current()
    assert (after.id, after.author) == (before.id + 1, "owner")
    assert after.document["extension"][-2]["sip"] == {"password": STRONG}
    wait_until(lambda: box.imports.progress()["step"] == "done", 100)
    assert len(set(taken)) == 3
    wait_until(lambda: not list((box.state / progress.FOLDER).glob("*.db")), 100)
    done = owner.get(HOME).text
    assert "3 calls are in the history that were not." in done
    undo = {"revision": done.split('name="revision" value="')[1].split('"')[0], "next": HOME}
    assert owner.submit("/settings/undo", HOME, **undo).headers["location"] == HOME
    assert (box.configs.current().id, box.configs.current().document) == (after.id + 1, before.document)
    back = owner.get(HOME).text
    assert ("was taken back" in back, "Undo" in back) == (True, False)


def test_what_was_changed_since_is_not_taken_back_with_it(owner: Browser, box: Box, taken: list[str]) -> None:
    before = box.configs.current()
    made = box.configs.apply(before.document | {"site": before.document["site"] | {"name": "Imported"}}, "owner")
    progress.write(box.state, step="done", revision=made.id)
    assert "Undo" in owner.get(HOME).text
    box.configs.apply(made.document | {"site": made.document["site"] | {"name": "Another"}}, "somebody")
    assert "Undo" not in owner.get(HOME).text
    assert owner.submit("/settings/undo", "/settings/groups", revision=str(made.id), next=HOME).status == 409


def test_who_was_slower_looks_again(owner: Browser, box: Box, taken: list[str]) -> None:
    owner.upload(HOME, HOME, PEOPLE.encode(), filename="people.csv")
    old = box.configs.current()
    box.configs.apply(old.document | {"site": old.document["site"] | {"name": "Another"}}, "somebody")
    refused = owner.submit(f"{HOME}/apply", HOME, part="extensions", revision=str(old.id))
    assert (refused.status, "changed meanwhile" in refused.text) == (409, True)
    assert "Extension (2)" in refused.text
    assert owner.submit(f"{HOME}/forget", HOME).status == 303
    assert "Read them" in owner.get(HOME).text


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("b.tar.gz", gzip.compress(b"x" * 2000)[:-8], "is no whole tar archive"),
        ("zeros.csv", bytes(40 << 20), "is larger than an import takes"),
    ],
    ids=["cut", "zeros"],
)
def test_what_cannot_be_read_is_refused_with_its_name(
    owner: Browser, box: Box, core: FakeCore, name: str, content: bytes, says: str
) -> None:
    refused = owner.upload(HOME, HOME, content, filename=name)
    assert (refused.status in (413, 422), says in refused.text, name in refused.text) == (True, True, True)
    assert box.imports.progress()["step"] == "none"


def test_a_page_of_another_site_cannot_upload(owner: Browser, core: FakeCore, box: Box) -> None:
    stranger = Browser(owner.url, cookies=dict(owner.cookies), timeout_s=PATIENT_S)
    stranger.csrf = lambda page: "another"  # type: ignore[method-assign]
    assert stranger.upload(HOME, HOME, PEOPLE.encode()).status == 403
    assert owner.upload(HOME, HOME, b"").status == 422
    assert box.imports.progress()["step"] == "none"


def test_programs_do_the_same(
    url: str, token: Callable[[str], str], core: FakeCore, box: Box, taken: list[str]
) -> None:
    api = Browser(url, token("installer"), timeout_s=PATIENT_S)
    assert api.get(API).json["preview"] is None
    assert api.send("POST", f"{API}/apply", {}).json["error"]["code"] == "no_import"
    kind = {"Content_Type": "application/octet-stream"}
    found = api.ask("POST", f"{API}?name=people.csv", PEOPLE.encode(), **kind).json
    assert found["preview"]["made"] == [{"table": "extension", "count": 2, "names": ["301", "302"]}]
    assert (found["preview"]["new_passwords"], found["preview"]["without_pin"]) == (["302"], ["302"])
    assert api.get(f"{API}?parts=calls").json["preview"]["made"] == []
    assert api.get(f"{API}?parts=everything").json["error"]["code"] == "no_such_part"
    core.answers["config.apply"] = _refuses
    refused = api.send("POST", f"{API}/apply", {})
    assert (refused.status, refused.json["error"]["code"]) == (422, "emergency_unreachable")
    assert api.get(API).json["step"] == "waiting"
    assert api.ask("DELETE", API).json == {}
    assert api.get(API).json["step"] == "none"


def _refuses(params: dict[str, str]) -> None:
    raise CoreError("emergency_unreachable", "911 could not be called any more.")


def test_calls_that_were_cut_short_go_on(owner: Browser, core: FakeCore, box: Box, taken: list[str]) -> None:
    upload = owner.upload(HOME, HOME, CALLS.encode(), filename="Master.csv")
    assert upload.status == 303
    core.answers["calls.import"] = _away
    owner.submit(f"{HOME}/apply", HOME, part="calls")
    wait_until(lambda: box.imports.progress()["error"] and not box.imports.under_way, 100)
    page = owner.get(HOME).text
    assert "Go on with the calls" in page
    assert owner.upload(HOME, HOME, PEOPLE.encode()).status == 409
    core.answers["calls.import"] = lambda params: {"count": len(params["items"])}
    assert owner.submit(f"{HOME}/calls", HOME).status == 303
    wait_until(lambda: box.imports.progress()["step"] == "done", 100)
    assert box.imports.progress()["new"] == 3


def _away(params: dict[str, str]) -> None:
    raise CoreError("unavailable", "The disk is full.", kind="unavailable")
