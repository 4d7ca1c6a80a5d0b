# SPDX-License-Identifier: GPL-2.0-or-later
"""Prompts of the office: uploaded as WAV, spoken from text or into a telephone, heard and deleted."""

from __future__ import annotations

from typing import Any

from firmware.prompts import convert, speech
from firmware.prompts.store import LANGUAGES, PromptStore
from webui import audio, auth, spoken
from webui.api.route import Ask, Route
from webui.api.schema import DOWNLOAD, TEXT, Media, Query, many, may_lack, obj, one_of, only, ref, text
from webui.http import json_response, only_fields, read_body, text_field


def _store(ask: Ask) -> PromptStore:
    return PromptStore(ask.box.state)


def _language(ask: Ask) -> str:
    return ask.query().get("language", "any")


def every(ask: Ask) -> Any:
    """Prompts of the office, by name."""
    return [prompt.as_json() for prompt in _store(ask).all()]


def upload(ask: Ask, name: str) -> Any:
    """The body is a WAV file of any kind; it becomes telephone sound in a process of its own."""
    store, language = _store(ask), _language(ask)
    store.path(name, language)
    return store.put(name, language, convert.convert(read_body(ask.request, convert.LARGEST))).as_json()


def speak(ask: Ask, name: str) -> Any:
    """Makes a prompt from text."""
    body = ask.json()
    only_fields(body, "text", "language", "voice")
    language = text_field(body, "language", longest=10) if "language" in body else "any"
    voice = text_field(body, "voice", longest=10) if "voice" in body else ""
    words = text_field(body, "text", longest=speech.LONGEST)
    return spoken.speak(ask.box, name, words, language, voice).as_json()


def record(ask: Ask, name: str) -> Any:
    """A telephone rings, and whoever lifts it speaks; event `prompt` when it is kept."""
    body = ask.json()
    only_fields(body, "extension", "language")
    language = text_field(body, "language", longest=10) if "language" in body else "any"
    _store(ask).path(name, language)
    extension = text_field(body, "extension", longest=64)
    return json_response(ask.box.live.ask("prompt.record", extension=extension, name=name, language=language), 201)


def sound(ask: Ask, name: str) -> Any:
    """Its sound."""
    store, language = _store(ask), _language(ask)
    prompt = store.one(name, language)
    tag = f"{prompt.changed_at}-{prompt.bytes}"
    wanted = f"{name}.wav" if ask.query().get("download") else ""
    return audio.file(store.path(name, language), ask.box.state / "prompts", tag, wanted)


def delete(ask: Ask, name: str) -> Any:
    """Deletes a prompt that nothing needs."""
    spoken.delete(ask.box, name, _language(ask))
    return {}


_LANGUAGE = Query("language", one_of(*LANGUAGES), "any: for every language.")
_TONGUE = may_lack(one_of(*LANGUAGES))
_VOICE = may_lack(one_of("en", "zh"))

ROUTES = [
    Route("GET", "/prompts", every, answer=many(ref("Prompt"))),
    Route(
        "PUT", "/prompts/<name>", upload, auth.CONFIGURE, query=(_LANGUAGE,), body=Media(("audio/wav",)),
        answer=ref("Prompt"), fails=("bad_sound", "too_many_prompts"),
    ),
    Route(
        "POST", "/prompts/<name>/speak", speak, auth.CONFIGURE,
        body=only(text=text(speech.LONGEST), language=_TONGUE, voice=_VOICE), answer=ref("Prompt"),
        fails=("no_speech", "too_many_prompts"),
    ),
    Route(
        "POST", "/prompts/<name>/record", record, auth.CONFIGURE, body=only(extension=text(64), language=_TONGUE),
        answer=obj(id=TEXT), status=201, fails=("no_such_extension",),
    ),
    Route(
        "GET", "/prompts/<name>/audio", sound, query=(_LANGUAGE, DOWNLOAD), answer=Media(("audio/wav",)),
        fails=("no_such_prompt", "audio_missing"), ranged=True,
    ),
    Route(
        "DELETE", "/prompts/<name>", delete, auth.CONFIGURE, query=(_LANGUAGE,), answer=obj(),
        fails=("no_such_prompt", "prompt_in_use"),
    ),
]  # fmt: skip
