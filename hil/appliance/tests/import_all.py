# SPDX-License-Identifier: GPL-2.0-or-later
"""Imports every module of the package, as its services do: exit status 1, and the reasons, when one cannot be."""

from __future__ import annotations

import importlib
import sys
import traceback
from pathlib import Path

HOME = Path("/usr/lib/tipring")


def main() -> int:
    failed = 0
    for room in ("firmware", "drivers", "webui"):
        for file in sorted((HOME / room).rglob("*.py")):
            name = ".".join(file.relative_to(HOME).with_suffix("").parts).removesuffix(".__init__")
            try:
                importlib.import_module(name)
            except Exception:
                failed = 1
                print(f"{name}: {traceback.format_exc(limit=-2)}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
