# SPDX-License-Identifier: GPL-2.0-or-later
"""Prompts of the office: heard, uploaded, made from text, spoken into a telephone, deleted."""

from __future__ import annotations

from typing import Any

from bottle import HTTPResponse

from firmware.errors import Invalid, TipringError
from firmware.prompts import convert
from firmware.prompts.builtin import MUSIC
from firmware.prompts.store import LANGUAGES, PromptStore
from webui import audio, auth, spoken
from webui.http import status_of
from webui.i18n import N_
from webui.pages.changes import stream_of
from webui.pages.route import PageRoute, Visit, redirect
from webui.pages.settings.groups import frame_of
from webui.settings import places
from webui.settings.blank import blank
from webui.settings.choices import named
from webui.settings.tables import items

HOME = "/settings/prompts"
LANGUAGE_NAMES = {"any": N_("every language"), "en": N_("English"), "zh": N_("Chinese")}


def _list(visit: Visit) -> list[dict[str, Any]]:
    document = spoken.document(visit.box)
    return [
        {
            **prompt.as_json(),
            "uses": [places.words(visit.say, document, path) for path in spoken.used_at(visit.box, prompt.name)],
        }
        for prompt in PromptStore(visit.box.state).all()
    ]


def prompts(visit: Visit, problems: dict[str, str] | None = None, form: str = "", status: int = 200) -> HTTPResponse:
    """The list, and the ways to a new one; only the list when the open page asks for it anew."""
    values = {"prompts": _list(visit), "names": LANGUAGE_NAMES, **frame_of(visit), "undo": None}
    if visit.wants_part:
        return visit.part("settings_prompts_list.html", **values)
    phones = [(e["number"], named("extension", e)) for e in items(spoken.document(visit.box), "extension")]
    given = {name: visit.form(name) for name in ("name", "language", "text", "extension")} if form else {}
    return visit.page(
        "settings_prompts.html",
        status,
        phones=phones,
        languages=LANGUAGES,
        music=MUSIC,
        problems=blank(problems or {}),
        form=form,
        given=blank(given),
        called=visit.request.query.decode().get("called", ""),
        **values,
    )


def _tried(visit: Visit, form: str, make: Any, done: str = f"{HOME}?saved=1") -> HTTPResponse:
    """Makes a prompt by one of the forms; what is wrong stands at its field."""
    try:
        make()
    except TipringError as error:
        at = error.field if error.field in ("name", "language", "text", "file", "extension") else "all"
        return prompts(visit, {at: visit.tell(error)}, form, status_of(error))
    return redirect(done)


def say(visit: Visit) -> HTTPResponse:
    """From text."""
    name, language = visit.form("name").strip(), visit.form("language") or "any"
    return _tried(visit, "say", lambda: spoken.speak(visit.box, name, visit.form("text"), language))


def upload(visit: Visit) -> HTTPResponse:
    """From a file of the visitor's device."""
    name, language = visit.form("name").strip(), visit.form("language") or "any"
    return _tried(visit, "upload", lambda: keep_upload(visit, name, language))


def keep_upload(visit: Visit, name: str, language: str) -> None:
    """The file of the form becomes a prompt. Invalid says at its field what is wrong."""
    file = visit.request.files.get("file")
    if file is None or not file.raw_filename:
        raise Invalid("Choose a sound file.", field="file")
    store = PromptStore(visit.box.state)
    store.path(name, language)
    try:
        sound = convert.convert(file.file.read(convert.LARGEST + 1))
    except Invalid as error:
        raise Invalid(error.message, code=error.code, field="file") from None
    store.put(name, language, sound)


def record(visit: Visit) -> HTTPResponse:
    """A telephone rings, and whoever lifts it speaks."""
    name, number, language = (visit.form(key).strip() for key in ("name", "extension", "language"))

    def ring() -> None:
        PromptStore(visit.box.state).path(name, language or "any")
        visit.box.live.ask("prompt.record", extension=number, name=name, language=language or "any")

    return _tried(visit, "record", ring, f"{HOME}?called={number}")


def sound(visit: Visit, name: str, language: str) -> HTTPResponse:
    store = PromptStore(visit.box.state)
    prompt = store.one(name, language)
    wanted = f"{name}.wav" if visit.request.query.get("download") else ""
    tag = f"{prompt.changed_at}-{prompt.bytes}"
    return audio.file(store.path(name, language), visit.box.state / "prompts", tag, wanted)


def delete(visit: Visit, name: str, language: str) -> HTTPResponse:
    """Refused while something needs it."""
    try:
        spoken.delete(visit.box, name, language)
    except TipringError as error:
        if error.code != "prompt_in_use":
            raise
        where = [places.words(visit.say, spoken.document(visit.box), path) for path in spoken.used_at(visit.box, name)]
        said = visit.say(N_("%(name)s is in use: %(where)s. Choose another prompt there first."), name=name,
                         where=", ".join(where))  # fmt: skip
        return prompts(visit, {"all": said}, "delete", status_of(error))
    return redirect(f"{HOME}?saved=1")


ROUTES = [
    PageRoute("GET", HOME, prompts),
    PageRoute("GET", f"{HOME}/stream", stream_of("prompt")),
    PageRoute("POST", f"{HOME}/say", say, roles=auth.CONFIGURE),
    PageRoute("POST", f"{HOME}/upload", upload, roles=auth.CONFIGURE),
    PageRoute("POST", f"{HOME}/record", record, roles=auth.CONFIGURE),
    PageRoute("GET", f"{HOME}/<name>/<language>/audio", sound),
    PageRoute("POST", f"{HOME}/<name>/<language>/delete", delete, roles=auth.CONFIGURE),
]
