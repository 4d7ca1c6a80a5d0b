# SPDX-License-Identifier: GPL-2.0-or-later
"""A recording with all that is known of its call, for others."""

from __future__ import annotations

from typing import Any

from firmware import times
from firmware.archive.library import Library
from firmware.archive.notebook import Notebook
from firmware.archive.vcon import vcon
from firmware.records import Recording
from firmware.store.history import History


def container(
    recording: Recording, history: History, notebook: Notebook, library: Library, document: dict[str, Any], codec: str
) -> dict[str, Any]:
    """The vCon of a recording. `document` is the configuration, for names. As `Library.sound`."""
    sound = b"".join(library.sound(recording, codec).read(0, None))
    cdr = history.call(recording.call)
    agents = {agent["id"]: agent.get("name", "") for agent in document.get("agent", [])}
    notes, tags, legs = notebook.notes(recording.id), notebook.tags(recording.id), history.legs_of(cdr.id)
    return vcon(cdr, recording, legs, notes, tags, codec, sound, agents.get(cdr.agent or "", ""), times.now())
