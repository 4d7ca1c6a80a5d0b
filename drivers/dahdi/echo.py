# SPDX-License-Identifier: GPL-2.0-or-later
"""The echo canceller of a channel: the card's own, or one of DAHDI's modules (MG2, OSLEC, …), as system.conf says."""

from __future__ import annotations

import logging
from pathlib import Path

from drivers.dahdi.channel import Channel

log = logging.getLogger(__name__)

CHANNELS = Path("/sys/bus/dahdi_channels/devices")  # dahdi-sysfs-chan.c; DAHDI has no ioctl that tells


def canceller_of(number: int, channels: Path = CHANNELS) -> str:
    """Its name, as in "MG2", of channel `number`; "" when none is configured, or sysfs does not tell."""
    for device in channels.glob("*"):
        try:
            if int((device / "channo").read_text()) == number:
                return (device / "ec_factory").read_text().strip()
        except (OSError, ValueError):
            continue  # it went away meanwhile, or it is another version's
    return ""


class EchoCanceller:
    """Of one port. It is on from the beginning of each call, unless it is switched off for the rest of one.

    `taps` are samples of echo that are cancelled, 32 to 1024; 0 never switches it on.
    """

    def __init__(self, id: str, number: int, taps: int) -> None:
        self._id, self._number, self._taps = id, number, taps
        self.name = ""

    def opened(self) -> None:
        """The channel is there: which canceller has it?"""
        self.name = canceller_of(self._number) if self._taps else ""

    @property
    def there(self) -> bool:
        """True when the channel has one."""
        return bool(self.name)

    def switch(self, channel: Channel, *, on: bool) -> None:
        """Begins afresh, or ends. Where it fails, sound goes on without it."""
        if not self.there:
            return
        try:
            channel.set_echo_canceller(self._taps if on else 0)
        except OSError as error:
            log.info("%s: the echo canceller %s cannot be switched: %s", self._id, self.name, error.strerror)
