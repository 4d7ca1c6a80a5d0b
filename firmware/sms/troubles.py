# SPDX-License-Identifier: GPL-2.0-or-later
"""What is wrong with a cellular modem, as one sentence. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.cellular import CellularStatus, Registration, Sim

GRACE_S = 45.0  # a modem that restarts, or looks for its network, is no alarm


@dataclass(slots=True)
class Patience:
    """With one modem: what is still wrong after GRACE_S is an alarm, and none as soon as it is over."""

    since_s: float | None = None

    def alarm(self, trouble: str, now_s: float) -> str:
        """What has to stand as an alarm now, "" when nothing has."""
        if not trouble:
            self.since_s = None
            return ""
        if self.since_s is None:
            self.since_s = now_s
        return trouble if now_s - self.since_s >= GRACE_S else ""


def trouble(name: str, status: CellularStatus, *, has_pin: bool) -> str:
    """ "" when nothing is."""
    if status.fault:
        return status.fault  # it names the device
    if status.sim is Sim.ABSENT:
        return f"Modem {name} has no SIM card. Put one in."
    if status.sim is Sim.PUK:
        return f"The SIM card of modem {name} is locked: it needs its PUK. Enter it in a telephone, with a new PIN."
    if status.sim is Sim.PIN and has_pin:
        return f"The SIM card of modem {name} refused the PIN. It is not tried again by itself: enter the right one."
    if status.sim is Sim.PIN:
        return f"The SIM card of modem {name} asks for its PIN. Enter it in the settings of the modem."
    if status.capacity and status.stored >= status.capacity:
        return f"The memory of modem {name} is full, and the box cannot keep its messages: nothing more comes in."
    return _network(name, status)


def _network(name: str, status: CellularStatus) -> str:
    if status.registration is Registration.DENIED:
        return f"No network takes the SIM card of modem {name}. Ask its provider whether it is active."
    if status.sim is Sim.READY and not status.registered:
        return f"Modem {name} has no network. Look at its aerial, or give it another place."
    return ""
