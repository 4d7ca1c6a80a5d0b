# SPDX-License-Identifier: GPL-2.0-or-later
"""Speech from text. Another engine is another class in ENGINES."""

from __future__ import annotations

import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path

from firmware.errors import Invalid, Unavailable

LONGEST = 1000  # characters
LIMIT_S = 30


class Engine(ABC):
    """Something that speaks."""

    @abstractmethod
    def speak(self, text: str, language: str) -> bytes:
        """A WAV file of any rate. Unavailable when it cannot."""


class Espeak(Engine):
    """espeak-ng. The text goes through standard input: nothing in it is an option."""

    VOICES: Mapping[str, tuple[str, ...]] = {
        "en": ("-v", "en-us", "-s", "150", "-g", "2"),
        "zh": ("-v", "cmn", "-s", "185", "-g", "2"),
    }

    def speak(self, text: str, language: str) -> bytes:
        import subprocess

        if not shutil.which("espeak-ng"):
            raise Unavailable("espeak-ng is not installed: apt-get install espeak-ng", code="no_speech")
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "speech.wav"
            command = ["espeak-ng", *self.VOICES[language], "--stdin", "-w", str(made)]
            try:
                subprocess.run(command, input=text.encode(), check=True, capture_output=True, timeout=LIMIT_S)
                return made.read_bytes()
            except (subprocess.SubprocessError, OSError) as error:
                raise Unavailable(f"espeak-ng failed: {error}", code="no_speech") from error


ENGINES: Mapping[str, type[Engine]] = {"espeak-ng": Espeak}
DEFAULT = "espeak-ng"


def speak(text: str, language: str, engine: str = DEFAULT) -> bytes:
    """A WAV file. Invalid for a text that cannot be spoken, Unavailable."""
    text = " ".join(text.split())
    if not text or len(text) > LONGEST or not text.isprintable():
        raise Invalid(f"The text must have 1 to {LONGEST} characters.", field="text")
    return ENGINES[engine]().speak(text, language)
