# SPDX-License-Identifier: GPL-2.0-or-later
"""The office's own prompts: STATE/prompts/LANGUAGE/NAME.wav, each 8 kHz, mono, 16 bit.

Any process of the box may write one; it comes into force whole (a rename), and the core sees it when it is played next.
"""

from __future__ import annotations

import os
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from firmware import times
from firmware.errors import Conflict, Invalid, NotFound, Unavailable

LANGUAGES = ("any", "en", "zh")  # `any` is played whatever the caller speaks, unless there is one in that language
MOST = 500  # prompts
NAME = re.compile(r"[^\W_][\w-]{0,62}")
_HEADER = 44


@dataclass(frozen=True, slots=True)
class Prompt:
    """One that is there."""

    name: str
    language: str
    duration_s: float
    bytes: int
    changed_at: str

    def as_json(self) -> dict[str, Any]:
        """As the API shows it."""
        return asdict(self)


class PromptStore:
    """Of one state directory."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "prompts"

    def path(self, name: str, language: str) -> Path:
        """Where the prompt is or would be. Invalid for a name that cannot be one."""
        if not NAME.fullmatch(name):
            message = f'"{name}" cannot be a prompt\'s name; use letters, digits, - and _ (at most 63).'
            raise Invalid(message, field="name")
        if language not in LANGUAGES:
            raise Invalid(f'"{language}" is no language; use one of {", ".join(LANGUAGES)}.', field="language")
        return self._folder / language / f"{name}.wav"

    def find(self, name: str, language: str) -> Path | None:
        """What is played to a caller who speaks `language`; None when the office has none of its own."""
        if not NAME.fullmatch(name):
            return None
        candidates = (self._folder / there / f"{name}.wav" for there in (language, "any"))
        return next((path for path in candidates if path.is_file()), None)

    def all(self) -> list[Prompt]:
        """Every prompt, by name."""
        found = []
        for language in LANGUAGES:
            for path in (self._folder / language).glob("*.wav"):
                try:
                    found.append(_prompt(path, language))
                except FileNotFoundError:
                    continue  # deleted meanwhile
        return sorted(found, key=lambda prompt: (prompt.name, prompt.language))

    def one(self, name: str, language: str) -> Prompt:
        """NotFound."""
        try:
            return _prompt(self.path(name, language), language)
        except FileNotFoundError:
            raise NotFound(f"There is no prompt {name} ({language}).", code="no_such_prompt") from None

    def put(self, name: str, language: str, wav: bytes) -> Prompt:
        """Keeps what `convert` has made. Conflict when there are too many, Unavailable when the disk is full."""
        path = self.path(name, language)
        if not path.exists() and len(self.all()) >= MOST:
            raise Conflict(f"There are {MOST} prompts; delete one first.", code="too_many_prompts")
        try:
            write_whole(path, wav)
        except OSError as error:
            raise Unavailable(f"{path} cannot be written: {error.strerror}.", code="disk_full") from error
        return self.one(name, language)

    def delete(self, name: str, language: str) -> None:
        """NotFound."""
        try:
            self.path(name, language).unlink()
        except FileNotFoundError:
            raise NotFound(f"There is no prompt {name} ({language}).", code="no_such_prompt") from None


def write_whole(path: Path, data: bytes) -> None:
    """The file is there as a whole and durably, or as it was. OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _prompt(path: Path, language: str) -> Prompt:
    known = path.stat()
    at = times.iso(datetime.fromtimestamp(known.st_mtime, UTC))
    return Prompt(path.stem, language, round(max(0, known.st_size - _HEADER) / 16000, 3), known.st_size, at)
