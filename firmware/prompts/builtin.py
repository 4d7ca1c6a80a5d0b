# SPDX-License-Identifier: GPL-2.0-or-later
"""What the box says by itself, and its music: texts and sounds that come with it."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from pathlib import Path

from firmware.errors import NotFound

LANGUAGES = ("en", "zh")
MUSIC = "music"
SOUNDS = Path(os.environ.get("TIPRING_SOUNDS") or Path(__file__).resolve().parents[2] / "build" / "sounds")


@functools.cache
def texts(language: str) -> Mapping[str, str]:
    """What is said, by the name of the prompt. NotFound for a language that the box does not speak."""
    if language not in LANGUAGES:
        raise NotFound(f"The box does not speak {language}; it speaks {', '.join(LANGUAGES)}.", code="no_such_prompt")
    import tomllib  # not kept in the memory of services that seldom need it

    found: dict[str, str] = tomllib.loads((Path(__file__).parent / "system" / f"{language}.toml").read_text())
    return found


def sound(name: str, language: str) -> Path:
    """The file. NotFound (`no_such_prompt`) for a name that is none of these."""
    if name == MUSIC:
        return SOUNDS / f"{MUSIC}.wav"
    if name not in texts(language):
        raise NotFound(f"The box has no prompt {name} of its own.", code="no_such_prompt")
    return SOUNDS / language / f"{name}.wav"
