# SPDX-License-Identifier: GPL-2.0-or-later
"""CSV of extensions and numbers, Asterisk's files, and archives that want to do harm."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from firmware.errors import Invalid
from firmware.importing import uploads
from tests.importing.conftest import DOCUMENT, PORTS, STRONG, outcome, packed, plan_of

BULK = f"""extension,name,voicemail,ringtimer,tech,secret,voicemail_enable,voicemail_vmpwd,voicemail_email
210,"Berg, Ida",default,20,pjsip,{STRONG},yes,4321,ida@office.example
211,Otto,novm,0,pjsip,211,no,,
abc,Nobody,novm,0,pjsip,x,no,,
"""
PJSIP = f"""[transport-udp]
type=transport
[phone](!)      ; what all have
type=endpoint
allow=!all,alaw,g722
;-- not yet
[299](phone)
--;
[210](phone)
auth=210
callerid="Ida Berg" <210>
[210]
type=auth
password={STRONG}
[acme]
type=endpoint
outbound_auth=acme-auth
aors=acme
allow=ulaw
[acme-auth]
type=auth
username=4930555
password=trunksecret
[acme-reg]
type=registration
endpoint=acme
outbound_auth=acme-auth
server_uri=sip:sip.acme.example:5070
#include extra.conf
nonsense
"""
QUEUES = """[general]
persistentmembers = yes
[700]
strategy = leastrecent
timeout = 12
member => PJSIP/210,1
member => PJSIP/unknown
"""


def _of(tmp_path: Path, **files: str) -> dict[str, Any]:
    paths = []
    for name, text in files.items():
        paths.append(tmp_path / name.replace("__", "."))
        paths[-1].write_text(text, encoding="utf-8")
    return outcome(paths, DOCUMENT, PORTS, "keep")


def _notes(found: dict[str, Any]) -> dict[str, str]:
    return {note["where"]: note["message"] for note in found["not_understood"]}


def test_a_file_of_the_bulk_handler(tmp_path: Path) -> None:
    found = _of(tmp_path, extensions__csv=BULK)
    assert [made["names"] for made in found["made"]] == [["210", "211"]]
    assert found["document"]["extension"][1]["voicemail"] == {
        "pin": "4321", "email": "ida@office.example", "after_s": 20,
    }  # fmt: skip
    assert _notes(found)["extensions.csv:4"] == '"abc" is no extension: use 1 to 15 digits.'
    assert "can be guessed" in _notes(found)["extensions.csv:3"]


def test_a_plain_list_as_a_spreadsheet_writes_it(tmp_path: Path) -> None:
    found = _of(tmp_path, people__csv="\ufeffNumber;Name;Voicemail\r\n220;Änne Groß;yes\r\n221;王伟;\r\n")
    assert found["document"]["extension"][1:] == [
        {"number": "220", "name": "Änne Groß", "sip": {}, "voicemail": {}},
        {"number": "221", "name": "王伟", "sip": {}},
    ]


def test_numbers_lead_to_what_came_with_them(tmp_path: Path) -> None:
    dids = 'extension,cidnum,destination\n+49305552,,"from-did-direct,210,1"\n+49305553,,"ext-queues,1,1"\n'
    found = _of(tmp_path, extensions__csv=BULK, dids__csv=dids)
    assert {"did": "+49305552", "to": "extension:210"} in found["document"]["route"]
    assert "ext-queues,1,1" in _notes(found)["dids.csv:3"]


def test_columns_that_nobody_knows_are_told(tmp_path: Path) -> None:
    found = _of(tmp_path, other__csv="colour,shape\nred,round\n")
    assert "no columns that are known" in _notes(found)["other.csv:1"]
    assert not found["changed"]


def test_files_of_asterisk(tmp_path: Path) -> None:
    voicemail = "[default]\n210 => 4321,Ida Berg,ida@office.example\n"
    found = _of(
        tmp_path, pjsip__conf=PJSIP, queues__conf=QUEUES, voicemail__conf=voicemail, extensions__conf="[x]\nexten => 1"
    )
    document = found["document"]
    assert document["extension"][1] == {
        "number": "210", "name": "Ida Berg", "sip": {"password": STRONG},
        "voicemail": {"pin": "4321", "email": "ida@office.example"},
    }  # fmt: skip
    assert document["trunk"][1]["sip"] == {
        "registrar": "sip.acme.example:5070", "username": "4930555", "password": "trunksecret", "codecs": ["ulaw"],
    }  # fmt: skip
    assert document["queue"][1] == {
        "name": "700", "number": "700", "strategy": "longest_idle", "ring_timeout_s": 12,
    }  # fmt: skip
    assert document["agent"][1]["queues"] == {"700": 2}
    notes = _notes(found)
    assert "must be given too" in notes["pjsip.conf:29"]
    assert notes["pjsip.conf:30"] == '"nonsense" is no setting.'
    assert "not taken over" in notes["extensions.conf"]


def test_peers_and_registrations_of_sip_conf(tmp_path: Path) -> None:
    text = f"""[general]
register => 4930555:trunksecret@sip.acme.example/4930555
[acme]
type=peer
host=sip.acme.example
defaultuser=4930555
secret=trunksecret
[210]
type=friend
host=dynamic
secret={STRONG}
"""
    found = _of(tmp_path, sip__conf=text)
    assert found["document"]["extension"][1]["sip"] == {"password": STRONG}
    assert found["document"]["trunk"][1]["sip"] == {
        "registrar": "sip.acme.example", "username": "4930555", "password": "trunksecret",
    }  # fmt: skip


def test_names_and_links_of_an_archive_lead_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w") as archive:
        for name, kind in (
            ("../../etc/x.conf", tarfile.SYMTYPE),
            ("y.csv", tarfile.LNKTYPE),
            ("z.conf", tarfile.FIFOTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("../../../people.csv")
        info.size = len(BULK)
        archive.addfile(info, io.BytesIO(BULK.encode()))
    before = sorted(tmp_path.iterdir())
    with path.open("rb") as stream:
        assert [name for name, _ in uploads.members(path.name, stream)] == ["../../../people.csv"]
    assert sorted(tmp_path.iterdir()) == before


def test_what_swells_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "LARGEST_FILE", 1000)
    bomb = packed({"Devices.sql.gz": gzip.compress(b"0" * 100_000)}, tmp_path / "b.tar.gz")
    with pytest.raises(Invalid, match="larger than an import takes"):
        plan_of([bomb])
    monkeypatch.setattr(uploads, "MOST_MEMBERS", 3)
    with pytest.raises(Invalid, match="larger than an import takes"):
        plan_of([packed({f"{n}.txt": b"" for n in range(5)}, tmp_path / "many.tar.gz")])


def test_a_truncated_archive_is_refused(tmp_path: Path) -> None:
    whole = packed({"people.csv": BULK.encode() * 100}, tmp_path / "w.tar.gz").read_bytes()
    (tmp_path / "t.tar.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Invalid, match="no whole tar archive"):
        plan_of([tmp_path / "t.tar.gz"])
