# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests that nobody thought of, to every route of the API: schemathesis makes them of the API's own document.

Half of them keep to the document, half of them do not. Each answer must be one that the document has, and none a fault
of the box (500).
"""

from __future__ import annotations

import itertools
import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, CheckContext, Response
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)


def no_fault(context: CheckContext, response: Response, case: Case[Any]) -> bool | None:
    """No answer is a fault of the box; 503 says that something is away for now."""
    return None if response.status_code == AWAY else not_a_server_error(context, response, case)


AWAY = 503
CHECKS = [
    no_fault, status_code_conformance, content_type_conformance, response_schema_conformance, ignored_auth,
    unsupported_method,
]  # fmt: skip
ENDLESS = ("/events",)
PATIENCE_S = 30.0


@schemathesis.serializer("audio/wav")
def _as_it_is(context: Any, value: Any) -> bytes:
    """A body of sound."""
    return value if isinstance(value, bytes) else str(value).encode()


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer that the document does not have, and how to get it again."""

    route: str
    what: str


def document_of(url: str) -> dict[str, Any]:
    """The document that a box serves."""
    with urllib.request.urlopen(f"{url}/api/v1/openapi.json", timeout=PATIENCE_S) as answer:  # noqa: S310
        found: dict[str, Any] = json.load(answer)
    return found


def faults(url: str, token: str, examples: int, seed: int, part: int = 0, parts: int = 1) -> Iterator[Fault]:
    """Tries each route (of one of `parts`) `examples` times as the document says, and as often with what it forbids."""
    schema = schemathesis.openapi.from_dict(document_of(url))
    headers = {"Authorization": f"Bearer {token}"}
    for found in itertools.islice(schema.get_all_operations(), part, None, parts):
        operation: Any = found.ok()  # type: ignore[union-attr]
        if operation.path.removeprefix("/api/v1") in ENDLESS:
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            yield from _faults_of(operation, mode, url, headers, examples, seed)


def _faults_of(
    operation: Any, mode: GenerationMode, url: str, headers: dict[str, str], examples: int, seed: int
) -> Iterator[Fault]:
    @hypothesis.seed(seed)
    @settings(
        max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case[Any]) -> None:
        case.call_and_validate(base_url=f"{url}/api/v1", headers=headers, checks=CHECKS, timeout=PATIENCE_S)

    try:
        ask()
    except FailureGroup as group:
        for failure in group.exceptions:
            yield Fault(operation.label, str(failure))
    except hypothesis.errors.Unsatisfiable:
        return  # nothing about it can be wrong
