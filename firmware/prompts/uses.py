# SPDX-License-Identifier: GPL-2.0-or-later
"""Where the configuration names a prompt; what it needs is not deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from firmware.errors import Conflict
from firmware.prompts import builtin
from firmware.prompts.store import PromptStore

KEYS = frozenset(("prompt", "prompts", "greeting", "music"))


def uses(document: Mapping[str, Any], name: str) -> list[str]:
    """Paths such as `ivr[0].prompt`."""
    return list(_uses(document, name, "", ""))


def _uses(value: Any, name: str, path: str, key: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner, item in value.items():
            yield from _uses(item, name, f"{path}.{inner}" if path else str(inner), str(inner))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _uses(item, name, f"{path}[{place}]", key)
    elif value == name and key in KEYS:
        yield path


def delete(store: PromptStore, document: Mapping[str, Any], name: str, language: str) -> None:
    """NotFound; Conflict (`prompt_in_use`) while the configuration needs it and nothing else is said instead.

    That is one in another language, or the box's own one of this name.
    """
    store.one(name, language)
    used = [] if name in builtin.texts("en") else uses(document, name)
    if used and not any(prompt.name == name and prompt.language != language for prompt in store.all()):
        where = ", ".join(used)
        message = f"The prompt {name} is in use ({where}); choose another one there first."
        raise Conflict(message, code="prompt_in_use")
    store.delete(name, language)
