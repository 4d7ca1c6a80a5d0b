# SPDX-License-Identifier: GPL-2.0-or-later
"""Emergency calls: beyond what the country says."""

from __future__ import annotations

from firmware.config.values import Name, Number, OutsideNumber, Section, Several


class Emergency(Section):
    """`numbers` beside the country's; `callback`: who is called back; `alert`: extensions that ring at such a call."""

    numbers: Several[Number] = ()
    trunks: Several[Name] = ()
    callback: OutsideNumber = ""
    alert: Several[Number] = ()
