# SPDX-License-Identifier: GPL-2.0-or-later
"""What pages and API show of recordings alike: the outline, the disk, the call as a vCon."""

from __future__ import annotations

import contextlib
from typing import Any

from firmware import times
from firmware.archive import peaks
from firmware.archive.budget import Budget, free_bytes
from firmware.archive.keeping import budget
from firmware.archive.library import TYPES, peaks_path
from firmware.archive.settings import settings_of
from firmware.errors import Invalid
from firmware.records import Recording
from firmware.store.connect import open_for_reading
from webui.auth import Identity
from webui.box import Box

Json = dict[str, Any]


def outline_of(box: Box, recording: Recording) -> Json:
    """From its file, or made anew from the sound: a few seconds for an hour. As `Library.pcm`."""
    library = box.library()
    with contextlib.suppress(OSError, ValueError):
        return peaks.as_json(peaks_path(library.path(recording)).read_bytes())
    return peaks.as_json(peaks.outline(library.pcm(recording), library.samples(recording)))


def budget_of(box: Box) -> Budget:
    """How long the disk lasts."""
    limit = settings_of(box.document()).max_bytes
    with contextlib.closing(open_for_reading(box.state / "history.db")) as db:
        return budget(db, times.now(), free_bytes(box.state), limit)


def vcon_of(box: Box, recording: Recording, who: Identity, codec: str) -> Json:
    """The container, noted with who exports it. Invalid; as `Library.sound`."""
    if codec not in TYPES:
        raise Invalid(f'"{codec}" is no format; use one of {", ".join(TYPES)}.', field="format")
    from firmware.archive.export import container

    made = container(recording, box.history, box.notebook, box.library(), box.document(), codec)
    box.notebook.heard(recording.id, who.name, "exported", "vcon")
    return made
