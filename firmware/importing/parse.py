# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m firmware.importing.parse`: files of unknown origin on standard input (`frames`), what was understood on
standard output, one JSON object a line: `{"call": …}` for each row of a call, at last `{"plan": …}`, or
`{"refused": …}`.

It may use little memory and time, and open nothing any more: neither a file nor a connection.
"""

from __future__ import annotations

import bz2
import json
import lzma
import sys
from dataclasses import astuple
from datetime import datetime
from typing import Any

from firmware.confine import confine
from firmware.errors import TipringError, told
from firmware.importing import frames
from firmware.importing.plan import PastCall, Plan
from firmware.importing.reading import read

CPU_S = 120  # 16 GiB of a backup's recordings unpacked and passed over
MEMORY = 256 << 20
_ENCODINGS = ("ascii", "latin-1", "cp437", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030")
_LOADED = (bz2, lzma, datetime.strptime("2026", "%Y"), *("".encode(name) for name in _ENCODINGS))
"""What would be looked for on the disk when it is needed first."""


def _tell(key: str, value: Any) -> None:
    sys.stdout.buffer.write(json.dumps({key: value}, ensure_ascii=False).encode(errors="replace") + b"\n")


def _hear(call: PastCall) -> None:
    _tell("call", astuple(call))


def main() -> int:
    """Exit status 0 also for what was refused: it was understood that far."""
    confine(CPU_S, MEMORY)
    plan = Plan(hear=_hear)
    try:
        read(frames.files(sys.stdin.buffer), plan)
    except TipringError as error:
        _tell("refused", told(error))
    except MemoryError:
        return 1
    else:
        _tell("plan", plan.as_json())
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
