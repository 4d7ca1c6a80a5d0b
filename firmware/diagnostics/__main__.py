# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m firmware.diagnostics STATE`: the file to standard output, in a process of its own beside the pages."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from firmware.diagnostics.bundle import write

if __name__ == "__main__":
    os.nice(10)
    write(Path(sys.argv[1]), sys.stdout.buffer)
