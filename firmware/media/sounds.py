# SPDX-License-Identifier: GPL-2.0-or-later
"""Prompts and music, in memory before anybody hears them."""

from __future__ import annotations

import logging
import wave
from pathlib import Path

from drivers.lineaudio import Sound

log = logging.getLogger(__name__)


def read_wav(path: Path) -> bytes:
    """Samples of a 16-bit mono WAV file at 8 kHz. ValueError for any other."""
    with wave.open(str(path), "rb") as file:
        if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, 8000):
            raise ValueError(f"{path.name} must be 8 kHz, mono, 16 bit")
        return file.readframes(file.getnframes())


class Sounds:
    """The sounds of a folder: `music.wav`, and prompts in one folder a language. Loaded once, when first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loaded: dict[Path, Sound | None] = {}

    def prompt(self, name: str, language: str) -> Sound | None:
        """A prompt in the language, else in English; None (and a line in the log) when there is none."""
        return self._load(self._folder / language / f"{name}.wav") or self._load(self._folder / "en" / f"{name}.wav")

    def music(self) -> Sound | None:
        """Music on hold."""
        return self._load(self._folder / "music.wav")

    def close(self) -> None:
        """Frees all of them."""
        for sound in self._loaded.values():
            if sound:
                sound.close()
        self._loaded.clear()

    def _load(self, path: Path) -> Sound | None:
        if path not in self._loaded:
            try:
                self._loaded[path] = Sound(read_wav(path))
            except (OSError, ValueError, EOFError, wave.Error) as error:
                log.warning("No sound from %s: %s. Run `make sounds`.", path, error)
                self._loaded[path] = None
        return self._loaded[path]
