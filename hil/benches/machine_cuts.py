# SPDX-License-Identifier: GPL-2.0-or-later
"""The power of a machine (QEMU, Debian's kernel, ext4) is cut at seeded writes to its disk: hil/appliance/cuts.py."""

from __future__ import annotations

import sys
from typing import Any

from hil.appliance.cuts import cut

CUTS, SEED = 200, 20261122


def run() -> dict[str, Any]:
    """200 cuts. hil.kernel.steps.Unavailable where QEMU is missing."""
    return cut(CUTS, SEED, lambda line: print(line, file=sys.stderr, flush=True))
