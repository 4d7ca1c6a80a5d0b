# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m firmware.cli` is `tipring`."""

import sys

from firmware.cli import main

if __name__ == "__main__":
    sys.exit(main())
