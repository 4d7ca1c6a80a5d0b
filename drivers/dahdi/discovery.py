# SPDX-License-Identifier: GPL-2.0-or-later
"""Which cards and analog channels DAHDI has, asked without opening any channel."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from drivers.dahdi import sentences
from drivers.dahdi.channel import CONTROL, ask
from drivers.dahdi.ioctls import (
    DAHDI_MAX_CHANNELS,
    DAHDI_MAX_SPANS,
    GET_PARAMS,
    SPANSTAT,
    Params,
    Signalling,
    SpanInfo,
)
from drivers.port import PortError, PortKind

_Structure = TypeVar("_Structure", Params, SpanInfo)


@dataclass(frozen=True, slots=True)
class Found:
    """An analog channel, and the card that it is on as a person knows it."""

    number: int
    kind: PortKind
    card: str


def kind_of(params: Params) -> PortKind | None:
    """What kind of port a channel is, by what it can do, else by how it is configured; None when not analog.

    A channel that can be both (a channel bank behind a T1) is what its signalling says.
    """
    for signalling in (Signalling(params.sigcap), Signalling(params.sigtype)):
        fxs, fxo = Signalling.ANY_FXO in signalling, Signalling.ANY_FXS in signalling
        if fxs is not fxo:
            return PortKind.FXS if fxs else PortKind.FXO
    return None


def discover() -> list[Found]:
    """The analog channels in their order. PortError when there is no DAHDI, no permission, or no analog channel."""
    try:
        control = os.open(CONTROL, os.O_RDWR | os.O_CLOEXEC)
    except OSError as error:
        raise PortError(sentences.no_card(error)) from error
    try:
        found = list(_channels(control))
    except OSError as error:
        raise PortError(sentences.no_card(error)) from error
    finally:
        os.close(control)
    if not found:
        raise PortError(sentences.no_channels())
    return found


def _channels(control: int) -> Iterator[Found]:
    spans = list(_spans(control))
    cards = {span.spanno: _name(span) for span in spans}
    left = sum(span.totalchans for span in spans)
    for number in range(1, DAHDI_MAX_CHANNELS + 1):
        if not left:
            return
        params = _if_there(control, GET_PARAMS, Params(channo=number))
        if params is None or not params.spanno:
            continue
        left -= 1
        if kind := kind_of(params):
            yield Found(number, kind, cards.get(params.spanno, ""))


def _spans(control: int) -> Iterator[SpanInfo]:
    """Their numbers may have gaps where a card was removed."""
    for number in range(1, DAHDI_MAX_SPANS + 1):
        if (span := _if_there(control, SPANSTAT, SpanInfo(spanno=number))) is not None:
            yield span


def _if_there(control: int, request: int, question: _Structure) -> _Structure | None:
    try:
        return ask(control, request, question)
    except OSError as error:
        if error.errno in (errno.EINVAL, errno.ENXIO):
            return None
        raise


def _name(span: SpanInfo) -> str:
    """As printed on the box or in the shop: the description names the board; else the device type."""
    name: bytes = span.desc or span.devicetype or span.name
    return name.decode(errors="replace")
