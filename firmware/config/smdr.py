# SPDX-License-Identifier: GPL-2.0-or-later
"""A line for each call to a serial port, for hotel and call-accounting systems."""

from __future__ import annotations

from typing import Annotated, Literal

from firmware.config.values import HOST, PORT, Section, matching, read_by
from firmware.reports import smdr

Device = Annotated[
    str,
    matching(
        rf"/dev/(?!.*\.\.)[\w./:-]{{1,200}}|socket://{HOST}{PORT}",
        "a device such as /dev/ttyUSB0, or socket://HOST:PORT",
    ),
]
Format = Annotated[str, matching(r"[^\x00-\x1f\x7f]{1,400}", "up to 400 characters in one line"), read_by(smdr.check)]


class Smdr(Section):
    """`format` is the text of a line: docs/smdr.md names the fields. `internal`: calls between extensions as well."""

    port: Device
    baud: Literal[300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200] = 9600
    data_bits: Literal[7, 8] = 8
    parity: Literal["none", "even", "odd"] = "none"
    stop_bits: Literal[1, 2] = 1
    flow: Literal["none", "rtscts", "xonxoff"] = "none"
    line_end: Literal["crlf", "lf", "cr"] = "crlf"
    internal: bool = False
    format: Format = smdr.FORMAT
