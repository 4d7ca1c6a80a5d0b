# SPDX-License-Identifier: GPL-2.0-or-later
"""The card without hardware: its copper is two Unix sockets for each port, its far ends are other processes."""

from drivers.simulated.card import SimulatedCard

__all__ = ["SimulatedCard"]
