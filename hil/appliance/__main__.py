# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m hil.appliance [TEST …]` boots the appliance and shows what it says; TEST as pytest takes them."""

from __future__ import annotations

import sys

from hil.appliance.run import run_appliance
from hil.kernel.steps import StepFailed, Unavailable


def main() -> int:
    """0 when every story went well."""
    try:
        run = run_appliance(sys.argv[1:])
    except (Unavailable, StepFailed) as error:
        print(f"hil: {error}", file=sys.stderr)
        return 1
    return 0 if run.verdicts and all(verdict.outcome == "passed" for verdict in run.verdicts.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
