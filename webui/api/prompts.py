# SPDX-License-Identifier: GPL-2.0-or-later
"""Prompts of the office: uploaded as WAV, spoken from text or into a telephone, heard and deleted."""

from __future__ import annotations

from typing import Any

from firmware.prompts import convert, speech
from firmware.prompts.store import PromptStore
from webui import audio, auth, spoken
from webui.api.route import Ask, Route
from webui.http import json_response, only_fields, read_body, text_field


def _store(ask: Ask) -> PromptStore:
    return PromptStore(ask.box.state)


def _language(ask: Ask, *others: str) -> str:
    return ask.query("language", *others).get("language", "any")


def every(ask: Ask) -> Any:
    """All of them, by name."""
    return [prompt.as_json() for prompt in _store(ask).all()]


def upload(ask: Ask, name: str) -> Any:
    """The body is a WAV file of any kind; it becomes telephone sound in a process of its own."""
    store, language = _store(ask), _language(ask)
    store.path(name, language)
    return store.put(name, language, convert.convert(read_body(ask.request, convert.LARGEST))).as_json()


def speak(ask: Ask, name: str) -> Any:
    """Made from text."""
    body = ask.json()
    only_fields(body, "text", "language", "voice")
    language = text_field(body, "language", longest=10) if "language" in body else "any"
    voice = text_field(body, "voice", longest=10) if "voice" in body else ""
    text = text_field(body, "text", longest=speech.LONGEST)
    return spoken.speak(ask.box, name, text, language, voice).as_json()


def record(ask: Ask, name: str) -> Any:
    """A telephone rings, and whoever lifts it speaks; event `prompt` when it is kept."""
    body = ask.json()
    only_fields(body, "extension", "language")
    language = text_field(body, "language", longest=10) if "language" in body else "any"
    _store(ask).path(name, language)
    extension = text_field(body, "extension", longest=64)
    return json_response(ask.box.live.ask("prompt.record", extension=extension, name=name, language=language), 201)


def sound(ask: Ask, name: str) -> Any:
    store, language = _store(ask), _language(ask, "download")
    prompt = store.one(name, language)
    tag = f"{prompt.changed_at}-{prompt.bytes}"
    wanted = f"{name}.wav" if ask.query("language", "download").get("download") else ""
    return audio.file(store.path(name, language), ask.box.state / "prompts", tag, wanted)


def delete(ask: Ask, name: str) -> Any:
    spoken.delete(ask.box, name, _language(ask))
    return {}


ROUTES = [
    Route("GET", "/prompts", every),
    Route("PUT", "/prompts/<name>", upload, roles=auth.CONFIGURE),
    Route("POST", "/prompts/<name>/speak", speak, roles=auth.CONFIGURE),
    Route("POST", "/prompts/<name>/record", record, roles=auth.CONFIGURE),
    Route("GET", "/prompts/<name>/audio", sound),
    Route("DELETE", "/prompts/<name>", delete, roles=auth.CONFIGURE),
]
