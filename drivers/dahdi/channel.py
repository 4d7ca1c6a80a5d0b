# SPDX-License-Identifier: GPL-2.0-or-later
"""One open DAHDI channel: every ioctl that an analog port needs, by name. No state, no policy.

All methods raise OSError as the kernel gives it: ENODEV once the card is gone, ENOTTY for what the card cannot do.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import logging
import os
import struct
from collections.abc import Iterator, Sequence
from typing import TypeVar

from drivers.dahdi import ioctls
from drivers.dahdi.ioctls import (
    BufferInfo,
    DialOp,
    EchoCancelParams,
    Flush,
    Gains,
    Hook,
    Law,
    Params,
    SpanInfo,
    Vmwi,
    VmwiInfo,
)

DEVICE = "/dev/dahdi/channel"
CONTROL = "/dev/dahdi/ctl"
TIMER = "/dev/dahdi/timer"
BLOCK_BYTES = 160  # 20 ms of G.711

log = logging.getLogger(__name__)

_Structure = TypeVar("_Structure", bound=ctypes.Structure)


def ask(fd: int, request: int, question: _Structure) -> _Structure:
    """Fills a structure."""
    fcntl.ioctl(fd, request, question)
    return question


def open_timer(samples: int) -> int:
    """A descriptor with POLLPRI each `samples` of the master span's clock, to be acknowledged by TIMERACK; or -1.

    When no span ticks, the core's own timer goes on (dahdi-base.c, coretimer_func).
    """
    try:
        fd = os.open(TIMER, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        log.warning("%s cannot be opened (%s): the bridge goes by the machine's clock", TIMER, error.strerror)
        return -1
    fcntl.ioctl(fd, ioctls.TIMERCONFIG, struct.pack("=i", samples))
    return fd


class Channel:
    """Channel `number`, opened for this process alone, non-blocking. OSError when that is not possible."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.fd = os.open(DEVICE, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            self._set(ioctls.SPECIFY, number)
        except OSError:
            os.close(self.fd)
            raise

    def close(self) -> None:
        """Lets go; the core hangs up when nobody else has a duplicate."""
        os.close(self.fd)

    def _set(self, request: int, value: int) -> None:
        fcntl.ioctl(self.fd, request, struct.pack("=i", value))

    # ---- what it is ------------------------------------------------------------------------------

    def params(self) -> Params:
        """The channel as it is now."""
        return ask(self.fd, ioctls.GET_PARAMS, Params())

    def span(self) -> SpanInfo:
        """The card it is on."""
        return ask(self.fd, ioctls.SPANSTAT, SpanInfo())

    def set_times(self, **milliseconds: int) -> None:
        """Sets times of `Params` by name."""
        params = self.params()
        for name, value in milliseconds.items():
            setattr(params, name, value)
        fcntl.ioctl(self.fd, ioctls.SET_PARAMS, params)

    # ---- signalling ------------------------------------------------------------------------------

    def hook(self, value: Hook) -> None:
        """Begins to ring, flash, seize or release. EBUSY while the core is still at something else.

        EINPROGRESS says that the core now does it by itself, which is what a non-blocking descriptor asks for.
        """
        try:
            self._set(ioctls.HOOK, value)
        except OSError as error:
            if error.errno != errno.EINPROGRESS:
                raise

    def events(self) -> Iterator[int]:
        """What happened since the last time, oldest first."""
        for _ in range(ioctls.DAHDI_MAX_EVENTSIZE):
            (event,) = struct.unpack("=i", fcntl.ioctl(self.fd, ioctls.GETEVENT, bytes(4)))
            if event == ioctls.Event.NONE:
                return
            yield event

    def set_cadence(self, cadence_ms: Sequence[int]) -> None:
        """On and off times of the ring, repeated as a whole. ValueError for more than 16."""
        if len(cadence_ms) > ioctls.DAHDI_MAX_CADENCE:
            raise ValueError(f"a cadence has at most {ioctls.DAHDI_MAX_CADENCE} times")
        cadence = ioctls.RingCadence()
        cadence.ringcadence[: len(cadence_ms)] = list(cadence_ms)
        fcntl.ioctl(self.fd, ioctls.SETCADENCE, cadence)

    def dial_pulses(self, digits: str) -> None:
        """Begins to dial; the event DIALCOMPLETE says that it is done."""
        self._dial(DialOp.REPLACE, f"P{digits}")

    def stop_dialling(self) -> None:
        """Forgets what is not dialled yet."""
        self._dial(DialOp.CANCEL, "")

    def _dial(self, operation: DialOp, digits: str) -> None:
        fcntl.ioctl(self.fd, ioctls.DIAL, ioctls.DialOperation(operation, digits.encode()))

    def set_polarity(self, *, reversed: bool) -> None:
        """Of the battery that an FXS port feeds."""
        self._set(ioctls.SETPOLARITY, int(reversed))

    def transmit_on_hook(self, ms: int) -> None:
        """Lets an FXS port be heard by a phone on hook for so long: caller ID, message waiting by FSK."""
        self._set(ioctls.ONHOOKTRANSFER, ms)

    def set_message_waiting(self, how: Vmwi, count: int) -> None:
        """Lights the lamp of a phone by voltage for `count` messages, where the card can."""
        fcntl.ioctl(self.fd, ioctls.VMWI_CONFIG, VmwiInfo(how))
        self._set(ioctls.VMWI, count)

    # ---- sound -----------------------------------------------------------------------------------

    def set_buffers(self, count: int) -> None:
        """`count` blocks of 20 ms each way, given out as soon as they are full."""
        policy = ioctls.POLICY_IMMEDIATE
        fcntl.ioctl(self.fd, ioctls.SET_BUFINFO, BufferInfo(policy, policy, count, BLOCK_BYTES, 0, 0))

    def flush(self, what: Flush) -> None:
        """Throws away sound or events that wait."""
        self._set(ioctls.FLUSH, what)

    def set_law(self, law: Law) -> None:
        """Companding of what is read and written, until the channel is closed."""
        self._set(ioctls.SETLAW, law)

    def set_echo_canceller(self, taps: int, **parameters: int) -> None:
        """Of so many samples (32 to 1024), with parameters that its kind knows; 0 switches it off.

        It does nothing, and does not say so, when the channel has none: see `drivers.dahdi.echo.canceller_of`.
        """
        wanted = EchoCancelParams(taps, len(parameters))
        for place, (name, value) in zip(wanted.params, parameters.items(), strict=False):
            place.name, place.value = name.encode(), value
        fcntl.ioctl(self.fd, ioctls.ECHOCANCEL_PARAMS, wanted)

    def set_gains(self, received: bytes, sent: bytes) -> None:
        """Tables of 256 G.711 codes: which one each becomes."""
        gains = Gains(0)
        gains.rxgain[:] = received
        gains.txgain[:] = sent
        fcntl.ioctl(self.fd, ioctls.SETGAINS, gains)
