# SPDX-License-Identifier: GPL-2.0-or-later
"""Parties who hear each other: two as a rule, more in a conference."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence

from drivers import lineaudio
from drivers.lineaudio import FaxTone, Recorder
from firmware.calls.leg import Leg
from firmware.calls.sip_leg import SipLeg


@contextlib.contextmanager
def joined(a: Leg, b: Leg, recorder: Recorder | None) -> Iterator[None]:
    """Lets two parties hear each other, also after one of them held the call and came back."""
    path = _Path(a, b, recorder)
    path.open()
    told = a.on_digit, b.on_digit
    for leg in (a, b):
        leg.on_moved.append(path.open)
        leg.on_digit = functools.partial(path.digit, leg, leg.on_digit)
        leg.on_fax.append(path.fax)
    try:
        yield
    finally:
        a.on_digit, b.on_digit = told
        for leg in (a, b):
            leg.on_moved.remove(path.open)
            leg.on_fax.remove(path.fax)
        path.close()


class _Path:
    """Straight across when both are plain SIP, else through the bridge."""

    def __init__(self, a: Leg, b: Leg, recorder: Recorder | None) -> None:
        self._a, self._b, self._recorder = a, b, recorder
        self._bridged: list[tuple[int, int]] = []

    def open(self) -> None:
        self.close()
        a, b = self._a, self._b
        if isinstance(a, SipLeg) and isinstance(b, SipLeg) and lineaudio.direct(a.pj_id, b.pj_id, self._recorder):
            return
        wanted = [(a.slot, b.slot), (b.slot, a.slot)]
        if self._recorder:
            left, right = self._recorder.slots()
            wanted += [(a.slot, left), (b.slot, right)]
        self._bridged = [pair for pair in wanted if min(pair) >= 0]  # a leg on hold may have no place on the bridge
        for source, sink in self._bridged:
            lineaudio.connect(source, sink)

    def digit(self, leg: Leg, told: Callable[[str], None], digit: str) -> None:
        """Signalled digits do not cross the bridge as sound does (straight across they do), and SIP wants those that
        came as sound signalled (RFC 4733, section 1.2): its menus hear no tones.
        """
        told(digit)
        other = self._b if leg is self._a else self._a
        if self._bridged and (isinstance(leg, SipLeg) or isinstance(other, SipLeg)):
            other.send_digit(digit)

    def fax(self, tone: FaxTone) -> None:
        """An answer tone with phase reversals wants no echo canceller on its way (ITU-T V.25, G.168)."""
        if tone in (FaxTone.CED, FaxTone.CED_REVERSED):
            for leg in (self._a, self._b):
                if isinstance(leg, SipLeg):
                    leg.only_g711()
        if tone is FaxTone.CED_REVERSED:
            self._a.cancel_echo(False)
            self._b.cancel_echo(False)

    def close(self) -> None:
        if isinstance(self._a, SipLeg):
            lineaudio.part(self._a.pj_id)
        if isinstance(self._b, SipLeg):
            lineaudio.part(self._b.pj_id)
        for source, sink in self._bridged:
            lineaudio.disconnect(source, sink)
        self._bridged = []


Hears = Callable[[Leg, Leg], bool]  # whether the first one's sound reaches the second


@contextlib.contextmanager
def mixed(legs: Sequence[Leg], recorder: Recorder | None, reaches: Hears = lambda a, b: True) -> Iterator[None]:
    """Lets any number of parties hear each other. In a recording the first is on the left, the others on the right."""
    if len(legs) == 2 and reaches(legs[0], legs[1]) and reaches(legs[1], legs[0]):
        with joined(legs[0], legs[1], recorder):
            yield
        return
    mesh = _Mesh(legs, recorder, reaches)
    mesh.open()
    for leg in legs:
        leg.on_moved.append(mesh.open)
    try:
        yield
    finally:
        for leg in legs:
            leg.on_moved.remove(mesh.open)
        mesh.close()


class _Mesh:
    """Everybody to everybody else; the bridge adds them up."""

    def __init__(self, legs: Sequence[Leg], recorder: Recorder | None, reaches: Hears) -> None:
        self._legs, self._recorder, self._reaches = legs, recorder, reaches
        self._bridged: list[tuple[int, int]] = []

    def open(self) -> None:
        self.close()
        wanted = [(a.slot, b.slot) for a in self._legs for b in self._legs if a is not b and self._reaches(a, b)]
        if self._recorder:
            left, right = self._recorder.slots()
            heard = [leg for leg in self._legs if self._reaches(leg, self._legs[0]) or leg is self._legs[0]]
            wanted += [(leg.slot, right if n else left) for n, leg in enumerate(heard)]
        self._bridged = [pair for pair in wanted if min(pair) >= 0]
        for source, sink in self._bridged:
            lineaudio.connect(source, sink)

    def close(self) -> None:
        for source, sink in self._bridged:
            lineaudio.disconnect(source, sink)
        self._bridged = []
