# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m hil.kernel [TEST …]` boots the guest and shows what it says; TEST as pytest takes them."""

from __future__ import annotations

import sys

from hil.kernel.guest_run import exit_status, run_guest

if __name__ == "__main__":
    sys.exit(exit_status(lambda: run_guest(sys.argv[1:])))
