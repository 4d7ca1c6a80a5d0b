# SPDX-License-Identifier: GPL-2.0-or-later
"""What a key of the configuration may hold, and what is said of anything else."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from firmware.config.dialplan import parse_pattern
from firmware.config.targets import Choice, Target, parse_choice, parse_target
from firmware.countries import CallerIdKind


class Section(BaseModel):
    """What all sections share: nothing unknown, nothing converted, nothing changed later."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True)


def matching(pattern: str, allowed: str) -> AfterValidator:
    """Text of that form; `allowed` says it in words."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(f'"{text}" cannot be used; use {allowed}')
        return text

    return AfterValidator(check)


def read_by(parse: Callable[[str], object]) -> AfterValidator:
    """Text that `parse` can read."""

    def check(text: str) -> str:
        parse(text)
        return text

    return AfterValidator(check)


def _caller_id(text: str) -> str:
    if text not in tuple(CallerIdKind):
        raise ValueError(f'"{text}" is no kind of caller ID; use one of {", ".join(CallerIdKind)}')
    return text


def _pattern(text: str) -> str:
    parse_pattern(text)
    return text


def _target(value: object) -> Target:
    if not isinstance(value, str):
        raise ValueError("must be text such as queue:support")
    return parse_target(value)


def _choice(value: object) -> Target | Choice:
    if not isinstance(value, str):
        raise ValueError("must be text such as queue:support or repeat")
    return parse_choice(value)


def each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    """ValueError when one is there twice."""
    if len(set(values)) != len(values):
        raise ValueError("each can be there once")
    return values


T = TypeVar("T")
Several = Annotated[tuple[T, ...], Field(strict=False)]

HOST = r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)"
PORT = r"(:(6553[0-5]|655[0-2]\d|65[0-4]\d\d|6[0-4]\d{3}|[1-5]\d{4}|[1-9]\d{0,3}))"
Text = Annotated[str, matching(r"[^\x00-\x1f\x7f]{0,80}", "up to 80 characters without line breaks")]
Name = Annotated[str, matching(r"[^\W_][\w.-]{0,63}", "letters, digits, - _ and . (at most 64)")]
Number = Annotated[str, matching(r"[0-9]{1,15}", "1 to 15 digits")]
OutsideNumber = Annotated[str, matching(r"(\+?[0-9*#]{1,32})?", "digits, * and #, with + in front or not")]
PortId = Annotated[str, matching(r"[a-z]{1,8}[1-9][0-9]{0,2}", "a port such as fxo1 or fxs1")]
Secret = Annotated[str, matching(r"[^\x00-\x1f\x7f]{1,256}", "1 to 256 characters without line breaks")]
CallerId = Annotated[str, AfterValidator(_caller_id)]
Contact = Annotated[str, matching(HOST + PORT, "HOST:PORT, e.g. 192.0.2.10:5060")]
FilePath = Annotated[str, matching(r"/[^\x00-\x1f\x7f]{1,250}", "the whole path of a file, e.g. /etc/tipring/ca.pem")]
DialPattern = Annotated[str, AfterValidator(_pattern)]
TargetText = Annotated[Target, BeforeValidator(_target)]
ChoiceText = Annotated[Target | Choice, BeforeValidator(_choice)]
PromptName = Annotated[str, matching(r"([^\W_][\w-]{0,62})?", "letters, digits, - and _ (at most 63)")]
Email = Annotated[str, matching(r"([^@\s<>,;\"]{1,64}@[A-Za-z0-9.-]{1,190})?", "an address like anna@example.com")]
Pin = Annotated[str, matching(r"([0-9]{4,12})?", "4 to 12 digits, or nothing")]
Patterns = Several[DialPattern]
Seconds = Annotated[float, Field(allow_inf_nan=False)]
