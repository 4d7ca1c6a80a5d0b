# SPDX-License-Identifier: GPL-2.0-or-later
"""Prompts that come with the box: read, and heard."""

from __future__ import annotations

from bottle import HTTPResponse

from firmware.prompts import builtin
from webui import audio
from webui.pages.route import PageRoute, Visit

HOME = "/settings/prompts/system"


def system_prompts(visit: Visit) -> HTTPResponse:
    """In the language of the page, or in the one that is asked for."""
    wanted = visit.request.query.decode().get("in", "")
    language = wanted if wanted in builtin.LANGUAGES else visit.language
    return visit.page(
        "settings_system_prompts.html",
        prompts=builtin.texts(language),
        spoken=language,
        languages=builtin.LANGUAGES,
        music=builtin.MUSIC,
    )


def sound(visit: Visit, language: str, name: str) -> HTTPResponse:
    path = builtin.sound(name, language)
    wanted = f"{name}.wav" if visit.request.query.get("download") else ""
    return audio.file(path, builtin.SOUNDS, f"{path.stat().st_mtime_ns}" if path.exists() else "", wanted)


ROUTES = [
    PageRoute("GET", HOME, system_prompts),
    PageRoute("GET", f"{HOME}/<language>/<name>/audio", sound),
]
