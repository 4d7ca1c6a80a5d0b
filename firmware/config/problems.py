# SPDX-License-Identifier: GPL-2.0-or-later
"""What is wrong with a configuration: a path, and a sentence that says what is allowed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from firmware.errors import Invalid

_BARE = re.compile(r"[^\W\d][\w-]*")


def path_of(*parts: str | int) -> str:
    """`extension[1].port`; keys that are no plain words stand in quotes: `agent[0].queues."a b"`."""
    path = ""
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
            continue
        key = part if _BARE.fullmatch(part) else json.dumps(part, ensure_ascii=False)
        path += f".{key}" if path else key
    return path


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """One error: where, and what is wrong and what is allowed."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class ConfigInvalid(Invalid):
    """The configuration cannot be used; `errors` names everything that is wrong, in the file's order of tables."""

    code = "config_invalid"

    def __init__(self, errors: Iterable[ConfigProblem]) -> None:
        self.errors = tuple(errors)
        count = f"{len(self.errors)} errors" if len(self.errors) != 1 else "an error"
        listed = "; ".join(str(problem) for problem in self.errors)
        super().__init__(f"The configuration has {count}: {listed}", field=self.errors[0].path if self.errors else None)

    def as_json(self) -> list[dict[str, str]]:
        """The errors as the control socket and the REST API list them."""
        return [{"path": problem.path, "message": problem.message} for problem in self.errors]
