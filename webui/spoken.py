# SPDX-License-Identifier: GPL-2.0-or-later
"""Prompts made from text or from a file, for the API and the pages; and what would miss one that is deleted."""

from __future__ import annotations

from typing import Any

from firmware.errors import Invalid, NotFound
from firmware.prompts import convert, speech, uses
from firmware.prompts.store import Prompt, PromptStore
from webui.box import Box

VOICES = ("en", "zh")


def speak(box: Box, name: str, text: str, language: str, voice: str = "", *, field: str = "text") -> Prompt:
    """A prompt that says this. `voice` "" is that of the language, or of the site. Invalid, at `field` for the text."""
    store = PromptStore(box.state)
    store.path(name, language)
    voice = voice or (language if language != "any" else str(box.site().get("language", "en")))
    if voice not in VOICES:
        raise Invalid(f'"{voice}" is no language to speak; use en or zh.', field="voice")
    try:
        wav = speech.speak(text, voice)
    except Invalid as error:
        raise Invalid(error.message, field=field) from None
    return store.put(name, language, convert.convert(wav))


def delete(box: Box, name: str, language: str) -> None:
    """Conflict (`prompt_in_use`) while something needs it."""
    uses.delete(PromptStore(box.state), document(box), name, language)


def used_at(box: Box, name: str) -> list[str]:
    """Paths of the configuration that name it."""
    return uses.uses(document(box), name)


def document(box: Box) -> dict[str, Any]:
    """The configuration in force; {} before there is one."""
    try:
        return box.configs.current().document
    except NotFound:
        return {}


def prompts_named(box: Box, name: str) -> list[Prompt]:
    """One prompt in each language that it was made for."""
    return [prompt for prompt in PromptStore(box.state).all() if prompt.name == name]
