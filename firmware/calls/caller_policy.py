# SPDX-License-Identifier: GPL-2.0-or-later
"""Who a provider is told that calls, and who it says that calls: From, P-Asserted-Identity (RFC 3325) and Privacy
(RFC 3323). The latter two only between the box and a trunk that is `trusted`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from firmware.calls.leg import Caller
from firmware.calls.sip_leg import from_header, identity
from firmware.config import TrunkSip

HIDING = {"id", "user", "header", "critical"}


@dataclass(frozen=True, slots=True)
class Shown:
    """The value of From, and further headers."""

    sender: str
    headers: dict[str, str] = field(default_factory=dict)


def number_of(caller: Caller, sip: TrunkSip, inside: Collection[str]) -> str:
    """The number that the policy of the trunk shows; `inside` are the numbers of the house."""
    own = sip.number or sip.username
    if sip.caller_id == "own" or not caller.number:
        return own
    if sip.caller_id == "extension" and caller.number not in inside:
        return own
    return caller.number


def shown(caller: Caller, sip: TrunkSip, host: str, inside: Collection[str]) -> Shown:
    """What an INVITE to the provider says of who calls."""
    own = Caller(number_of(caller, sip, inside), "" if caller.private else caller.name)
    headers = {}
    if sip.trusted:
        headers["P-Asserted-Identity"] = from_header(own, host)
    if caller.private:
        return Shown(from_header(caller, host), headers | {"Privacy": "id"})
    return Shown(from_header(own, host), headers)


def calling(header: Callable[[str], str], trusted: bool) -> Caller:
    """Who calls, by an INVITE's headers."""
    claimed = identity(header("From"))
    asserted = identity(header("P-Asserted-Identity")) if trusted else Caller()
    hidden = {part.strip().lower() for part in header("Privacy").split(";")} & HIDING
    if claimed.private or (trusted and hidden):
        return Caller(private=True)
    return Caller(asserted.number, asserted.name or claimed.name) if asserted.number else claimed
