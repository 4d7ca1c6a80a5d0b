# SPDX-License-Identifier: GPL-2.0-or-later
"""What a webhook's settings may be."""

from __future__ import annotations

import pytest

from firmware.config import ConfigInvalid, check

HOOK = {"name": "crm", "url": "https://crm.example.com/hook?box=1", "secret": "a-secret-of-the-crm"}


def problems(**more: object) -> list[str]:
    try:
        check({"webhook": [HOOK | more]}, None)
    except ConfigInvalid as error:
        return [problem.path for problem in error.errors]
    return []


def test_a_receiver_has_a_name_an_address_and_a_secret() -> None:
    assert problems() == []
    assert problems(secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", events=["tipring.alarm.raised"]) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("url", "ftp://crm.example.com"),
        ("url", "https://user@crm.example.com/"),
        ("secret", "short"),
        ("secret", "whsec_this-is-no-base64"),
        ("give_up_days", 8),
    ],
)
def test_what_cannot_be_is_named(key: str, value: object) -> None:
    assert problems(**{key: value}) == [f"webhook[0].{key}"]


def test_an_event_that_there_is_not_is_named() -> None:
    assert problems(events=["tipring.nothing"]) == ["webhook[0].events[0]"]


def test_two_of_one_name_are_told_apart() -> None:
    with pytest.raises(ConfigInvalid):
        check({"webhook": [HOOK, HOOK]}, None)
