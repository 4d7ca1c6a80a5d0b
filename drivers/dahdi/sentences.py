# SPDX-License-Identifier: GPL-2.0-or-later
"""What is wrong with a DAHDI card or channel, as a sentence that tells the installer what to do."""

from __future__ import annotations

import errno
import os

from drivers.dahdi.ioctls import Alarm, Params, Signalling, SpanInfo
from drivers.port import PortKind

CONFIGURE = "then run dahdi_cfg"
WANTED = {PortKind.FXS: (Signalling.FXOKS, "fxoks"), PortKind.FXO: (Signalling.FXSKS, "fxsks")}


def no_card(error: OSError) -> str:
    """Why /dev/dahdi/ctl cannot be opened."""
    if error.errno in (errno.ENOENT, errno.ENXIO, errno.ENODEV):
        return (
            "There is no DAHDI here: the kernel module is not loaded. Load it with the card's driver "
            "(modprobe dahdi; modprobe wctdm24xxp, or the driver of your card), and look at dmesg if that fails."
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"No permission for {error.filename}. Let the user that runs Tipring into the group dahdi, and restart."
    return f"DAHDI does not answer ({os.strerror(error.errno or 0)}). Look at dmesg."


def no_channels() -> str:
    """DAHDI is loaded, and has no analog channel."""
    return (
        "DAHDI is loaded, but it has no analog port. Is the card's driver loaded (lsdahdi shows the cards), and does "
        f"/etc/dahdi/system.conf have a line for it? dahdi_genconf writes one, {CONFIGURE}."
    )


def not_opened(kind: PortKind, number: int, error: OSError) -> str:
    """Why a channel cannot be opened or does not work any more."""
    match error.errno:
        case errno.EBUSY:
            return (
                f"DAHDI channel {number} is in use by another program. Is Asterisk, FreeSWITCH or another Tipring "
                "running? Stop it: systemctl stop asterisk."
            )
        case errno.ENXIO | errno.EINVAL:
            return (
                f"DAHDI channel {number} is not configured. Put {WANTED[kind][1]}={number} into /etc/dahdi/system.conf "
                f"(dahdi_genconf writes the file for all channels), {CONFIGURE}."
            )
        case errno.ENODEV:
            return f"The card with DAHDI channel {number} was removed. Plug it in again, or load its driver."
        case errno.ENODATA:
            return (
                f"DAHDI channel {number} cannot ring without a tone zone. Put loadzone = us and defaultzone = us (or "
                f"your country) into /etc/dahdi/system.conf, {CONFIGURE}."
            )
    return no_card(error)


def wrong_signalling(kind: PortKind, number: int, params: Params) -> str:
    """ "" when the channel has the signalling that its kind of port needs."""
    wanted, word = WANTED[kind]
    has = Signalling(params.sigtype)
    if has == wanted:
        return ""
    name = has.name.lower() if has.name else "none"
    return (
        f"DAHDI channel {number} is an {kind.upper()} port, but its signalling is {name}: put {word}={number} into "
        f"/etc/dahdi/system.conf in its place, {CONFIGURE}. (DAHDI names the far end's side.)"
    )


def card_alarm(span: SpanInfo) -> str:
    """ "" when the card as a whole has no alarm."""
    alarms = Alarm(span.alarms) & (Alarm.RED | Alarm.YELLOW | Alarm.BLUE | Alarm.NOTOPEN)
    if not alarms:
        return ""
    kinds = " and ".join(alarm.name.lower() for alarm in alarms if alarm.name)
    return (
        f"The card “{span.desc.decode(errors='replace')}” is in {kinds} alarm. Check its power and its seat in the "
        "slot, and look at dmesg; the port comes back by itself."
    )
