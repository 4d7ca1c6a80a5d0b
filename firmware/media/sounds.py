# SPDX-License-Identifier: GPL-2.0-or-later
"""Prompts and music, in memory before anybody hears them."""

from __future__ import annotations

import io
import logging
import wave
from pathlib import Path

from drivers.lineaudio import Sound
from firmware.prompts.builtin import MUSIC
from firmware.prompts.store import PromptStore

log = logging.getLogger(__name__)


def samples_of(wav: bytes) -> bytes:
    """Samples of a 16-bit mono WAV file at 8 kHz. ValueError for any other."""
    with wave.open(io.BytesIO(wav), "rb") as file:
        if (file.getnchannels(), file.getsampwidth(), file.getframerate()) != (1, 2, 8000):
            raise ValueError("it must be 8 kHz, mono, 16 bit")
        return file.readframes(file.getnframes())


class Sounds:
    """The system's sounds: `music.wav` and prompts, one folder a language; the office's own prompts come before them.

    Each is loaded when it is first needed; one of the office's again when it has changed.
    """

    def __init__(self, folder: Path, own: PromptStore) -> None:
        self._folder, self._own = folder, own
        self._loaded: dict[Path, Sound | None] = {}
        self._of_office: dict[Path, tuple[int, Sound | None]] = {}

    def prompt(self, name: str, language: str) -> Sound | None:
        """A prompt in the language, else in English; None (and a line in the log) when there is none."""
        if (path := self._own.find(name, language)) and (sound := self._load_own(path)):
            return sound
        return self._load(self._folder / language / f"{name}.wav") or self._load(self._folder / "en" / f"{name}.wav")

    def has(self, name: str, language: str) -> bool:
        """Whether `prompt` would find one."""
        there = (self._folder / known / f"{name}.wav" for known in (language, "en"))
        return self._own.find(name, language) is not None or any(path.is_file() for path in there)

    def _load_own(self, path: Path) -> Sound | None:
        """A look at the file's time costs no disk access; whoever hears the old sound hears it to its end."""
        try:
            changed = path.stat().st_mtime_ns
        except OSError:
            return None
        known = self._of_office.get(path)
        if known and known[0] == changed:
            return known[1]
        if known and known[1]:
            known[1].close()
        self._of_office[path] = changed, self._read(path)
        return self._of_office[path][1]

    def music(self, language: str) -> Sound | None:
        """Music on hold: the office's prompt of that name, else the box's."""
        if (path := self._own.find(MUSIC, language)) and (sound := self._load_own(path)):
            return sound
        return self._load(self._folder / f"{MUSIC}.wav")

    def close(self) -> None:
        """Frees all of them."""
        for sound in (*self._loaded.values(), *(sound for _, sound in self._of_office.values())):
            if sound:
                sound.close()
        self._loaded.clear()
        self._of_office.clear()

    def _load(self, path: Path) -> Sound | None:
        if path not in self._loaded:
            self._loaded[path] = self._read(path)
        return self._loaded[path]

    @staticmethod
    def _read(path: Path) -> Sound | None:
        try:
            return Sound(samples_of(path.read_bytes()))
        except (OSError, ValueError, EOFError, wave.Error) as error:
            log.warning("No sound from %s: %s. Run `make sounds`.", path, error)
            return None
