# SPDX-License-Identifier: GPL-2.0-or-later
"""What is wrong with what was entered: at a field of the form where there is one for it, else as a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from firmware.errors import TipringError
from webui.http import status_of
from webui.pages.route import Visit
from webui.settings import places
from webui.settings.tables import Document

CONFIG_INVALID = "config_invalid"
MEANWHILE = 409  # somebody else was first (RFC 9110, section 15.5.10)
_PATH = re.compile(r"\b[a-z]+\[\d+\](?:\.\w+)?")


@dataclass(frozen=True)
class Said:
    """`problems` at keys of the item that the form is for, `others` as sentences."""

    problems: Mapping[str, str] = field(default_factory=dict)
    others: tuple[str, ...] = ()
    status: int = 200


NOTHING = Said()


def problems_of(visit: Visit, error: TipringError, document: Document, prefix: str) -> Said:
    """An error as it is shown on a form whose keys are under `prefix` in `document`."""
    status = status_of(error)
    if error.code != CONFIG_INVALID:
        said = visit.tell(error)
        return Said({error.field: said}, (), status) if error.field else Said({}, (said,), status)
    own: dict[str, str] = {}
    others = []
    for problem in getattr(error, "errors", ()):
        path, message = _turned(problem.path, problem.message, prefix)
        text = _PATH.sub(lambda found: places.words(visit.say, document, found[0]), visit.sentence(message))
        if prefix and path.startswith((f"{prefix}.", f"{prefix}[")):
            own[path[len(prefix) :].removeprefix(".")] = text[:1].upper() + text[1:]
        else:
            others.append(text if path == prefix else f"{places.words(visit.say, document, path)}: {text}")
    return Said(own, tuple(others), status)


def _turned(path: str, message: str, prefix: str) -> tuple[str, str]:
    """A clash that the check found at the other thing is told here, where something can be done about it."""
    mine = re.search(rf"{re.escape(prefix)}\.[\w.]+", message) if prefix else None
    if mine is None or path.startswith(prefix):
        return path, message
    return mine[0], message.replace(mine[0], path)
