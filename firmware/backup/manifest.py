# SPDX-License-Identifier: GPL-2.0-or-later
"""What a backup says of itself: `about.json` is its first member, `digests` (in the form of sha256sum) its last."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

import firmware
from firmware.backup.age import Damaged, NotABackup
from firmware.errors import Invalid
from firmware.store.migrations import VERSIONS

FORMAT = 1
ABOUT, DIGESTS = "about.json", "digests"
OUTSIDE_KEY = "outside/recordings.key"  # the key of recordings, which lies outside of the state directory
FOLDERS = ("voicemail", "prompts", "doctor", "edge", "acme", "backup", "recordings", "outside")
FILES = ("config.db", "history.db")


class Newer(Invalid):
    code = "backup_newer"


@dataclass(frozen=True, slots=True)
class About:
    """`octets`: of all that is in it, unpacked. `ports` are those of the box that made it."""

    made_at: str
    box: str
    name: str
    ports: list[str]
    history: bool
    recordings: bool
    octets: int
    version: str = firmware.__version__
    schemas: dict[str, int] = field(default_factory=lambda: dict(VERSIONS))
    format: int = FORMAT

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read(text: bytes) -> About:
    """NotABackup, Newer."""
    try:
        given = json.loads(text)
        about = About(**{name: given[name] for name in About.__slots__})
    except (ValueError, KeyError, TypeError):
        raise NotABackup("This file is encrypted as a backup is, and has no backup of a box in it.") from None
    newer = {name for name, schema in about.schemas.items() if schema > VERSIONS.get(name, 0)}
    if about.format > FORMAT or newer:
        raise Newer(
            f"This backup was made by a newer Tipring ({about.version}; this one is {firmware.__version__}). "
            "Update this box first, then restore."
        )
    return about


def is_allowed(name: str) -> bool:
    """Whether a member may be written below a state directory under this name. Damaged for one that tries to leave."""
    parts = name.split("/")
    if name.startswith("/") or any(part in ("", ".", "..") for part in parts) or "\0" in name:
        raise Damaged(f"The backup has a file with an impossible name ({name!r}).")
    return name in FILES or (len(parts) > 1 and parts[0] in FOLDERS)
