# SPDX-License-Identifier: GPL-2.0-or-later
"""Backups: how they went, one now, the test, one as a file, and the way back."""

from __future__ import annotations

import base64
from threading import Timer
from typing import Any

from bottle import HTTPResponse

from firmware.backup import report, usb
from firmware.backup.hosts import Hosts, fingerprint
from firmware.backup.naming import name_of
from firmware.backup.status import Status
from firmware.errors import Invalid, NotFound
from webui import auth
from webui.api.route import Ask, Route
from webui.api.schema import COUNT, OBJECT, TEXT, TRUTH, Media, many, maybe, obj, only
from webui.http import json_response, only_fields, text_field
from webui.settings.tables import items

HEADER = "X-Backup-Passphrase"  # UTF-8 in base64: headers hold no more than ASCII
REPLY_S = 1.0


def backup(ask: Ask) -> Any:
    """How the last ones went at each place, the last test, sticks that are plugged in, the last restore."""
    state = ask.box.state
    status, hosts, places = Status(state), Hosts(state), []
    for item in items(ask.box.fresh_document(), "backup_target"):
        sftp = item.get("sftp", {})
        key = hosts.key_of(str(sftp.get("host")), int(sftp.get("port", 22))) if sftp else None
        went = status.of(item["name"])
        places.append(
            {
                "name": item["name"],
                "good": went.get("good"),
                "tried_at": went.get("tried_at"),
                "error": went.get("error", ""),
                "host_key": fingerprint(key) if key else None,
            }
        )
    sticks = [{"name": stick.name, "folder": stick.folder, "free": stick.free} for stick in usb.sticks()]
    return {
        "places": places, "test": status.test or None, "under_way": ask.box.backups.under_way, "sticks": sticks,
        "restored": report.last(state),
    }  # fmt: skip


def now(ask: Ask) -> Any:
    """Makes one at a place: it is under way when this is answered, and among `places` when it is done."""
    return _begin(ask, "now")


def test(ask: Ask) -> Any:
    """Restores the newest one of a place into a scratch folder, and counts what is in it."""
    return _begin(ask, "test")


def _begin(ask: Ask, what: str) -> Any:
    body = ask.json()
    only_fields(body, "place")
    name = text_field(body, "place")
    if not any(item["name"] == name for item in items(ask.box.fresh_document(), "backup_target")):
        raise NotFound(f"There is no place {name} for backups.", code="no_such_backup_target", field="place")
    ask.box.backups.ask(what, name)
    return json_response({}, 202)


def file(ask: Ask) -> Any:
    """One, made while it is sent, encrypted with the passphrase that is set. What breaks off is not whole."""
    from firmware import times
    from webui.pages.settings.backup import attachment

    body = ask.box.backups.packed()
    ask.box.access_log.write(ask.who.name, "backup", "download", str(ask.request.environ.get("REMOTE_ADDR", "")))
    return HTTPResponse(body, headers=attachment(name_of(ask.box.configs.box_id(), times.now())))


def restore(ask: Ask) -> Any:
    """The body is a backup, the header `X-Backup-Passphrase` its passphrase (UTF-8, in base64). The box restarts."""
    try:
        words = base64.b64decode(ask.request.get_header(HEADER, ""), validate=True).decode()
    except ValueError:
        raise Invalid(f"{HEADER} must be UTF-8 in base64.", field=HEADER) from None
    given = ask.box.backups.restore(words, ask.request.environ["wsgi.input"], ask.request.content_length)
    ask.box.access_log.write(ask.who.name, "backup", "restore", str(ask.request.environ.get("REMOTE_ADDR", "")))
    ask.box.begins_anew = True
    Timer(REPLY_S, ask.box.ended.set).start()
    return json_response(given, 202)


_GOOD = obj(at=TEXT, name=TEXT, octets=COUNT)
_PLACE = obj(name=TEXT, good=maybe(_GOOD), tried_at=maybe(TEXT), error=TEXT, host_key=maybe(TEXT))
_TEST = obj(at=TEXT, passed=TRUTH, target=TEXT, name=TEXT, text=TEXT, counts=OBJECT)
_STICK = obj(name=TEXT, folder=TEXT, free=COUNT)
_RESTORED = obj(at=TEXT, about=OBJECT, counts=OBJECT, left_out=many(obj(path=TEXT, message=TEXT)))
_FILE = Media(("application/octet-stream",))
_BUSY = ("backup_in_progress",)

ROUTES = [
    Route(
        "GET", "/backup", backup, auth.CONFIGURE,
        answer=obj(places=many(_PLACE), test=maybe(_TEST), under_way=TRUTH, sticks=many(_STICK),
                   restored=maybe(_RESTORED)),
    ),
    Route(
        "POST", "/backup/now", now, auth.CONFIGURE, body=only(place=TEXT), answer=obj(), status=202,
        fails=("no_such_backup_target", *_BUSY),
    ),
    Route(
        "POST", "/backup/test", test, auth.CONFIGURE, body=only(place=TEXT), answer=obj(), status=202,
        fails=("no_such_backup_target", *_BUSY),
    ),
    Route("GET", "/backup/file", file, auth.ADMIN, answer=_FILE, fails=("no_passphrase", *_BUSY)),
    Route(
        "PUT", "/restore", restore, auth.ADMIN, body=_FILE, answer=_RESTORED, status=202,
        fails=("not_a_backup", "wrong_passphrase", "backup_damaged", "backup_truncated", "backup_newer", "disk_full",
               *_BUSY),
    ),
]  # fmt: skip
