# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m hil.appliance [TEST …]` boots the appliance and shows what it says; TEST as pytest takes them."""

from __future__ import annotations

import sys

from hil.appliance.run import run_appliance
from hil.kernel.guest_run import exit_status

if __name__ == "__main__":
    sys.exit(exit_status(lambda: run_appliance(sys.argv[1:])))
