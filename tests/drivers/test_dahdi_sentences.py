# SPDX-License-Identifier: GPL-2.0-or-later
"""What the installer reads when a DAHDI card does not work: the cause, the place, and what to do."""

from __future__ import annotations

import errno
import os

import pytest

from drivers.dahdi import sentences
from drivers.dahdi.discovery import kind_of
from drivers.dahdi.ioctls import Alarm, Params, Signalling, SpanInfo
from drivers.port import PortKind


def os_error(number: int) -> OSError:
    return OSError(number, os.strerror(number), "/dev/dahdi/ctl")


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOENT, "modprobe dahdi"),
        (errno.EACCES, "No permission for /dev/dahdi/ctl. Let the user that runs Tipring into the group dahdi"),
        (errno.EIO, "Look at dmesg"),
    ],
)
def test_no_card_is_told_by_its_cause(number: int, says: str) -> None:
    assert says in sentences.no_card(os_error(number))


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.EBUSY, "DAHDI channel 7 is in use by another program"),
        (errno.ENXIO, "Put fxsks=7 into /etc/dahdi/system.conf"),
        (errno.ENODEV, "channel 7 was removed"),
        (errno.ENODATA, "loadzone = us"),
        (errno.EACCES, "group dahdi"),
    ],
)
def test_a_channel_that_cannot_be_opened_is_told_by_its_cause(number: int, says: str) -> None:
    assert says in sentences.not_opened(PortKind.FXO, 7, os_error(number))


@pytest.mark.parametrize(
    ("kind", "has", "says"),
    [
        (PortKind.FXS, Signalling.FXOKS, ""),
        (PortKind.FXO, Signalling.FXSKS, ""),
        (PortKind.FXS, Signalling.FXOLS, "signalling is fxols: put fxoks=2 into /etc/dahdi/system.conf"),
        (PortKind.FXO, Signalling.FXSGS, "signalling is fxsgs: put fxsks=2 into /etc/dahdi/system.conf"),
        (PortKind.FXO, Signalling.NONE, "signalling is none: put fxsks=2 into"),
    ],
)
def test_wrong_signalling_names_the_line_that_mends_it(kind: PortKind, has: Signalling, says: str) -> None:
    sentence = sentences.wrong_signalling(kind, 2, Params(sigtype=has))
    assert says in sentence
    assert bool(sentence) is bool(says)


def test_a_card_in_alarm_is_named() -> None:
    span = SpanInfo(desc=b"OpenVox A400P", alarms=Alarm.RED | Alarm.YELLOW)
    assert sentences.card_alarm(span).startswith("The card “OpenVox A400P” is in yellow and red alarm. Check its power")
    assert sentences.card_alarm(SpanInfo(alarms=Alarm.RECOVER)) == ""


FXS_CARD = Signalling.FXOKS | Signalling.FXOLS | Signalling.FXOGS
FXO_CARD = Signalling.FXSKS | Signalling.FXSLS


@pytest.mark.parametrize(
    ("can", "is_", "kind"),
    [
        (FXS_CARD, Signalling.NONE, PortKind.FXS),
        (FXO_CARD, Signalling.NONE, PortKind.FXO),
        (FXS_CARD | FXO_CARD, Signalling.FXSKS, PortKind.FXO),
        (FXS_CARD | FXO_CARD, Signalling.FXOKS, PortKind.FXS),
        (FXS_CARD | FXO_CARD, Signalling.NONE, None),
        (Signalling.NONE, Signalling.NONE, None),
    ],
)
def test_the_kind_of_a_port_is_what_it_can_do_or_else_how_it_is_set_up(
    can: Signalling, is_: Signalling, kind: PortKind | None
) -> None:
    assert kind_of(Params(sigcap=can, sigtype=is_)) is kind
