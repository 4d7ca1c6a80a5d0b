# SPDX-License-Identifier: GPL-2.0-or-later
"""A call that is sent on and on ends with a cause, not with the box."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest

from firmware.calls import destinations
from firmware.calls.causes import Cause, to_sip
from firmware.calls.leg import Failed
from firmware.config import Target, TargetKind


def test_the_sixth_place_that_sends_it_on_is_one_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    call: Any = SimpleNamespace(hops=0)
    visited: list[str] = []

    async def forwards(host: Any, call: Any, caller: Any, number: str) -> None:
        visited.append(number)
        await destinations.connect(
            host, call, caller, Target(TargetKind.EXTENSION, "202" if number == "201" else "201")
        )

    monkeypatch.setattr(destinations, "to_extension", forwards)
    with pytest.raises(Failed, match="the call goes round: 5 places sent it on") as failed:
        asyncio.run(destinations.connect(cast(Any, None), call, cast(Any, None), Target(TargetKind.EXTENSION, "201")))
    assert visited == ["201", "202"] * 2 + ["201"]
    assert failed.value.cause is Cause.ROUTING_ERROR
    assert to_sip(failed.value.cause) == 483


def test_every_cause_has_a_sip_response() -> None:
    assert all(400 <= to_sip(cause) < 700 for cause in Cause)
